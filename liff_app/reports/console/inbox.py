"""`/console/reports`: what residents reported, as a list and on a map, and what refreshes both."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db
from liff_app.reports.console import inbox_page, maps
from liff_app.reports.console.rows import names
from liff_app.staff.guard import colleague

bp = Blueprint("report_console", __name__)


@bp.get("")
def inbox() -> ResponseReturnValue:
    """The page of the question in the address."""
    page = inbox_page.inbox_page(db.session, request.args, colleague(), now=clock.now())
    return render_template("reports/console/inbox.html", page=page, frame=maps.frame(db.session))


@bp.get("/rows")
def rows() -> ResponseReturnValue:
    """The list alone, for the open page whose map was moved."""
    known = names(db.session)
    part = inbox_page.part(db.session, request.args, colleague(), known, now=clock.now())
    said = {one.name: getattr(part, one.name) for one in fields(part) if one.name != "rows"}
    return _json({**said, "rows": [asdict(row) for row in part.rows]})


@bp.get("/points")
def points() -> ResponseReturnValue:
    """The pins of the question, or squares where they are too many."""
    return _json(maps.points(db.session, request.args, colleague(), now=clock.now()))


@bp.get("/peek")
def peek() -> ResponseReturnValue:
    """What a pin says when it is pressed."""
    found = request.args.get("id", type=int) or 0
    return _json(maps.peek(db.session, found, colleague(), now=clock.now()))


def _json(body: object) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, content_type="application/json", headers={"Cache-Control": "no-store"})
