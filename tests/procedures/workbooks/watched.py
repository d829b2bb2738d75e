"""The compiler's program with a witness: whatever a job opens or connects to becomes a fault.

Run as the program itself is, by `Compiler(program=PROGRAM)`. With a flaw planted it is what the
witness, the limits and the examination must catch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from liff_app import frames, limited_program
from liff_app.procedures.workbooks import child, compiled, compiler
from liff_app.procedures.workbooks.compiling import LIMITS
from liff_app.procedures.workbooks.faults import Fault

ROOT = Path(__file__).resolve().parents[3]
TOUCHED = "touched_outside"
# The processor's five seconds are the measure; the clock is left to a machine with other work.
PATIENT = replace(LIMITS, milliseconds=40_000)
_SEEN = ("open", "socket.", "os.", "subprocess.", "ctypes.dlopen", "shutil.", "glob.", "ftplib.")
_HARMLESS = frozenset({"os.putenv"})
PROGRAM = (
    "import sys, types\n"
    "top = types.ModuleType('liff_app')\n"
    "top.__path__ = [sys.argv[1]]\n"
    "sys.modules['liff_app'] = top\n"
    f"sys.path.insert(0, {str(ROOT)!r})\n"
    "from tests.procedures.workbooks import watched\n"
    "watched.main()\n"
)
# The same with something wrong in it, by what it is.
FLAWED = {
    flaw: PROGRAM.replace("watched.main()", f"watched.plant({flaw!r})\nwatched.main()")
    for flaw in ("raises", "sleeps", "opens", "connects", "eats", "dies", "silent")
}


def main() -> None:
    """Take workbooks as `child.main` does; see `PATIENT`."""
    limited_program.LONGEST_SECONDS = PATIENT.milliseconds / 1000 + 5
    child.warm_up()
    limited_program.serve(answer, cpu_seconds=child.CPU_SECONDS)


def answer(order: frames.Header, body: bytes) -> tuple[frames.Header, tuple[bytes, ...]]:
    """What `child.answer` gives, unless the job touched anything outside."""
    events: list[str] = []

    def witness(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_SEEN) and event not in _HARMLESS:
            events.append(f"{event} {arguments!r}"[:80])

    sys.addaudithook(witness)
    told = child.answer(order, body)
    if events:
        fault = Fault(code=TOUCHED, message="外に触れました。", value="; ".join(events)[:300])
        return {}, (compiled.packed(compiled.Compiled(faults=(fault,))),)
    return told


def plant(flaw: str) -> None:
    """From here on the compiler has that flaw."""
    honest = compiler.compile_workbook

    def flawed(raw: bytes, *, today: date) -> compiled.Compiled:
        _ACTS[flaw]()
        if flaw == "silent":
            return compiled.Compiled(faults=(Fault(code="oops", message="boom"),))
        return honest(raw, today=today)

    child.warm_up()
    setattr(compiler, "compile_workbook", flawed)  # noqa: B010 - a flaw, planted
    setattr(child, "warm_up", lambda: None)  # noqa: B010 - it was just done


def _raise() -> None:
    raise ZeroDivisionError


def _sleep() -> None:
    while True:
        pass


def _open() -> None:
    try:
        Path("/etc/hostname").read_bytes()
    except OSError:
        return


def _connect() -> None:
    import socket  # noqa: PLC0415 - the flaw is all that needs it

    try:
        socket.create_connection(("127.0.0.1", 9), 0.1)
    except OSError:
        return


def _eat() -> None:
    bytearray(2**30)


def _die() -> None:
    os.abort()


_ACTS: dict[str, Callable[[], None]] = {
    "raises": _raise,
    "sleeps": _sleep,
    "opens": _open,
    "connects": _connect,
    "eats": _eat,
    "dies": _die,
    "silent": lambda: None,
}
