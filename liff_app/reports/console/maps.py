"""The inbox's map: pins as columns, what one of them says, and the frame they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.db import db
from liff_app.errors import NotFound
from liff_app.reports import desk_queries, map_queries, scope
from liff_app.reports.console import filters as query
from liff_app.reports.console import rows, words
from liff_app.reports.map_queries import Pins
from liff_app.staff.guard import Colleague
from liff_app.towns import service as towns

drawing = Blueprint("report_map_drawing", __name__)  # for ANYONE: nothing in it but a rectangle

DIGITS = 5  # about a metre
TOWN_DIGITS = 2  # about a kilometre
MARKS = ("new", "open", "over")


@drawing.get("/map/drawing.js")
def script() -> ResponseReturnValue:
    """What folium wrote to draw the empty map: a rectangle and the address of the tiles.

    The sandboxed frame has no origin, so its requests carry no cookie: hence for anyone.
    """
    drawn = frame(db.session)
    return Response(drawn.script, content_type="text/javascript; charset=utf-8")


def frame(session: Session) -> Any:  # noqa: ANN401 - a `staff_map.MapFrame`, imported below
    """The empty map over the town; the page moves it to what it shows."""
    from liff_app import staff_map  # noqa: PLC0415 - folium takes 0.8 s and 30 MB; only maps pay

    kept = current_app.extensions
    if "report_map_corners" not in kept:
        kept["report_map_corners"] = _corners(session)
    corners = kept["report_map_corners"] or staff_map.JAPAN
    return staff_map.frame(corners, current_app.config["SETTINGS"].map_tiles_url)


def _corners(session: Session) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """South-west and north-east of the town's 町丁目, to a kilometre; None without their list."""
    code = current_app.config["SETTINGS"].municipality_code
    known = towns.of_municipality(session, code)
    lats = [round(one.lat, TOWN_DIGITS) for one in known if one.lat is not None]
    lons = [round(one.lon, TOWN_DIGITS) for one in known if one.lon is not None]
    return ((min(lats), min(lons)), (max(lats), max(lons))) if lats else None


def points(
    session: Session, asked: Mapping[str, str], me: Colleague, *, now: datetime
) -> dict[str, object]:
    """The pins of the question as columns (`ids`), or the squares (`counts`)."""
    found = map_queries.points(
        session, query.read(asked), scope.scope_of(me), me.id, today=now.astimezone(JST).date()
    )
    places = {"lats": _rounded(found.lats), "lons": _rounded(found.lons)}
    if not isinstance(found, Pins):
        return {**places, "counts": list(found.counts)}
    marks = [MARKS.index(words.mark(one)) for one in found.statuses]
    return {**places, "ids": found.ids, "marks": marks, "priorities": found.priorities}


def _rounded(degrees: Any) -> list[float]:  # noqa: ANN401 - a column of numbers
    return [round(one, DIGITS) for one in degrees]


def peek(session: Session, report_id: int, me: Colleague, *, now: datetime) -> dict[str, object]:
    """The row of one report. Raises NotFound, also outside the colleague's scope."""
    who = scope.scope_of(me)
    found = desk_queries.rows_of(session, [report_id], who, me.id)
    if not found or not who.sees(found[0].department_id):
        raise NotFound("no such report")
    today = now.astimezone(JST).date()
    return asdict(rows.view(found[0], rows.names(session), today=today, now=now))
