"""How a file of a procedure goes over the wire: never kept by anybody, never able to run."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from liff_app.procedures.files.naming import PDF
from liff_app.procedures.files.views import Served

_POLICY = "default-src 'none'; frame-ancestors 'none'"
_SANDBOXED = _POLICY + "; sandbox"


def answer(served: Served, *, inline: bool) -> Response:
    """The file, to be looked at or (not `inline`) to be saved under its name.

    A picture stands in a sandbox. A PDF does not, because browsers' viewers refuse to open in one;
    it was looked into before it was kept, and its page may load nothing.
    """
    found = Response(served.data, content_type=served.media_type)
    way = "inline" if inline else "attachment"
    name = quote(served.name, safe="")  # RFC 8187: a header is ASCII
    found.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{name}"
    is_viewed = served.media_type == PDF
    found.headers["Content-Security-Policy"] = _POLICY if is_viewed else _SANDBOXED
    found.headers["X-Content-Type-Options"] = "nosniff"
    found.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    found.headers["Cache-Control"] = "private, no-store"
    return found
