"""The program that meets strangers' workbooks; how it lives and what binds it: `limited_program`.

Started by `compiling.py`, one for each web process, with the first workbook.
"""

from __future__ import annotations

from datetime import date

from liff_app import frames, limited_program
from liff_app.procedures.workbooks import compiled, compiler, writing

# A form of 500 questions and 5,000 choices takes 2 s of an idle core.
CPU_SECONDS = 5
_ANY_DAY = date(2026, 4, 1)


def main() -> None:
    """Take workbooks until the web process ends."""
    warm_up()
    limited_program.serve(answer, cpu_seconds=CPU_SECONDS)


def warm_up() -> None:
    """Whatever is imported at the first use is imported: the children can open no file."""
    compiler.compile_workbook(writing.blank("試し"), today=_ANY_DAY)
    compiler.compile_workbook(b"PK\x03\x04", today=_ANY_DAY)


def answer(order: frames.Header, body: bytes) -> tuple[frames.Header, tuple[bytes, ...]]:
    """What became of the workbook."""
    try:
        today = date.fromisoformat(str(order["today"]))
        found = compiler.compile_workbook(body, today=today)
    except MemoryError:
        return {"memory": True}, ()
    return {}, (compiled.packed(found),)
