"""What is forgotten of reports, proven by searching every table for a marker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from liff_app import retention as all_rules
from liff_app import tables
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.photos.models import Photo
from liff_app.reports import casework, filing, following, retention
from liff_app.reports.models import Report, ReportFollower
from liff_app.reports.vocabulary import FixAnswer, Status

from . import ground
from .ground import at, by_staff, do, file, merge, move, row
from .test_filing import photo

pytestmark = pytest.mark.usefixtures("app")
MARK = "目印八八八"
CLOSED = at(10)


def everything(*tables_of: str) -> str:
    """Every value of these tables, or of all about reports, as text."""
    wanted = [
        one for one in tables.metadata.sorted_tables
        if one.name in tables_of or (not tables_of and one.name.startswith("report"))
    ]  # fmt: skip
    found = [
        str(list(map(str, line))) for table in wanted for line in db.session.execute(select(table))
    ]
    db.session.rollback()
    return "\n".join(found)


def forget(days: float) -> int:
    """What is forgotten so many days after the closing."""
    with transaction() as session:
        store: Any = current_app.extensions["file_store"]
        return retention.forget(session, store, now=CLOSED + timedelta(days=days))


def busy() -> tuple[str, str, str]:
    """A report with a marker wherever something can be typed, and who wrote it and joined it."""
    who, joiner = ground.residents(2)
    ref = file(who, description=MARK, place_text=MARK, contact=MARK, asset_number=MARK).ref
    do(filing.add_photo, ref, photo(who, "picture"), resident_id=who)
    do(following.join, ref, resident_id=joiner)
    move(ref, Status.ASKED, text=MARK)
    do(following.reply, ref, MARK, resident_id=who)
    by_staff(casework.note, ref, MARK)
    move(ref, Status.FIXED, text=MARK, minutes=9)
    do(following.answer_fix, ref, FixAnswer.NOT_YET, MARK, resident_id=joiner, minutes=9)
    move(ref, Status.FIXED, text=MARK, minutes=10)
    return ref, who, joiner


def test_contacts_go_ninety_days_after_the_closing(app: Flask) -> None:
    ref, *_ = busy()
    still_open = file(ground.resident(), contact=MARK).ref
    with transaction() as session:
        assert retention.purge_contacts(session, now=CLOSED + timedelta(days=89)) == 0
        assert retention.purge_contacts(session, now=CLOSED + timedelta(days=91)) == 1
    assert row(ref).contact_sealed is None
    assert row(still_open).contact_sealed is not None


def test_after_five_years_nothing_tells_of_a_person(app: Flask) -> None:
    ref, who, joiner = busy()
    other = file(ground.resident(), description="まだ開いている").ref
    assert forget(365 * 5 - 1) == 0
    assert forget(365 * 5 + 1) == 1
    assert forget(365 * 5 + 1) == 0, "and not again and again"
    kept = everything()
    for gone in (MARK, who, joiner, "picture"):
        assert gone not in kept
    picture = db.session.get(Photo, "picture", populate_existing=True)
    assert picture is None or picture.deleted_at is not None
    db.session.rollback()
    found = row(ref)
    assert (found.category, found.status, found.reopened) == ("road", "fixed", 1)
    assert row(other).description == "まだ開いている"


def test_a_merged_report_goes_with_its_lead_and_not_before(app: Flask) -> None:
    lead, member = (file(ground.resident(), description=MARK).ref for _ in range(2))
    merge(member, lead)
    assert forget(365 * 6) == 0
    move(lead, Status.NO_ACTION, minutes=60 * 24 * 365 * 6)
    assert forget(365 * 12) == 2


def test_the_hourly_run_knows_both_rules(app: Flask) -> None:
    busy()
    counts = all_rules.run(now=CLOSED + timedelta(days=365 * 5 + 1), dry_run=True)
    assert (counts["report_contacts"], counts["reports"]) == (1, 1)
    assert MARK in everything()


def test_a_resident_who_goes_leaves_the_report_behind(app: Flask) -> None:
    ref, who, _joiner = busy()
    with transaction() as session:
        session.execute(
            tables.metadata.tables["residents"]
            .delete()
            .where(tables.metadata.tables["residents"].c.id == who)
        )
    assert row(ref).resident_id is None
    left = db.session.scalars(select(ReportFollower.resident_id)).all()
    assert who not in left
    db.session.rollback()


def test_contacts_are_sealed_anew_under_the_first_key(app: Flask) -> None:
    ref, *_ = busy()
    file(ground.resident())
    ring = ground.settings().keys
    new = "new:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoyMzQ1Njc"
    both = KeyRing({**KeyRing.parse(new)._keys, **ring._keys})  # noqa: SLF001 - the older key beside it
    for dry, count in ((True, 1), (False, 1), (False, 0)):
        with transaction() as session:
            assert retention.reseal(session, both, dry_run=dry) == count
    assert both.is_current(row(ref).contact_sealed or b"")
    opened = casework.contact(db.session, ref, scope=ground.SEEN["scope"], keys=both)
    assert opened == MARK
    assert db.session.scalars(select(Report.ref)).all()
    db.session.rollback()
