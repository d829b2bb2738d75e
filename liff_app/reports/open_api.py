"""`/api/v1/reports.geojson` and `.csv`: what the public may know of reports, for other systems."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, g, request, url_for
from pydantic import Field

from liff_app import clock, public_reply, spreadsheet
from liff_app.apidoc import ApiModel, Description, describe, read_query
from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports import open_data, rules
from liff_app.reports.open_data import Page

bp = Blueprint("reports_open", __name__)

GEOJSON = "application/geo+json"
# As long a report that was hidden may still be told by a cache.
KEPT = "public, max-age=60"
_TAG_DIGITS = 20


class OpenQuery(ApiModel):
    """Which page."""

    after: str | None = Field(
        default=None, max_length=20,
        description="The receipt number after which the page begins; see `Link: rel=next`.",
    )  # fmt: skip


@bp.get("/reports.geojson")
@describe(
    Description(
        summary="Damage reports of the last year and all open ones as GeoJSON, 1,000 a page",
        query=OpenQuery,
        media_type=GEOJSON,
        errors=(422,),
    )
)
def geojson() -> Response:
    """A page of reports as features."""
    found = _page()
    return _send(open_data.geojson(found, next_url=_next(found)), GEOJSON, found)


@bp.get("/reports.csv")
@describe(
    Description(
        summary="Damage reports of the last year and all open ones as CSV, 1,000 a page",
        query=OpenQuery,
        media_type="text/csv",
        errors=(422,),
    )
)
def csv() -> Response:
    """A page of reports as a table."""
    found = _page()
    return _send(open_data.csv(found), spreadsheet.MEDIA_TYPE, found)


def _page() -> Page:
    g.cacheable = True  # the same for everybody: no cookie has a say in its language
    asked = read_query(OpenQuery)
    after = None if asked.after is None else rules.id_of(asked.after)
    if asked.after is not None and after is None:
        raise InputInvalid([FieldError("after", "number", _("受付番号ではありません。"))])
    return open_data.page(db.session, after, now=clock.now())


def _next(found: Page) -> str | None:
    if found.after is None:
        return None
    public = current_app.config["SETTINGS"].public_url
    return f"{public}{url_for(request.endpoint or '', after=found.after)}"


def _send(body: bytes, media_type: str, found: Page) -> Response:
    """The page with its ETag; `Link` leads to the next one, also for scripts of other sites."""
    digest = hashlib.sha256(body).hexdigest()[:_TAG_DIGITS]
    file = public_reply.public_file(digest, body, media_type)
    made = public_reply.reply(file, request.environ, KEPT)
    answer = Response(made.body, status=made.status, headers=made.headers)
    answer.headers["Access-Control-Expose-Headers"] = "Link, ETag"
    following = _next(found)
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer
