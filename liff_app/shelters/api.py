"""`/api/v1/shelters/…`: the finder and the open data, for phones and for other systems.

Everything here is public: `Access-Control-Allow-Origin: *`, an ETag, no cookie, and headers that
let a CDN keep it. The bytes are made once per change (`board.py`); a request only hands them out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field

from liff_app import clock
from liff_app.apidoc import ApiModel, Description, describe, read_query
from liff_app.db import db
from liff_app.public_reply import PublicFile, Reply, Shortcut, reply
from liff_app.shelters import open_data, service
from liff_app.shelters.board import Board, Moment
from liff_app.shelters.finder import Purpose
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening

bp = Blueprint("shelters_api", __name__)

LIVE_SECONDS = 15  # how long a shared cache may keep what moves in a disaster
LIVE = f"public, max-age={LIVE_SECONDS}"
IMMUTABLE = "public, max-age=31536000, immutable"
MAX_FIELDS = 10  # twice the parameters there are
CSV = "text/csv; charset=utf-8"


class NearestQuery(ApiModel):
    """Where from, and from what."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, description="Degrees, WGS84.")
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, description="Degrees, WGS84.")
    hazard: Hazard | None = Field(
        default=None, description="What to get away from. In a disaster its first hazard if absent."
    )
    purpose: Purpose = Field(default=Purpose.FLEE, description="To get away now, or to stay.")
    limit: int = Field(default=10, ge=1, le=50)


class DisasterOut(BaseModel):
    """The disaster, or drill, that is on."""

    id: str
    name: str
    hazards: list[Hazard]
    drill: bool
    area: str = Field(description="In the town's own words; may be empty.")
    started_at: str


class ShelterOut(BaseModel):
    """One place, as it stands."""

    id: str
    name: str
    kana: str
    address: str
    lat: float
    lon: float
    kind: str = Field(description="site, shelter, site_and_shelter, ad_hoc")
    distance_m: int = Field(description="Straight, not along roads.")
    walk_minutes: list[int] = Field(description="Brisk and slow, with a detour factor.")
    fits: Fits | dict[Hazard, Fits] = Field(description="For the asked hazard, else for all.")
    opening: Opening | None
    level: Level | None
    people: int | None
    capacity: int | None
    updated_at: str | None
    stale: bool
    remarks: str = Field(description="Always show: remarks may restrict use.")


class NearestOut(BaseModel):
    """Places in the order to be shown: open and suitable first, then by distance."""

    model_config = ConfigDict(title="NearestOut")

    disaster: DisasterOut | None
    hazard: Hazard | None
    purpose: Purpose
    far: bool = Field(description="No place of this list within 5 km.")
    shelters: list[ShelterOut]


def current() -> tuple[Board, Moment]:
    """The board and its moment; asks the database only when the last look is old."""
    board = service.board()
    return board, board.known() or board.now(db.session, clock.now())


@bp.get("/shelters/nearest")
@describe(
    Description(
        summary="Places near a position, right for a hazard, in the order to be shown",
        query=NearestQuery,
        answer=NearestOut,
        errors=(422,),
    )
)
def nearest() -> Response:
    """The nearest places. A position is in the query, so no cache may keep the answer."""
    asked = read_query(NearestQuery)
    _, moment = current()
    made = _nearest(asked, moment)
    return Response(made.body, status=made.status, headers=made.headers)


def _nearest(asked: NearestQuery, moment: Moment) -> Reply:
    body = moment.finder.nearest_json(
        asked.lat, asked.lon, asked.hazard, asked.limit, asked.purpose
    )
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Access-Control-Allow-Origin", "*"),
    ]
    return Reply("200 OK", headers, body)


@bp.get("/shelters/snapshot.json")
@describe(
    Description(summary="All places, for the phone to sort by itself (immutable per version)")
)
def snapshot() -> Response:
    """The places. With `?v=` of the current version the answer never changes."""
    _, moment = current()
    exact = request.args.get("v") == moment.snapshot_version
    return send(moment.snapshot, IMMUTABLE if exact else LIVE)


@bp.get("/shelters/status.json")
@describe(Description(summary="The live overlay, row by row of the snapshot"))
def status() -> Response:
    """Openings, crowding and head counts, as columns in the snapshot's order."""
    _, moment = current()
    return send(moment.status)


def _file(name: str, media_type: str, make: Callable[[Moment], bytes]) -> Response:
    board, moment = current()
    return send(board.made(name, moment, lambda: make(moment), media_type))


@bp.get("/shelters.geojson")
@describe(Description(summary="All places as GeoJSON", media_type="application/geo+json"))
def geojson() -> Response:
    """Every published place with its state."""
    return _file("geojson", "application/geo+json", open_data.geojson)


@bp.get("/shelters.csv")
@describe(Description(summary="All places, 自治体標準オープンデータセット", media_type="text/csv"))
def csv() -> Response:
    """Every published place in the 39 columns of the national standard."""
    return _file("csv", CSV, open_data.standard_csv)


@bp.get("/shelters/status.csv")
@describe(Description(summary="Openings and head counts, EEI item names", media_type="text/csv"))
def status_csv() -> Response:
    """States in the item names of 災害対応基本共有情報. In a drill there is nothing to report."""
    return _file("status", CSV, open_data.status_csv)


def send(file: PublicFile, cache: str = LIVE) -> Response:
    """The file as Flask's response; see `public_reply`."""
    made = reply(file, request.environ, cache)
    return Response(made.body, status=made.status, headers=made.headers)


def shortcuts(board: Board) -> dict[str, Shortcut]:
    """The two calls of a disaster's first minutes, answered from the board in hand without Flask.

    A 304 through Flask costs as much as the whole answer, and Flask around `nearest` four times the
    search (ADR 0004). Whatever is not plain sailing, such
    as a wrong parameter or a board not looked at just now, goes the ordinary way.
    """

    def status(environ: Mapping[str, Any]) -> Reply | None:
        moment = board.known()
        return reply(moment.status, environ, LIVE) if moment else None

    def nearest(environ: Mapping[str, Any]) -> Reply | None:
        moment = board.known()
        asked = _plain_query(environ.get("QUERY_STRING", ""))
        return _nearest(asked, moment) if moment and asked else None

    return {"/api/v1/shelters/status.json": status, "/api/v1/shelters/nearest": nearest}


def _plain_query(text: str) -> NearestQuery | None:
    """The question, if it is asked without fault; None leaves it to `read_query` and its errors."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
        return NearestQuery.model_validate_strings(_once_each(pairs))
    except ValueError:  # pydantic's ValidationError is one
        return None


def _once_each(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a parameter twice")
    return found
