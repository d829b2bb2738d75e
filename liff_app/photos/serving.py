"""How a photo goes over the wire: always as a JPEG that can run nothing."""

from __future__ import annotations

from flask import Response, request

from liff_app.photos.rules import MOST_BYTES

MOST_PHOTOS = 3
MOST_REQUEST = MOST_PHOTOS * MOST_BYTES + 1024 * 1024  # and the form around them
PUBLIC_SECONDS = 300  # so long may a picture be seen after it was taken back
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def answer(data: bytes, *, public: bool = False) -> Response:
    """The picture. Copies for the staff and for the reporter are kept by nobody.

    Public ones may be kept for five minutes: their address has a version, so a new mask is seen at
    once, and what was taken back is gone from caches after that time.
    """
    found = Response(data, content_type="image/jpeg")
    found.headers["Content-Disposition"] = "inline; filename=photo.jpg"
    found.headers["Content-Security-Policy"] = _POLICY
    found.headers["X-Content-Type-Options"] = "nosniff"
    found.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    found.headers["Cache-Control"] = (
        f"public, max-age={PUBLIC_SECONDS}" if public else "private, no-store"
    )
    return found


def make_room() -> None:
    """This request may be as large as three photos and the form around them.

    To be called by a `url_value_preprocessor`, before anything reads the body: the check of the
    form's token does.
    """
    request.max_content_length = MOST_REQUEST
