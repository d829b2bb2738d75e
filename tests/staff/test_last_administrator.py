"""Somebody who can sign in always administers the town."""

from __future__ import annotations

import pytest
from flask import Flask

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.staff import service
from liff_app.staff.models import Account
from liff_app.staff.rules import Grant
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague, make_colleague

from .people import enrol


def without_password() -> str:
    """Id of an administrator who only ever comes by the issuer."""
    account_id, _ = make_colleague(Role.ADMINISTRATOR)
    with transaction() as session:
        service.account(session, account_id).password_hash = None
    return account_id


def test_the_last_administrator_by_single_sign_on_stays(app: Flask) -> None:
    one, two = (without_password() for _ in range(2))
    with transaction() as session:
        assert service.disable(session, one, now=clock.now(), by_issuer=True)
    for by_issuer in (True, False):
        with pytest.raises(service.LastAdministrator), transaction() as session:
            service.disable(session, two, now=clock.now(), by_issuer=by_issuer)
        with pytest.raises(service.LastAdministrator), transaction() as session:
            service.set_grants(session, two, [], by_issuer=by_issuer)


def test_the_console_knows_that_colleagues_come_by_the_issuer(app: Flask) -> None:
    app.extensions["staff_oidc"] = object()
    boss = colleague(app, Role.ADMINISTRATOR)
    without_password()
    (me,) = [one.id for one in db.session.query(Account) if one.password_hash]
    db.session.rollback()
    assert boss.post(f"/console/staff/{me}/disable").status_code == 303


def test_one_who_never_used_their_link_does_not_count_as_the_other_administrator(
    app: Flask,
) -> None:
    person = enrol(app, Role.ADMINISTRATOR)
    with transaction() as session:
        draft = service.AccountDraft(
            login="someday", name="窓 三郎", grants=(Grant(Role.ADMINISTRATOR),)
        )
        service.add_account(session, draft, now=clock.now())
    with pytest.raises(service.LastAdministrator), transaction() as session:
        service.disable(session, person.id, now=clock.now())
