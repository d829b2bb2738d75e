"""Reports put straight onto the desk, without the form they came through: for the inbox."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from liff_app.db import db, transaction
from liff_app.reports import rules
from liff_app.reports.models import Report, ReportPhoto
from liff_app.reports.vocabulary import PlaceWay, Source, Status
from liff_app.staff import service as staff
from tests.conftest import ConsoleVisitor, Given, make_colleague

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 14:05 in Japan
LAT, LON = 35.6073, 140.2941
INBOX = "/console/reports"


def put(**fields: Any) -> Report:  # noqa: ANN401 - any column
    """A report that stands as given, the rest as usual; detached."""
    status = Status(fields.pop("status", Status.RECEIVED))
    usual: dict[str, Any] = {
        "ref": secrets.token_hex(8), "source": Source.LIFF, "category": "road",
        "description": "歩道に穴があいています。", "answers": "{}", "lat": LAT, "lon": LON,
        "place_way": PlaceWay.PIN, "town_name": "本町一丁目", "status": status,
        "is_open": status in rules.OPEN, "created_at": NOW,
    }  # fmt: skip
    values = usual | fields
    values.setdefault("updated_at", values["created_at"])
    values["cell"] = rules.cell_of(values["lat"], values["lon"])
    with transaction() as session:
        row = Report(**values)
        session.add(row)
        session.flush()
        session.refresh(row)
        session.expunge(row)
    return row


def put_photo(report: Report) -> None:
    """The report has a photo."""
    with transaction() as session:
        session.add(
            ReportPhoto(report_id=report.id, photo_id=secrets.token_hex(16), position=0,
                        by_staff=False, added_at=NOW)
        )  # fmt: skip


def ago(**back: float) -> datetime:
    """So long before the present of these tests."""
    return NOW - timedelta(**back)


def department(name: str) -> str:
    """Id of a new department."""
    with transaction() as session:
        return staff.add_department(session, name)


def visitor(app: Flask, *grants: Given) -> tuple[str, ConsoleVisitor]:
    """Id of a new colleague with these grants, and a browser in which they are signed in."""
    browser = ConsoleVisitor(app)
    account_id, browser.cookie = make_colleague(*grants)
    browser.set_cookie("machimado-staff", browser.cookie)
    return account_id, browser


def fresh(report: Report) -> Report:
    """The report as it stands now, detached."""
    row = db.session.get_one(Report, report.id, populate_existing=True)
    db.session.expunge(row)
    db.session.rollback()
    return row
