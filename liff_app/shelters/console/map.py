"""`/console/shelters/map`: the places as a list and, beside it, on a map (ADR 0021)."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db
from liff_app.shelters import service
from liff_app.shelters.console import attention, pages
from liff_app.shelters.console.attention import Question, Row
from liff_app.shelters.console.desk import desk
from liff_app.shelters.console.forms import BoardForm
from liff_app.shelters.console.pieces import Piece
from liff_app.shelters.console.words import MARK_WORDS, SHOW_WORDS

bp = Blueprint("shelter_map", __name__)
drawing = Blueprint("shelter_map_drawing", __name__)  # for ANYONE: nothing in it but a rectangle


@bp.get("/map")
def show() -> ResponseReturnValue:
    """The list, which is the page, and the frame of the map."""
    from liff_app import staff_map  # noqa: PLC0415 - folium takes 0.8 s and 30 MB; only the map pays

    form = BoardForm.from_query()
    rows = _rows(form.to_question())
    glance = desk().now(db.session, clock.now())
    return render_template(
        "shelters/console/map.html",
        pieces=desk().pieces([row for row in rows if row.place.lat is not None], frozenset()),
        unplaced=[row.place for row in rows if row.place.lat is None],
        frame=staff_map.frame(_corners(), _tiles()),
        disaster=pages.banner(glance.disaster),
        asked=form.as_query(),
        shows=[(one.value, words()) for one, words in SHOW_WORDS.items()],
        marks=[(code, sign, words()) for code, sign, words in MARK_WORDS],
    )


@bp.get("/map.json")
def points() -> ResponseReturnValue:
    """The places with their state, for the page to hand to the frame; 304 while nothing changed."""
    form = BoardForm.from_query()
    glance = desk().now(db.session, clock.now())
    tag = f'"{desk().tag(glance, json.dumps(["map", form.as_query()]))}"'
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers={"ETag": tag})
    rows = [row for row in _rows(form.to_question()) if row.place.lat is not None]
    pieces = desk().pieces(rows, frozenset())
    body = json.dumps({"points": [_point(*pair) for pair in zip(rows, pieces, strict=True)]},
                      ensure_ascii=False, separators=(",", ":"))  # fmt: skip
    return Response(body, content_type="application/json", headers={"ETag": tag})


@drawing.get("/map/drawing.js")
def script() -> ResponseReturnValue:
    """What folium wrote to draw the empty map: a rectangle and the address of the tiles.

    The sandboxed frame has no origin, so its requests carry no cookie: hence for anyone.
    """
    from liff_app import staff_map  # noqa: PLC0415 - as above

    drawn = staff_map.frame(_corners(), _tiles())
    return Response(drawn.script, content_type="text/javascript; charset=utf-8")


def _rows(question: Question) -> list[Row]:
    glance = desk().now(db.session, clock.now())
    return attention.answer(glance.rows, question)


def _point(row: Row, piece: Piece) -> dict[str, Any]:
    view = piece.view
    said = (view.opening_label, view.people, view.level_label, view.warning, view.needs)
    return {
        "id": view.id,
        "name": view.name,
        "lat": row.place.lat,
        "lon": row.place.lon,
        "mark": view.mark,
        "sign": view.sign,
        "lines": ["・".join(filter(None, said)), *filter(None, (view.note,))],
    }


def _corners() -> tuple[tuple[float, float], tuple[float, float]]:
    """South-west and north-east of all public places, to three decimals."""
    from liff_app.staff_map import JAPAN  # noqa: PLC0415 - as above

    places = service.board().now(db.session, clock.now()).finder.places
    if not places:
        return JAPAN
    lats = sorted(round(place.lat, 3) for place in places)
    lons = sorted(round(place.lon, 3) for place in places)
    return (lats[0], lons[0]), (lats[-1], lons[-1])


def _tiles() -> str:
    tiles: str = current_app.config["SETTINGS"].map_tiles_url
    return tiles
