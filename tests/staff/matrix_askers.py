"""Who asks in the matrix, and how each proves it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

from liff_app.staff.vocabulary import KeyScope, Role
from tests.conftest import ConsoleVisitor

ABSENT = "0" * 12


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks: how they prove who they are, and what they then are."""

    name: str
    kind: str  # nobody | resident | colleague | key | pass
    roles: frozenset[Role] = frozenset()
    narrowed: bool = False  # to the shelter that is their own
    of_department: bool = False  # narrowed to a department, whose reports are not the others'
    scopes: frozenset[KeyScope] = frozenset()
    live: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    own_shelter: str = ""
    cookie: str = field(default="", repr=False)
    session_id: str = ""
    account_id: str = ""

    def client(self, app: Flask) -> FlaskClient:
        """A browser with nothing but the proof, whatever was answered to the one before."""
        browser = ConsoleVisitor(app)
        if self.kind == "resident":
            browser.set_cookie("machimado", self.cookie)
        elif self.cookie:
            browser.cookie = self.cookie
            browser.set_cookie("machimado-staff", self.cookie)
        return browser
