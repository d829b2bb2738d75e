"""Two shelters with sheets on their doors, in a disaster with check-in, and who comes there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.drafts import DisasterDraft
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard
from tests.conftest import HANAKO, TARO, Tokens, Visitor, signed_in
from tests.house.page import faults
from tests.shelters.published import people, publish, row


@dataclass(frozen=True, slots=True)
class Doors:
    """Ids of two shelters, the passes on their sheets, and the disaster."""

    school: str
    hall: str
    school_pass: str
    hall_pass: str
    disaster: str


def start(*, checkin: bool = True, drill: bool = False) -> str:
    """A disaster is on from now."""
    with transaction() as session:
        draft = DisasterDraft(
            name="台風第19号", hazards=(Hazard.FLOOD,), drill=drill, checkin=checkin
        )
        return disasters.start(session, draft, by="staff:test", now=clock.now()).id


def stop() -> None:
    """It is over."""
    with transaction() as session:
        disasters.stop(session, by="staff:test", now=clock.now())


def sheets(app: Flask) -> dict[str, tuple[str, str]]:
    """Shelter's id and pass, by its name."""
    keys = app.config["SETTINGS"].keys
    with transaction() as session:
        passes.make_all(session, by="staff:test", keys=keys, now=clock.now())
    found = passes.sheets(db.session, keys=keys)[1]
    db.session.rollback()
    return {one.name: (one.shelter_id, one.token) for one in found}


@pytest.fixture
def doors(app: Flask) -> Doors:
    """Two shelters, a disaster with check-in, a sheet on each door."""
    publish(
        row("A1", name="中央小学校", kana="ちゅうおう", capacity=people(300)),
        row("A2", name="湊公民館", kana="みなと", capacity=people(80), lat=35.7),
    )
    disaster = start()
    made = sheets(app)
    (school, school_pass), (hall, hall_pass) = made["中央小学校"], made["湊公民館"]
    return Doors(school, hall, school_pass, hall_pass, disaster)


@dataclass(slots=True)
class Ticks:
    """The clock of the limits; it begins with a new hour."""

    now: float = 3600.0 * 7


@pytest.fixture
def ticks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Ticks:
    """Tries are counted by this clock, so that a test begins with a new window."""
    found = Ticks()
    monkeypatch.setattr(app.extensions["limits"], "_clock", lambda: found.now)
    return found


class Family:
    """A resident with a phone: opens pages and posts their forms as a browser would."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def open(self, path: str = "/liff/checkin", status: int = 200) -> str:
        """The page's text; the page itself is as every page of ours must be."""
        answer = self.browser.get(path)
        assert answer.status_code == status, answer.text
        assert faults(answer, path) == []
        return answer.text

    def post(self, path: str, **fields: object) -> TestResponse:
        """What a form with these fields is answered; its token and key come from the page."""
        carried = hidden(self.browser.get("/liff/checkin").text)
        sent = {name: carried[name] for name in ("csrf_token", "request_key") if name in carried}
        return self.browser.post(path, data=sent | fields)

    def token(self) -> str:
        """The token of this browser's forms."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.open())
        assert found
        return found[1]

    def go(self, path: str, **fields: object) -> str:
        """Where a form that was taken leads."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.text
        return answer.location

    def code(self, **fields: object) -> str:
        """The six digits this family shows."""
        self.go("/liff/checkin/code", way="show", **({"people": 4} | fields))
        found = re.search(r'class="checkin-digits">(\d{3}) (\d{3})<', self.open())
        assert found
        return found[1] + found[2]


def hidden(text: str) -> dict[str, str]:
    """Hidden fields of a page, the first of each name."""
    found: dict[str, str] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text):
        found.setdefault(name, value)
    return found


@pytest.fixture
def hanako(app: Flask, tokens: Tokens) -> Family:
    """A resident."""
    return Family(signed_in(app, tokens, HANAKO))


@pytest.fixture
def taro(app: Flask, tokens: Tokens) -> Family:
    """Another one."""
    return Family(signed_in(app, tokens, TARO))


class Door:
    """A shelter's phone in the hand of its staff."""

    def __init__(self, app: Flask, token: str) -> None:
        self.browser = Visitor(app)
        self.path = f"/s/{token}/reception"
        self.keys = 0

    def open(self, status: int = 200) -> str:
        """The page's text; the page itself is as every page of ours must be."""
        answer = self.browser.get(self.path)
        assert answer.status_code == status, answer.text
        assert faults(answer, self.path) == []
        return answer.text

    def key(self) -> str:
        """A new request key."""
        self.keys += 1
        return f"key-of-the-door-{self.keys:04d}"

    def post(self, act: str, **fields: object) -> TestResponse:
        """What a form of the page is answered."""
        sent = {"act": act, "request_key": self.key()} | fields
        return self.browser.post(self.path, data=sent)

    def say(self, act: str, **fields: Any) -> Mapping[str, Any]:  # noqa: ANN401 - fields of JSON
        """What the page's script is answered."""
        sent = {"act": act, "request_key": self.key()} | fields
        answer = self.browser.post(self.path, json=sent)
        found: dict[str, Any] = answer.get_json(force=True)
        return found | {"http": answer.status_code}

    def state(self) -> Mapping[str, Any]:
        """How the door stands."""
        found: dict[str, Any] = self.browser.get(f"{self.path}/state.json").get_json()
        return found


@pytest.fixture
def school(app: Flask, doors: Doors) -> Door:
    """The phone at the school."""
    return Door(app, doors.school_pass)


@pytest.fixture
def hall(app: Flask, doors: Doors) -> Door:
    """The phone at the hall."""
    return Door(app, doors.hall_pass)


def words(text: str) -> str:
    """A page without its styles, as it is read."""
    return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL).split())
