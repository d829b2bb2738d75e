"""A report with a photo, and where its mask is drawn."""

from __future__ import annotations

from flask import Flask

from liff_app.db import transaction
from liff_app.photos import service as photos
from liff_app.reports import filing
from tests.photos import corpus
from tests.reports.ground import at, file, resident


def with_photo(app: Flask) -> tuple[str, str]:
    """Address of the mask page of a new report's photo, and the photo's id."""
    who = resident()
    receipt = file(who)
    prepared = photos.prepare(corpus.jpeg())
    with transaction() as session:
        view = photos.keep(session, app.extensions["file_store"], prepared, owner=who, now=at())
        filing.add_photo(session, receipt.ref, view.id, resident_id=who, now=at(1))
    return f"/console/reports/{receipt.ref}/photos/{view.id}/mask", view.id
