"""The administrator's page of keys: made, shown once, stopped."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.staff import api_keys, sessions
from liff_app.staff.models import Department, StaffSession
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, Given, colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.ground import document, publish

from .test_api_keys import READ, SUBMISSIONS, WRITE, ask, deeds, issue, room

__all__ = ["room"]  # the fixture is used by its name


@pytest.fixture
def boss(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.ADMINISTRATOR)


FORM = {"name": "県の防災情報システム", "scope": [READ.value, WRITE.value], "last_day": ""}
KEYS = "/console/staff/keys"


def test_an_administrator_makes_a_key_that_is_shown_once(room: Flask, boss: ConsoleVisitor) -> None:
    answer = boss.post(KEYS, data=FORM)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    (text,) = re.findall(r"mmk_[0-9a-f]{12}_[\w-]{43}", answer.text)
    assert ask(room, text)[0] == 200
    page = boss.get(KEYS)
    assert not faults(page, KEYS)
    assert "県の防災情報システム" in page.text
    assert text.split("_", 2)[2] not in page.text
    assert deeds() == [("key.issued", f"key:{text.split('_')[1]}")]
    again = boss.post(KEYS, data=FORM)
    assert again.status_code == 422, "a page sent twice makes no second key"
    assert "同じ名前の使える鍵があります。" in again.text


def test_an_administrator_stops_a_key(room: Flask, boss: ConsoleVisitor) -> None:
    text = issue()
    key_id = text.split("_")[1]
    answer = boss.post(f"{KEYS}/{key_id}/revoke")
    assert answer.status_code == 303
    assert "の鍵は、もう使えません。" in boss.get(answer.headers["Location"]).text
    assert ask(room, text) == (401, "key_invalid")
    assert boss.post(f"{KEYS}/{key_id}/revoke").status_code == 409
    assert boss.post(f"{KEYS}/{'0' * 12}/revoke").status_code == 404
    assert deeds() == [("key.revoked", f"key:{key_id}")]


@on_sqlite
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "何のシステムか、80字までで書いてください。"),
        ({"scope": []}, "できることを1つ以上選んでください。"),
        ({"scope": ["everything"]}, "できることを1つ以上選んでください。"),
        ({"last_day": "2020-01-01"}, "期限は今日より後にしてください。"),
        ({"last_day": "tomorrow"}, "日付を選びなおしてください。"),
        ({"last_day": "9999-12-31"}, "日付を選びなおしてください。"),
    ],
)
def test_what_cannot_be_a_key_is_told_beside_its_field(
    app: Flask, boss: ConsoleVisitor, given: dict[str, object], sentence: str
) -> None:
    answer = boss.post(KEYS, data=FORM | given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not deeds()


@on_sqlite
def test_who_has_not_shown_a_code_lately_makes_no_key(app: Flask, boss: ConsoleVisitor) -> None:
    with transaction() as session:
        mine = session.get_one(StaffSession, sessions.digest_of(boss.cookie))
        mine.confirmed_at = clock.now() - timedelta(minutes=11)
    assert boss.post(KEYS, data=FORM).status_code != 200
    assert not api_keys.listed(db.session, now=clock.now())


@on_sqlite
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_see_or_make_keys(app: Flask, role: Role) -> None:
    browser = colleague(app, role)
    key_id = issue().split("_")[1]
    assert browser.get(KEYS).status_code == 403
    assert browser.post(KEYS, data=FORM).status_code == 403
    assert browser.post(f"{KEYS}/{key_id}/revoke").status_code == 403
    assert [view.state for view in api_keys.listed(db.session, now=clock.now())] == ["live"]


def procedures() -> tuple[dict[str, str], str]:
    """Ids of three procedures: of one department, of another, of none; and the first's id."""
    with transaction() as session:
        places = [Department(name=name) for name in ("福祉課", "税務課")]
        session.add_all(places)
        session.flush()
        owners = {"fukushi": places[0].id, "zeimu": places[1].id, "nobody": None}
        found = {
            slug: publish(
                session, document(form_id=slug, prefix=slug[:1]), slug=slug, department_id=owner
            ).procedure_id
            for slug, owner in owners.items()
        }
        return found, places[0].id


@pytest.mark.parametrize("given", ["nothing", "one department", "everything"])
def test_nobody_lets_a_key_read_what_they_cannot_see_themselves(app: Flask, given: str) -> None:
    ids, place = procedures()
    roles: dict[str, list[Given]] = {
        "nothing": [],
        "one department": [(Role.PROCEDURE_REVIEWER, {"department": place})],
        "everything": [Role.PROCEDURE_REVIEWER],
    }
    may = set(ids) if given == "everything" else set()  # cases move between departments
    boss = colleague(app, Role.ADMINISTRATOR, *roles[given])
    page = boss.get(KEYS)
    assert not faults(page, KEYS)
    offered = set(re.findall(r'name="procedure" value="([0-9a-z]+)"', page.text))
    assert offered == {ids[slug] for slug in may}
    for slug, one in ids.items():
        form = {"name": slug, "scope": [SUBMISSIONS.value], "procedure": [one]}
        answer = boss.post(KEYS, data=form)
        assert answer.status_code == (200 if slug in may else 422), slug
    kept = {view.name: view.procedures for view in api_keys.listed(db.session, now=clock.now())}
    assert kept == {slug: (ids[slug],) for slug in may}
    assert "読む手続き：見本の手続き" in boss.get(KEYS).text or not may
    said = [one.detail for one in audit.events(db.session) if one.action == "key.issued"]
    assert len(said) == len(may)
    assert all(any(slug in one for one in said) for slug in may)


@on_sqlite
def test_a_key_that_reads_submissions_says_of_what(app: Flask) -> None:
    procedures()
    boss = colleague(app, Role.ADMINISTRATOR, Role.PROCEDURE_REVIEWER)
    answer = boss.post(KEYS, data={"name": "x", "scope": [SUBMISSIONS.value]})
    assert answer.status_code == 422
    assert "申請を読んでよい手続きを、1つ以上選んでください。" in answer.text
    assert not faults(answer, KEYS)
