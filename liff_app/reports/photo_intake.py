"""A resident's photo on its way in: known, or counted, decoded and laid into the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db
from liff_app.photos import service as photos
from liff_app.photos.service import PhotoRefused, PhotoView, Prepared
from liff_app.reports import api_limits

Taken = Prepared | PhotoView


@contextmanager
def place(resident_id: str) -> Iterator[None]:
    """Inside it, this resident has no other photo in hand. Raises PhotosBusy (503).

    It is kept until the photo is in the database: the second of two equal tries finds it there.
    """
    db.session.close()  # who waits holds no connection, and sees afterwards what was done meanwhile
    with photos.in_hand(resident_id):
        yield


def take(raws: Sequence[bytes], *, resident_id: str, within: str | None = None) -> list[Taken]:
    """Each photo, lying in the store; one that was sent before is found and not decoded again.

    To be called outside a transaction, with the resident's `place`. Raises PhotoRefused, for the
    same bytes the same for an hour, without decoding them; TooMany; and what `shelve` raises.
    """
    found = [photos.known(db.session, raw, owner=resident_id, within=within) for raw in raws]
    db.session.close()  # decoding holds no connection
    made = [one or _decoded(raw, resident_id) for one, raw in zip(found, raws, strict=True)]
    store = current_app.extensions["file_store"]
    return [
        photos.shelve(store, one, now=clock.now()) if isinstance(one, Prepared) else one
        for one in made
    ]


def keep(
    session: Session, taken: Taken, *, resident_id: str, within: str | None = None
) -> PhotoView:
    """The photo has a row."""
    if isinstance(taken, PhotoView):
        return taken
    store = current_app.extensions["file_store"]
    return photos.keep(session, store, taken, owner=resident_id, now=clock.now(), within=within)


def _decoded(raw: bytes, resident_id: str) -> Prepared:
    digest = hashlib.sha256(raw).hexdigest()
    before = api_limits.refused_photo(resident_id, digest)
    if before is not None:
        raise PhotoRefused(before)
    api_limits.admit_photo(resident_id)
    try:
        return photos.prepare(raw)
    except PhotoRefused as error:
        api_limits.refuse_photo(resident_id, digest, error.refusal)
        raise
