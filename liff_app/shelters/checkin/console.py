"""`/console/shelters/checkin`: sums of every shelter's check-in, as a page, as CSV, and posters.

Sums only: which family is where is the business of the people at its door.
"""

from __future__ import annotations

import csv
import io
import unicodedata

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from liff_app import clock, qr
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.shelters import service as shelters
from liff_app.shelters.checkin import service, sums
from liff_app.shelters.checkin.rules import door_number, spaced
from liff_app.shelters.checkin.words import CARE_WORDS
from liff_app.shelters.disasters import service as disasters
from liff_app.staff.guard import colleague, note
from liff_app.staff.vocabulary import Role

bp = Blueprint("checkin_console", __name__)

EXPORTED = "checkin.exported"  # action in the audit log
HEADINGS = (
    "避難所", "人数（報告）", "受付した人", "受付した家族", *(f"うち{name}" for name in (
        "車いす・歩行", "乳幼児", "妊産婦", "医療機器・持病", "その他")), "ペット",
    "のべ家族", "のべ人数",
)  # fmt: skip


@bp.get("")
def index() -> ResponseReturnValue:
    """Every shelter's sums in the disaster that is on."""
    disaster = disasters.current(db.session)
    rows = _rows() if disaster and disaster.checkin else []
    return render_template(
        "shelters/checkin/console.html",
        disaster=disaster,
        rows=rows,
        total=sums.together(rows),
        care_words={care.value: word() for care, word in CARE_WORDS.items()},
    )


@bp.get("/sums.csv")
def export() -> ResponseReturnValue:
    """The same sums for a spreadsheet; no family stands in it."""
    service.open_for_checkin(db.session)
    rows = _rows()
    with transaction() as session:
        note(session, EXPORTED, "checkins", persons=sum(row.people_in for row in rows))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([_cell(one) for one in row.cells] for row in rows)
    answer = Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="checkin.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/posters")
def posters() -> ResponseReturnValue:
    """A sheet for the door of each shelter the colleague answers for, by which residents enter."""
    settings = current_app.config["SETTINGS"]
    places = sums.places(db.session, colleague().shelters())
    if not places:
        raise NotFound("no shelters", title="避難所がありません。")
    return render_template(
        "shelters/checkin/posters.html",
        posters=[
            (
                name,
                qr.square(f"{settings.liff_permalink_host}/{settings.liff_id}/checkin/{one}"),
                spaced(door_number(one)),
            )
            for one, name in places
        ],
        account=settings.municipality_name,
    )


def _rows() -> list[sums.Row]:
    return sums.rows(db.session, seen(), now=clock.now(), policy=shelters.policy())


def seen() -> frozenset[str] | None:
    """The shelters whose sums the colleague may see: headquarters all, others their own."""
    who = colleague()
    if who.may(Role.ADMINISTRATOR) or who.may(Role.VIEWER):
        return None
    return who.shelters()


def _cell(value: str | int | None) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return "" if value is None else value
    begins = unicodedata.normalize("NFKC", value)[:1]
    return f"'{value}" if begins in ("=", "+", "-", "@", "\t", "\r") else value
