"""`/console/reports/sheet`: reports on paper, for whoever goes there to see or to mend."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import qr
from liff_app.db import db, transaction
from liff_app.qr import QrSquare
from liff_app.reports import case_queries
from liff_app.reports.case_queries import Case
from liff_app.reports.categories import service as categories
from liff_app.reports.console import case_page, sketch, words
from liff_app.reports.console.case_changes import mine
from liff_app.reports.console.sketch import Sketch
from liff_app.reports.places import service as places
from liff_app.staff.guard import note

bp = Blueprint("report_sheet", __name__)

MOST_SHEETS = 30  # a day's round; two QR codes each take some 40 ms to draw
TOWNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one sheet says. No name and no contact: paper is left lying about."""

    case: Case
    category: str
    answers: list[tuple[str, str]]
    due: str
    gsi_url: str
    page_square: QrSquare
    map_square: QrSquare
    sketch: Sketch


@bp.get("/sheet")
def show() -> ResponseReturnValue:
    """A sheet for each of the reports that `refs` names, in that order; the log has that."""
    refs = _refs()
    if not refs:
        return redirect(url_for("report_console.inbox"), 303)  # to choose some there
    sheets = [_sheet(db.session, ref) for ref in refs]
    with transaction() as session:
        note(session, "report.printed", "reports", persons=len(refs), detail={"count": len(refs)})
    return render_template("reports/console/sheet.html", sheets=sheets, most=MOST_SHEETS)


def _refs() -> list[str]:
    """The reports asked for, once each."""
    asked = [one.strip() for text in request.args.getlist("refs") for one in text.split(",")]
    return list(dict.fromkeys(one for one in asked if one))[:MOST_SHEETS]


def _sheet(session: Session, ref: str) -> Sheet:
    settings = current_app.config["SETTINGS"]
    case = case_queries.case(session, ref, mine())
    kind = categories.find(session, case.category)
    near = places.towns_near(
        session, case.lat, case.lon, municipality_code=settings.municipality_code, limit=TOWNS
    )
    around = [
        (town.name, town.lat, town.lon)
        for town in near
        if town.lat is not None and town.lon is not None
    ]
    page = f"{settings.public_url.rstrip('/')}{url_for('report_case.show', ref=ref)}"
    gsi_url = case_page.gsi_url(case)
    return Sheet(
        case=case,
        category=kind.name if kind else case.category,
        answers=case_page.answers_of(case, kind),
        due=words.day(case.due_on) if case.due_on else "",
        gsi_url=gsi_url,
        page_square=qr.square(page),
        map_square=qr.square(gsi_url),
        sketch=sketch.sketch(case.lat, case.lon, around),
    )
