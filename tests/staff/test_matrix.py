"""Every address, asked by everybody, for what is theirs, another's and not there.

The expectation comes from the access table (audience, roles, scopes) and from the few words below;
addresses come from the app's own map, so what is added later is asked too. An address with a
parameter that has no sample in matrix_questions.py fails here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from liff_app import access, permissions
from liff_app.access import Access, Audience
from liff_app.limits import LocalCounter
from liff_app.shelters import board
from liff_app.staff import system_guard
from liff_app.staff.rules import Colleague
from tests.conftest import Tokens, on_sqlite

from .matrix_questions import Question, objects, questions, samples
from .matrix_world import Asker, World

pytestmark = on_sqlite
FAR_AWAY = "203.0.113.9"  # from where nobody operates the town


class Answer(StrEnum):
    """What an answer comes to, as far as access is concerned."""

    IN = "in"  # done, or refused for what was said and not for who said it
    SIGN_IN = "sign in"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"
    UNSIGNED = "unsigned"
    BROKEN = "broken"


def meaning(answer: TestResponse) -> Answer:
    """What the answer comes to."""
    status = answer.status_code
    if status >= 500 or status in {405, 429}:
        return Answer.BROKEN
    led_to = answer.headers.get("Location", "")
    if status == 401 or (status == 302 and re.search(r"/console/login|/liff/\?", led_to)):
        return Answer.SIGN_IN
    return BY_STATUS.get(status, Answer.IN)


BY_STATUS = {
    400: Answer.UNSIGNED,  # of a page or call of ours only what must bear LINE's signature
    403: Answer.FORBIDDEN,
    404: Answer.ABSENT,
    410: Answer.ABSENT,
}


# What staff of one shelter may ask of others: to read, or to be told that they are left alone.
OF_OTHERS = re.compile(r"shelter_place\.show|shelter_bulk\.\w+")
# What is one resident's own; a shelter may be entered by everybody.
OF_ONE_RESIDENT = {"checkin.forget"}
# What is gone already is gone: sent twice, it is done once.
DONE_ONCE = {"list_imports.discard", "list_imports.publish"}
# What is done for the whole town, and so not by staff of one shelter.
WHOLE_TOWN = re.compile(r"ad_hoc_shelter\.\w+")
# Addresses for anyone that ask for a proof in the request itself.
PROVEN_INSIDE = re.compile(r"(?:session_api|staff_entry|staff_oidc)\.\w+")
# Addresses of what this town has not switched on.
SWITCHED_OFF = {"staff_oidc.start"}


def expected(question: Question, asker: Asker) -> set[Answer]:
    """What the access table says of it."""
    found = _let_in(question, asker)
    if found is not Answer.IN:
        return {found}
    if question.row.endpoint in SWITCHED_OFF:
        return {Answer.ABSENT}
    if question.row.endpoint.startswith("staff_oidc."):
        return {Answer.ABSENT}  # this town has no issuer
    if PROVEN_INSIDE.fullmatch(question.row.endpoint):
        return {Answer.IN, Answer.SIGN_IN, Answer.FORBIDDEN}
    if question.which != "absent" or question.row.endpoint in DONE_ONCE:
        return {Answer.IN}
    # A public address may as well say what it says of everything it does not know.
    return {Answer.ABSENT, Answer.IN} if _is_public(question) else {Answer.ABSENT}


def _is_public(question: Question) -> bool:
    return question.row.audience is Audience.ANYONE


def _let_in(question: Question, asker: Asker) -> Answer:
    audience = question.row.audience
    narrow = {
        Audience.RESIDENT: _resident,
        Audience.STAFF: _staff,
        Audience.SYSTEM: _key,
        Audience.SHELTER_WRITER: _writer,
        Audience.SHELTER_PASS: _by_address,
    }
    everybody = {
        Audience.ANYONE: Answer.IN,
        Audience.LINE_PLATFORM: Answer.UNSIGNED,
        Audience.OPERATOR: Answer.ABSENT,
    }
    return everybody[audience] if audience in everybody else narrow[audience](question, asker)


def _resident(question: Question, asker: Asker) -> Answer:
    if asker.kind != "resident":
        return Answer.SIGN_IN
    private = question.which == "other" and question.row.endpoint in OF_ONE_RESIDENT
    return Answer.ABSENT if private else Answer.IN


def _by_address(question: Question, _asker: Asker) -> Answer:
    """A pass stands in the address: whoever asks is whom it was given to."""
    return Answer.IN if question.which == "own" else Answer.ABSENT


def _staff(question: Question, asker: Asker) -> Answer:
    need = permissions.NEEDS[question.row.endpoint]
    if asker.kind != "colleague":
        return Answer.SIGN_IN
    if not need.anybody and not need.roles & asker.roles:
        return Answer.FORBIDDEN
    if asker.narrowed and WHOLE_TOWN.fullmatch(question.row.endpoint):
        return Answer.FORBIDDEN
    if asker.narrowed and question.which == "other":
        answered = OF_OTHERS.fullmatch(question.row.endpoint)
        return Answer.IN if answered else Answer.ABSENT
    return Answer.IN


def _key(question: Question, asker: Asker) -> Answer:
    need = permissions.NEEDS[question.row.endpoint]
    if asker.kind != "key" or not asker.live:
        return Answer.SIGN_IN
    return Answer.IN if need.scope in asker.scopes else Answer.FORBIDDEN


def _writer(question: Question, asker: Asker) -> Answer:
    if asker.kind == "key":
        return _key(question, asker)
    if asker.kind == "pass":
        theirs = asker.live and question.values["shelter_id"] == asker.own_shelter
        return Answer.IN if theirs else Answer.ABSENT
    return _staff(question, asker)


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
            got, wanted = meaning(answer), expected(question, asker)
            tally.answers[got.value] += 1
            if got not in wanted:
                tally.wrong.append(
                    f"{question.method} {question.row.rule} ({question.which}) by {asker.name}: "
                    f"{answer.status_code}, wanted {'/'.join(sorted(wanted))}"
                )
            # Even a refused sign-in leaves something behind: it is counted.
            if question.method != "GET" and (got is Answer.IN or _is_public(question)):
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
