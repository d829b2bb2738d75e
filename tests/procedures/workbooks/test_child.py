"""Strangers' workbooks: limits that hold, deaths that harm nobody, and 150 mutations."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liff_app.procedures import samples
from liff_app.procedures.workbooks import child, compiling, writing
from liff_app.procedures.workbooks import compiler as compilers
from liff_app.procedures.workbooks.compiling import LIMITS, Compiler, CompilerBusy, CompilerDown
from tests.procedures.workbooks import examining, mutations, watched
from tests.procedures.workbooks.examining import DAY, Tally
from tests.procedures.workbooks.grids import with_cell

SMALL = writing.blank("試し")
MUTATIONS = 150


@pytest.fixture(scope="module")
def compiler() -> Iterator[Compiler]:
    found = Compiler(replace(LIMITS, milliseconds=8_000))
    yield found
    found.close()


def codes(found: compiling.Compiled) -> list[str]:
    return [one.code for one in found.faults]


@pytest.mark.parametrize("name", samples.names())
def test_the_child_gives_what_is_compiled_here(compiler: Compiler, name: str) -> None:
    raw = samples.raw(name)
    assert compiler.compile(raw, today=DAY) == compilers.compile_workbook(raw, today=DAY)


def test_one_program_stays_for_all(compiler: Compiler) -> None:
    compiler.compile(SMALL)
    first = compiler.pid
    assert first
    assert codes(compiler.compile(b"no workbook")) == ["not_xlsx"]
    assert compiler.pid == first
    os.kill(first, signal.SIGKILL)
    assert compiler.compile(SMALL).document
    assert compiler.pid != first


def test_time_and_memory_are_limited() -> None:
    assert (LIMITS.milliseconds, child.CPU_SECONDS) == (5_000, 5)
    short = Compiler(replace(LIMITS, milliseconds=1))
    small = Compiler(replace(LIMITS, memory_mb=150, milliseconds=20_000))
    try:
        assert codes(short.compile(SMALL)) == ["too_slow"]
        assert codes(small.compile(samples.raw("juminhyo")))[0] in {
            "too_much_memory",
            "compiler_died",
        }
    finally:
        short.close()
        small.close()


def test_more_than_may_come_back_is_not_taken() -> None:
    tight = Compiler(replace(LIMITS, milliseconds=20_000, most_bytes=100))
    try:
        assert codes(tight.compile(SMALL)) == ["compiler_died"]
    finally:
        tight.close()


def test_no_room_and_no_program_are_said() -> None:
    limits = replace(LIMITS, at_once=0, wait_seconds=0.01)
    with pytest.raises(CompilerBusy):
        Compiler(limits).compile(SMALL)
    dead = Compiler(program="raise SystemExit")
    with pytest.raises(CompilerDown):
        dead.compile(SMALL)
    dead.close()


def test_a_web_process_loads_neither_pyxform_nor_openpyxl() -> None:
    """They take a second and 40 MB, and meet strangers' files."""
    program = (
        "import sys\nimport liff_app\n"
        "from liff_app.procedures.workbooks import compiling, faults, grid, writing\n"
        "print([name for name in ('pyxform', 'openpyxl', 'xlrd') if name in sys.modules])"
    )
    told = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program],
        cwd=watched.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"


def test_it_knows_no_secret_and_no_web_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "marked-secret")
    opened = compiling._BEGIN.replace(  # noqa: SLF001 - else only the superuser could look
        "child.main()",
        "from liff_app import limited_program\n"
        "limited_program.close_memory = lambda: None\nchild.main()",
    )
    found = Compiler(program=opened)
    try:
        assert found.compile(SMALL).document
        environment = Path(f"/proc/{found.pid}/environ").read_bytes()
        names = {part.partition(b"=")[0] for part in environment.split(b"\0") if part}
        assert names <= {b"LC_ALL", b"MALLOC_ARENA_MAX", b"LD_LIBRARY_PATH", b"LC_CTYPE"}
        assert b"sqlalchemy" not in Path(f"/proc/{found.pid}/maps").read_bytes().lower()
    finally:
        found.close()


def test_odd_and_hostile_workbooks_are_accepted_or_refused_with_a_sentence() -> None:
    """The bench sends ten thousand: `python -m bench.workbooks --mutations 10000`."""
    found, tally = Compiler(watched.PATIENT, watched.PROGRAM), Tally()
    try:
        assert found.compile(SMALL).document, "the witness harms nobody"
        for number in range(MUTATIONS):
            level, raw = mutations.mutated(number, seed=5)
            examining.examine(found, raw, f"{level} {number}", tally)
    finally:
        found.close()
    assert not tally.wrong
    assert tally.count == MUTATIONS
    assert tally.accepted > 5
    assert len(tally.refused) > 20, "every kind of refusal has its own words"


CAUGHT = {
    "raises": "compiler_died",
    "sleeps": "too_slow",
    "opens": watched.TOUCHED,
    "connects": watched.TOUCHED,
    "dies": "compiler_died",
    "silent": "no sentence: oops",
}


@pytest.mark.parametrize("flaw", CAUGHT)
def test_the_examination_catches_a_flawed_compiler(flaw: str) -> None:
    found, tally = Compiler(watched.PATIENT, watched.FLAWED[flaw]), Tally()
    try:
        examining.examine(found, SMALL, flaw, tally)
    finally:
        found.close()
    assert tally.wrong == [f"{flaw}: {CAUGHT[flaw]}"]


def test_eaten_memory_ends_at_the_limit() -> None:
    found = Compiler(watched.PATIENT, watched.FLAWED["eats"])
    try:
        assert codes(found.compile(SMALL)) == ["too_much_memory"]
    finally:
        found.close()


HOSTILE = ("(" * 3_000, "doc('/etc/passwd')", "1 to 100000000", "regex(., '^(a+)+$')")


@pytest.mark.parametrize("expression", HOSTILE)
def test_hostile_expressions_cost_nothing(compiler: Compiler, expression: str) -> None:
    at = writing.blank_grid("試し").survey.header.index("constraint")
    grid = with_cell(writing.blank_grid("試し"), "survey", (3, at), expression)
    begun = time.process_time()
    found = compilers.compile_grid(grid, today=DAY)
    assert time.process_time() - begun < 1
    assert all(one.code.startswith("expression_") for one in found.faults)
    assert bool(found.faults) is not expression.startswith("regex")
    assert codes(compiler.compile(writing.write(grid))) == codes(found)
