"""The demo's reports: at every stage of work, told to nobody, made once."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from liff_app import clock, demo_town
from liff_app.db import db
from liff_app.demo_town import reports
from liff_app.messaging.models import LineMessage
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Status


def test_the_demo_shows_reports_at_every_stage_and_makes_them_once(app: Flask) -> None:
    demo_town.load(now=clock.now())
    assert reports.fill(now=clock.now()) == len(reports.SEEN)
    assert reports.fill(now=clock.now() + timedelta(hours=1)) == len(reports.SEEN)
    rows = db.session.scalars(select(Report).order_by(Report.id)).all()
    assert len(rows) == len(reports.SEEN)
    assert [row.status for row in rows] == [
        Status.DUPLICATE if one.same_as is not None else one.status for one in reports.SEEN
    ]
    assert rows[1].lead_id == rows[0].id
    assert all(row.resident_id is None and row.town_name for row in rows)
    assert not db.session.scalars(select(LineMessage)).all()
