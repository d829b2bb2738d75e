"""The page of a report as a reviewer uses it, for tests: opened, and its forms sent."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.photos import service as photos
from liff_app.reports import filing
from tests.conftest import ConsoleVisitor
from tests.house.page import faults
from tests.reports.ground import at, file, row

WORDS = "歩道に穴があいています。<b>つまずきました</b>"


def get(visitor: ConsoleVisitor, ref: str, query: str = "") -> str:
    """The page's text; it is as every page of ours must be."""
    answer = visitor.get(f"/console/reports/{ref}{query}")
    assert answer.status_code == 200, answer.text
    assert faults(answer, f"/console/reports/{ref}") == []
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def post(visitor: ConsoleVisitor, ref: str, what: str, **fields: Any) -> TestResponse:  # noqa: ANN401 - form values
    """The answer to one of the page's forms, sent with the present version."""
    sent = {"version": str(row(ref).version)} | fields
    return visitor.post(f"/console/reports/{ref}/{what}", data=sent)


def done(answer: TestResponse) -> None:
    """The change was made: the page comes next, and is right."""
    assert answer.status_code == 303, answer.text


def actions() -> list[str]:
    """What the log says was done; that somebody looked is left out."""
    found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()
    db.session.rollback()
    return [one for one in found if one.startswith("report") and one != "report.viewed"]


def jpeg(red: int = 200, size: tuple[int, int] = (80, 60)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (red, 60, 60)).save(made, "JPEG", quality=95)
    return made.getvalue()


def with_photo(app: Flask, who: str, **other: Any) -> tuple[str, str]:  # noqa: ANN401 - of `file`
    """Ref of a report, and the id of its photo."""
    receipt = file(who, description=WORDS, **other)
    prepared = photos.prepare(jpeg())
    with transaction() as session:
        store = app.extensions["file_store"]
        view = photos.keep(session, store, prepared, owner=who, now=at())
        filing.add_photo(session, receipt.ref, view.id, resident_id=who, now=at(1))
    return receipt.ref, view.id
