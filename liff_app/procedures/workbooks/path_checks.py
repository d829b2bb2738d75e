"""Ways through a compiled form: what nobody can reach, and where somebody would be stuck."""

from __future__ import annotations

from datetime import date
from typing import Final

from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Document
from liff_app.procedures.workbooks.building import own_name
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.findings import Desks

_LEAST_SAMPLES: Final = 20
_STEPS: Final = 20_000  # questions of all samples together: a second of an idle core
_LAST_ROW: Final = 2**20
_MOST_NAMED: Final = 4  # answers in one sentence


def check(document: Document, desks: Desks, *, today: date) -> tuple[paths.Sample, ...]:
    """Faults and warnings are written down; gives one sample answer for each path."""
    questions = sum(1 for _ in document.questions())
    most = max(_LEAST_SAMPLES, min(paths.SAMPLES, _STEPS // max(1, questions)))
    found = paths.search(document, today=today, most=most)
    stuck = [_dead_end(desks, one) for one in found.dead_ends]
    for dead_end, fault in zip(found.dead_ends, stuck, strict=True):
        _tell(desks, fault, is_sure=dead_end.is_sure)
    first = min((fault.row or 0 for fault in stuck), default=_LAST_ROW)
    for unreached in found.unreached:
        fault = _unreached(desks, unreached)
        if (fault.row or 0) <= first:  # what comes after waits for a way there
            _tell(desks, fault, is_sure=unreached.is_sure)
    if not found.is_complete:
        message = "分かれ道が多く、すべての道順は確かめられませんでした。"
        desks.survey.warn("paths_cut", message)
    return found.samples


def _tell(desks: Desks, fault: Fault, *, is_sure: bool) -> None:
    (desks.findings.faults if is_sure else desks.findings.warnings).append(fault)


def _unreached(desks: Desks, found: paths.Unreached) -> Fault:
    name = own_name(found.name)
    row = desks.survey.row_named(name)
    unsure = "" if found.is_sure else "（確かめきれませんでした）"
    if found.choice is None:
        base = "relevant" if row and desks.survey.cell(row, "relevant") else "name"
        message = f"どう答えても「{name}」は出てきません。条件を確かめてください。{unsure}"
        return desks.survey.described("unreachable", message, row, base)
    message = f"選択肢「{found.choice}」は、どう答えても選べません。{unsure}"
    return desks.survey.described("unreachable_choice", message, row, "choice_filter")


def _dead_end(desks: Desks, found: paths.DeadEnd) -> Fault:
    row = desks.survey.row_named(own_name(found.name))
    said = [f"{name} が「{value}」" for name, value in found.answers.items() if _is_plain(value)]
    example = f"例えば {'、'.join(said[:_MOST_NAMED])} のとき、" if said else ""
    unsure = "" if found.is_sure else "（確かめきれませんでした）"
    message = f"{example}この質問に正しく答える方法がありません。{unsure}"
    return desks.survey.described("dead_end", message, row, "constraint")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
