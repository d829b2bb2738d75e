"""What colleagues do with a submission, and what its applicant sees of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.procedures import dossiers, events, revisions
from liff_app.procedures.desk import returning
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.models import Submission
from liff_app.procedures.vocabulary import EventKind, Status
from tests.house.page import faults
from tests.procedures.filling.journeys import LIFF, Journey, proof

SENT = f"{LIFF}/sent"


def row_of(ref: str) -> Submission:
    db.session.rollback()
    return db.session.scalars(select(Submission).where(Submission.ref == ref)).one()


def moved(ref: str, to: Status, settings: Settings, text: str = "") -> None:
    """A colleague takes a step."""
    db.session.rollback()
    with transaction() as session:
        row = events.hold(session, ref)
        key = dossiers.key_of(session, settings.keys, row.dossier_id)
        kind = EventKind.RETURNED if to is Status.RETURNED else EventKind.MOVED
        events.append(session, row, kind, key=key, actor="staff:1", now=clock.now(), to=to,
                      public=text)  # fmt: skip


def returned(ref: str, settings: Settings, *items: Item, due_on: date | None = None) -> None:
    """A colleague sends it back with these points."""
    db.session.rollback()
    with transaction() as session:
        row = events.hold(session, ref)
        key = dossiers.key_of(session, settings.keys, row.dossier_id)
        returning.keep(session, row, items, due_on=due_on, key=key, by="staff:1", now=clock.now())
    moved(ref, Status.RETURNED, settings, "下の点を直してください。")


def values(ref: str, settings: Settings, number: int) -> dict[str, Any]:
    row = row_of(ref)
    key = dossiers.key_of(db.session, settings.keys, row.dossier_id)
    return revisions.read(db.session, row, number, key=key)


def seen(browser: FlaskClient, path: str, status: int = 200) -> str:
    """A page of ours, right in every way a page can be."""
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    found = faults(answer, path)
    assert found == [], found
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text.split("<main")[1]


def corrected(browser: FlaskClient, ref: str) -> Journey:
    """The draft in which the submission is put right."""
    path = f"{SENT}/{ref}/correct"
    begun = browser.post(path, data=proof(browser))
    assert begun.status_code == 303, begun.text
    return Journey(browser, begun.headers["Location"].rsplit("/", 1)[1])
