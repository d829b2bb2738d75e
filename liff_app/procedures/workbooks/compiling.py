"""A workbook compiled, for whoever has one: in a child that can do no harm, or here and now."""

from __future__ import annotations

from datetime import date

from liff_app import limited_child
from liff_app.errors import Unavailable
from liff_app.limited_child import LimitedChild, Limits
from liff_app.procedures.workbooks.compiled import Compiled, unpacked
from liff_app.procedures.workbooks.faults import Fault
from liff_app.telemetry import log

__all__ = ["Compiled", "Compiler", "CompilerBusy", "CompilerDown", "compile_safely"]

LIMITS = Limits(
    memory_mb=500,  # 190 MB of it lie ready; the largest form that is allowed takes 150 MB more
    milliseconds=5000,
    most_bytes=8 * 1024 * 1024,  # the JSON of a document and its grid; the file had 1 MB
    at_once=1,  # two colleagues seldom upload at once
    wait_seconds=6.0,  # for the one that is in hand
)
ANY_DAY = date(2026, 4, 1)  # for whoever does not care on which day forms are tried
_BEGIN = limited_child.beginning("liff_app.procedures.workbooks", "child")


class CompilerBusy(Unavailable):
    """Other workbooks are in hand."""

    code = "workbook_busy"
    title = "いまほかのブックを調べています。少し待ってから、もう一度お試しください。"


class CompilerDown(Unavailable):
    """The process that reads workbooks cannot be started, or keeps dying."""

    code = "workbook_unavailable"
    title = "いまブックを調べられません。しばらくしてから、もう一度お試しください。"


class Compiler:
    """The program and the line to it. Threads may use one at the same time."""

    def __init__(self, limits: Limits = LIMITS, program: str = _BEGIN) -> None:
        self._child = LimitedChild("workbooks", lambda: program, limits)

    @property
    def pid(self) -> int | None:
        """The program's process id; None while there is none."""
        return self._child.pid

    def close(self) -> None:
        """The program has ended; the next workbook starts another."""
        self._child.close()

    def kept(self) -> Compiler:
        """This one, ended with its web process and forgotten by its forks."""
        self._child.kept()
        return self

    def compile(self, raw: bytes, *, today: date = ANY_DAY) -> Compiled:
        """What became of a stranger's workbook. Raises CompilerBusy, CompilerDown.

        One that takes too long or too much memory, or ends its child, is refused with a sentence.
        """
        try:
            told = self._child.ask({"today": today.isoformat()}, raw)
        except limited_child.Busy:
            raise CompilerBusy("too many workbooks at once") from None
        except limited_child.Down:
            raise CompilerDown("the compiler keeps dying") from None
        except limited_child.Slow:
            return _refused("too_slow", _TOO_MUCH)
        except limited_child.Died as error:
            log().warning("workbook_compiler_died", code=error.number)
            return _refused("compiler_died", _BROKEN)
        except limited_child.Forged:
            log().error("workbook_answer_broken")
            return _refused("compiler_died", _BROKEN)
        return _believed(told)


_TOO_MUCH = "ブックが複雑すぎて、時間内に調べられませんでした。質問や選択肢を減らしてください。"
_TOO_LARGE = "ブックが大きすぎて調べられませんでした。使わない行やシートを消してください。"
_BROKEN = "ブックを読み取れませんでした。Excelで開いて保存し直してから、お試しください。"


def _refused(code: str, message: str) -> Compiled:
    return Compiled(faults=(Fault(code=code, message=message),))


def _believed(told: limited_child.Told) -> Compiled:
    """The answer, if it is what a compiler gives."""
    if told.header.get("memory") is True:
        return _refused("too_much_memory", _TOO_LARGE)
    try:
        (body,) = told.bodies
        return unpacked(body)
    except ValueError:
        log().error("workbook_answer_broken")
        return _refused("compiler_died", _BROKEN)


def compile_safely(raw: bytes, *, today: date = ANY_DAY) -> Compiled:
    """What became of a stranger's workbook. Raises CompilerBusy, CompilerDown.

    Paths through the form are tried as on the day `today`.
    """
    return compiler.compile(raw, today=today)


compiler = Compiler().kept()
