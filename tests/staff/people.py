"""A colleague with a password and a phone, for tests of signing in."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import transaction
from liff_app.staff import codes, service, setting_up
from liff_app.staff.passwords import Passwords
from liff_app.staff.rules import Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.sessions import digest_of
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor

PASSWORD = "mizuumi kitsune entotsu"


@dataclass
class Person:
    """What somebody knows and holds: login, password, the phone's secret, ten recovery codes."""

    id: str
    login: str
    secret: str
    recovery: list[str]
    step: int = 0

    def code(self, now: datetime | None = None) -> str:
        """What the phone shows; a code that was used already is not shown to them again."""
        now = now or clock.now()
        return codes.code_at(self.secret, now)


def enrol(app: Flask, *roles: Role, now: datetime | None = None) -> Person:
    """A colleague who used their link; the first code counts as used a while ago."""
    settings: Settings = app.config["SETTINGS"]
    passwords: Passwords = app.extensions["passwords"]
    now = now or clock.now()
    with app.app_context():
        with transaction() as session:
            draft = AccountDraft(
                login=f"hito-{secrets.token_hex(4)}",
                name="窓 花子",
                grants=tuple(Grant(role) for role in roles),
            )
            account_id = service.add_account(session, draft, now=now)
            token = setting_up.make_link(session, account_id, now=now)
            kept = passwords.kept(PASSWORD)
            setting_up.keep_password(session, token, kept, keys=settings.keys, now=now)
        with transaction() as session:
            setup = setting_up.open_link(session, token, keys=settings.keys, now=now)
            assert setup.secret is not None
            first = codes.code_at(setup.secret, now)
            _, drawn = setting_up.finish(session, token, first, keys=settings.keys, now=now)
            service.account(session, account_id).totp_step = None
            assert digest_of(token)
    return Person(account_id, draft.login, setup.secret, drawn)


def sign_in(browser: FlaskClient, person: Person, **other: str) -> TestResponse:
    """Post the form as that person; `other` replaces what they would type."""
    typed = {"login": person.login, "password": PASSWORD, "code": ""} | other
    typed["code"] = typed["code"] or person.code()
    return browser.post("/console/login", data=typed)


def at_home(app: Flask, person: Person) -> FlaskClient:
    """A browser in which the person has signed in."""
    browser = Visitor(app)
    answer = sign_in(browser, person)
    assert answer.status_code == 303, answer.text
    return browser


def shown(page: str, pattern: str) -> str:
    """The first match of the pattern's group in the page."""
    found = re.search(pattern, page)
    assert found, pattern
    return unescape(found[1])
