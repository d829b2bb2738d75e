"""Colleagues in browser tests: signed in without typing."""

from __future__ import annotations

from tests.conftest import Given, make_colleague

from .conftest import Visit
from .servers import Town

COOKIE = "machimado-staff"


def sign_in(visit: Visit, town: Town, *grants: Given) -> str:
    """The browser is that of a new colleague with these grants; gives the account's id."""
    with town.app.app_context():
        account_id, token = make_colleague(*grants)
    visit.context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": token,
                "url": town.url,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )
    return account_id
