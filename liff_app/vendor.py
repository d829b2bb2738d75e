"""`/vendor`: listed files of the XStatic-Leaflet wheel, and nothing else of it.

The version stands in the path, so the relative `url(images/…)` of the stylesheet inherits it.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request
from xstatic.pkg import leaflet

bp = Blueprint("vendor", __name__)

LEAFLET_VERSION: str = leaflet.PACKAGE_VERSION
LEAFLET_FOLDER: str = leaflet.BASE_DIR
LEAFLET_FILES = frozenset(
    {
        "leaflet.js",
        "leaflet.css",
        "images/layers.png",
        "images/layers-2x.png",
        "images/marker-icon.png",
        "images/marker-icon-2x.png",
        "images/marker-shadow.png",
    }
)
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
}
A_YEAR = 31_536_000  # seconds


def leaflet_url(name: str) -> str:
    """Address of one listed file."""
    return f"/vendor/leaflet/{LEAFLET_VERSION}/{name}"


@cache
def _body(name: str, *, compressed: bool) -> bytes:
    raw = (Path(LEAFLET_FOLDER) / name).read_bytes()
    return gzip.compress(raw, 9, mtime=0) if compressed else raw


@bp.get("/vendor/leaflet/<version>/<path:name>")
def leaflet_file(version: str, name: str) -> Response:
    """One listed file of the wheel, kept by browsers for a year; code leaves compressed."""
    if version != LEAFLET_VERSION or name not in LEAFLET_FILES:
        abort(404)
    code = name.endswith((".js", ".css"))
    small = code and "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(_body(name, compressed=small), content_type=_TYPES[Path(name).suffix])
    if small:
        answer.headers["Content-Encoding"] = "gzip"
    if code:
        answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return answer
