"""Where a colleague goes on to after signing in: pages of the console, by their route."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from liff_app.access import Audience, Gate

MAX_NEXT = 500  # characters; our own addresses stay far below
MAX_FIELDS = 20


def destination(wanted: str) -> str | None:
    """The console page that `wanted` names, as a path that we built ourselves, or None.

    Only routes of STAFF that can be opened by GET: never another host, never a scheme.
    """
    if not wanted.startswith("/") or len(wanted) > MAX_NEXT or "\\" in wanted:
        return None
    try:
        parts = urlsplit(wanted)
        query = urlencode(parse_qsl(parts.query, max_num_fields=MAX_FIELDS))
    except ValueError:  # no address at all, or more parameters than any page of ours has
        return None
    if parts.netloc or parts.scheme:
        return None
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    gate: Gate = current_app.extensions["access"]
    if gate.audience_of(str(endpoint)) is not Audience.STAFF:
        return None
    path = url_for(str(endpoint), **dict(values))
    return f"{path}?{query}" if query else path
