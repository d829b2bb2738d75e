"""`/liff/`: the one door through which LINE leads residents in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from liff_app import access, i18n
from liff_app.access import Audience
from liff_app.errors import NotFound
from liff_app.identity import guard

bp = Blueprint("entry", __name__)
display = Blueprint("display", __name__)

MAX_NEXT = 500  # characters; our own addresses stay far below
MAX_FIELDS = 20  # parameters in an address
KEPT_PARAMETERS = frozenset({"hazard", "town", "purpose", "q", "lat", "lon", "id", "limit"})
HOME = "home.menu"
A_YEAR = 31_536_000  # seconds


@bp.get("/")
def enter() -> ResponseReturnValue:
    """The entry page: LINE's SDK runs here and nowhere else.

    A page that anyone may see, such as the shelters, is shown at once: in an emergency nobody
    waits for a sign-in. A live session goes straight on, too.
    """
    wanted = destination(request.args.get("liff.state") or request.args.get("next") or "")
    if wanted and _audience(wanted) is Audience.ANYONE:
        return redirect(wanted, 302)
    if guard.current_session().resident_id and "code" not in request.args:
        return redirect(wanted or url_for(HOME), 302)
    settings = current_app.config["SETTINGS"]
    page = render_template(
        "home/entry.html",
        liff={
            "id": settings.liff_id,
            "sdk_url": settings.liff_sdk_url,
            "integrity": settings.liff_sdk_integrity,
        },
        next=wanted or url_for(HOME),
    )
    answer = make_response(page)
    policy = current_app.extensions["policy"]
    answer.headers["Content-Security-Policy"] = policy.page(entry=True)
    return answer


@display.get("/display")
def keep_size() -> ResponseReturnValue:
    """Keep the wanted text size in the browser and go back."""
    size = request.args.get("size", "")
    if size not in i18n.SIZES:
        raise NotFound("no such text size")
    answer = redirect(destination(request.args.get("next", "")) or url_for(HOME), 303)
    answer.set_cookie(
        "text_size",
        size,
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SETTINGS"].secure_cookies,
    )
    return answer


def to_sign_in() -> ResponseReturnValue:
    """Lead the visitor of a resident's page to the entry, remembering where they were going."""
    query = urlencode({"next": request.full_path.removesuffix("?")})
    return redirect(f"{url_for('entry.enter')}?{query}", 302)


def destination(wanted: str) -> str | None:
    """The page of ours that `wanted` names, as a path that we built ourselves, or None.

    Takes a full path (`/liff/shelters`) and LINE's form relative to the endpoint (`/shelters`).
    Only our resident pages, by route, with known parameters: never another host, never a scheme.
    """
    if not wanted.startswith("/") or len(wanted) > MAX_NEXT or "\\" in wanted:
        return None
    try:
        parts = urlsplit(wanted)
        kept = _kept(parts.query)
    except ValueError:  # no address at all, or more parameters than any page of ours has
        return None
    if parts.netloc or parts.scheme:
        return None
    found = _match(parts.path if parts.path.startswith("/liff/") else f"/liff{parts.path}")
    if found is None:
        return None
    path = url_for(found[0], **found[1])
    return f"{path}?{kept}" if kept else path


def _match(path: str) -> tuple[str, dict[str, Any]] | None:
    """Endpoint and values of the resident page at `path`, if there is one to be opened by GET."""
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    if endpoint.startswith(("entry.", "display.")):
        return None
    return str(endpoint), dict(values)


def _kept(query: str) -> str:
    """The parameters our pages know. Raises ValueError for more than any page has."""
    pairs = parse_qsl(query, max_num_fields=MAX_FIELDS)
    return urlencode([(name, value) for name, value in pairs if name in KEPT_PARAMETERS])


def _audience(path: str) -> Audience | None:
    found = _match(urlsplit(path).path)
    gate: access.Gate = current_app.extensions["access"]
    return gate.audience_of(found[0]) if found else None
