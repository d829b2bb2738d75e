"""`/reports/photos/…`: the copies that colleagues let out, masked where they masked them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from liff_app.db import db
from liff_app.errors import NotFound
from liff_app.photos import service as photos
from liff_app.photos import serving
from liff_app.reports import queries

bp = Blueprint("report_public_photos", __name__)


@bp.get("/photos/<photo_id>/<int:version>/<any(large, thumb):size>")
def show(photo_id: str, version: int, size: photos.Size) -> Response:
    """The public copy of that version, while its report is to be seen.

    An older version is gone, because a mask may have been added.
    """
    view = photos.photo_view(db.session, photo_id)
    shown = view.is_public and view.public_version == version
    if not shown or not queries.is_photo_shown(db.session, photo_id):
        raise NotFound("no such public copy")
    store = current_app.extensions["file_store"]
    data = photos.read(db.session, store, photo_id, size, public=True)
    return serving.answer(data, public=True)
