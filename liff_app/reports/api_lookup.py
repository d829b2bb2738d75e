"""`/api/v1/reports/…`: what a form asks before anything is sent."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, current_app, g, jsonify

from liff_app.apidoc import Description, describe, read_query
from liff_app.db import db
from liff_app.reports import api_shapes, queries
from liff_app.reports.api_lookup_models import (
    AssetQuery,
    AssetsOut,
    CategoriesOut,
    NearListOut,
    NearQuery,
    PlaceOut,
    PlaceQuery,
)
from liff_app.reports.categories import service as categories
from liff_app.reports.moment import disaster_on
from liff_app.reports.places import service as places

bp = Blueprint("report_lookup_api", __name__)


@bp.get("/reports/nearby")
@describe(
    Description(
        summary="Open reports of the same kind nearby: maybe it is known already",
        query=NearQuery,
        answer=NearListOut,
        errors=(401, 422),
    )
)
def nearby() -> Response:
    """Nearest first, and of each no more than is public."""
    asked = read_query(NearQuery)
    found = queries.near(
        db.session,
        asked.lat,
        asked.lon,
        asked.category,
        radius_m=asked.radius_m,
        resident_id=g.resident_id,
    )
    return _unkept(reports=[api_shapes.near(one) for one in found])


@bp.get("/reports/categories")
@describe(
    Description(
        summary="Kinds of damage that may be reported now, with their questions and stops",
        answer=CategoriesOut,
        errors=(401,),
    )
)
def kinds() -> Response:
    """In the order in which they are offered."""
    disaster = disaster_on(db.session)
    found = categories.offered(db.session, disaster=disaster)
    return _unkept(disaster=disaster, categories=[api_shapes.category(one) for one in found])


@bp.get("/reports/place")
@describe(
    Description(
        summary="Whose place a position is: town, inside or not, and else whose likely",
        query=PlaceQuery,
        answer=PlaceOut,
        errors=(401, 422),
    )
)
def place() -> Response:
    """The town at a position. A position is in the query, so no cache may keep the answer."""
    asked = read_query(PlaceQuery)
    code = current_app.config["SETTINGS"].municipality_code
    where = places.where(db.session, asked.lat, asked.lon, municipality_code=code)
    return _unkept(**asdict(where))


@bp.get("/reports/assets")
@describe(
    Description(
        summary="Things with a number on them: a street light, say",
        query=AssetQuery,
        answer=AssetsOut,
        errors=(401, 422),
    )
)
def assets() -> Response:
    """Every thing of that number, however the number was typed."""
    asked = read_query(AssetQuery)
    found = places.find_assets(db.session, asked.number, asked.category)
    return _unkept(assets=[api_shapes.asset(one) for one in found])


def _unkept(**body: object) -> Response:
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
