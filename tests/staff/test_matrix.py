"""Every address, asked by everybody, for what is theirs, another's and not there.

What is expected stands in matrix_table.py; addresses come from the app's own map, so what is added
later is asked too. An address with a parameter that has no sample in matrix_questions.py fails
here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from liff_app import access
from liff_app.access import Access, Audience
from liff_app.limits import LocalCounter
from liff_app.procedures.following import reading
from liff_app.shelters import board
from liff_app.staff import system_guard
from liff_app.staff.rules import Colleague
from tests.conftest import Tokens, on_sqlite

from .matrix_askers import Asker
from .matrix_questions import Question, objects, questions, samples
from .matrix_table import Answer, expected, is_public, meaning
from .matrix_world import World

pytestmark = on_sqlite
FAR_AWAY = "203.0.113.9"  # from where nobody operates the town


def ask(question: Question, asker: Asker, app: Flask) -> TestResponse:
    """Send the question."""
    with app.test_request_context():
        address = app.url_for(question.row.endpoint, **question.values, **question.query)
    answer = asker.client(app).open(
        address,
        method=question.method,
        headers=asker.headers,
        environ_base={"REMOTE_ADDR": FAR_AWAY},
        **question.body(asker),
    )
    assert isinstance(answer, TestResponse)
    return answer


@dataclass
class Tally:
    """How many answers were looked at, and which were not as the table says."""

    answers: Counter[str]
    wrong: list[str]


def run(world: World, only: str = ".*") -> Tally:
    """Ask everything of everybody."""
    tally = Tally(Counter(), [])
    for question in questions(world):
        if not re.fullmatch(only, question.row.endpoint):
            continue
        for asker in world.askers:
            world.app.extensions["limits"] = LocalCounter()
            answer = ask(question, asker, world.app)
            answer.close()  # a download holds its file until then
            got, wanted = meaning(answer), expected(question, asker)
            tally.answers[got.value] += 1
            if got not in wanted:
                tally.wrong.append(
                    f"{question.method} {question.row.rule} ({question.which}) by {asker.name}: "
                    f"{answer.status_code}, wanted {'/'.join(sorted(wanted))}"
                )
            # Even a refused sign-in leaves something behind: it is counted.
            if question.method != "GET" and (got is Answer.IN or is_public(question)):
                world.restore()
    return tally


@pytest.fixture
def world(app: Flask, tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(board, "CHECK_SECONDS", 0.0)  # the database is put back under its feet
    return World(app, tokens, tmp_path)


def test_everybody_gets_at_every_address_what_the_table_says(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = run(world)
    rows = len(list(access.table(world.app)))
    with capsys.disabled():
        print(  # noqa: T201 - the count is what this test is for
            f"\nmatrix: {sum(tally.answers.values())} answers, {rows} addresses, "
            f"{len(world.askers)} askers: {dict(sorted(tally.answers.items()))}"
        )
    assert not tally.wrong, "\n".join(tally.wrong)
    assert rows > 60
    assert {"in", "sign in", "forbidden", "absent"} <= set(tally.answers)
    assert not tally.answers["broken"]


SOMEBODY = Colleague(
    id="0" * 12, name="", login="x", grants=(), session_id="", confirmed_at=datetime.now(UTC)
)
FLAWS: dict[str, tuple[str, Any, str]] = {
    "every colleague may open everything": (
        "liff_app.staff.guard.may_open", lambda _endpoint: True, r"key_console\.\w+",
    ),
    "staff of one shelter change every shelter": (
        "liff_app.shelters.console.place._check_theirs", lambda _id: None, r"shelter_place\.change",
    ),
    "reviewers of one department change what every department uses": (
        "liff_app.reports.console.whole_town.may_change", lambda: True, r"report_templates\.\w+",
    ),
    "reviewers of one department find the forms of none": (
        "liff_app.procedures.scope.Scope.sees", lambda _scope, _id: True, r"procedure_forms\.show",
    ),
    "whoever knows an application's address reads it": (
        "liff_app.procedures.following.reading.row_of",
        lambda session, ref, _resident_id: reading.any_row(session, ref),
        r"procedure_mine\.show",
    ),
    "what one colleague types is every colleague's": (
        "liff_app.procedures.filling.drafts.Filler.owns", lambda _filler, _row: True,
        r"procedure_fill\.ask_discard",
    ),
    "every key may do everything": (
        "liff_app.staff.system_guard.require",
        lambda _scope: system_guard.shown_key(),
        r"shelter_status\.\w+",
    ),
    "a revoked key still opens": (
        "liff_app.staff.api_keys._state", lambda _row, _now: "live", r"shelter_status\.\w+",
    ),
    "a signed-out browser stays signed in": (
        "liff_app.staff.guard.signed_in", lambda: SOMEBODY, r"staff_account\.show",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAWS)
def test_a_planted_flaw_is_seen(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Else the clean matrix would be worth nothing."""
    target, flawed, endpoints = FLAWS[name]
    assert not run(world, endpoints).wrong
    monkeypatch.setattr(target, flawed)
    assert run(world, endpoints).wrong


def test_an_address_without_a_sample_is_noticed(world: World) -> None:
    row = Access(Audience.ANYONE, ("GET",), "/room/<nobody_knows>", "room.show")
    with pytest.raises(LookupError, match="nobody_knows"):
        list(objects(row, samples(world)))
