"""Photos as other features use them.

The way of a photo: `known` (was it sent before?), `prepare` (outside any transaction, because it
decodes), `shelve` (outside too: files first, rows after), then in the transaction `keep`, and
`claim` by the report that holds it. `keep` writes the files itself where nobody has shelved them.
A photo that no report claims goes after 24 hours.

What is kept is drawn anew from the pixels; the file that was sent is not kept at all. It may carry
where somebody lives, and whatever else a stranger put into it, and no task of the town needs it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.db import on_commit
from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound
from liff_app.gateways.file_store import FileStore, StoreFailed, StoreFull
from liff_app.i18n import gettext as _
from liff_app.photos import rules
from liff_app.photos.decoding import Made, workshop
from liff_app.photos.gate import gate
from liff_app.photos.models import Photo
from liff_app.photos.queries import (
    PhotoView,
    Size,
    known,
    photo_view,
    photos_of,
    read,
    row_of,
    same_as,
    view_of,
)
from liff_app.photos.refusals import PhotoRefused, PhotosBusy, WorkshopDown
from liff_app.photos.rules import MOST_BYTES, Box, Refusal
from liff_app.photos.shelving import Prepared, files_of, put_both, remove, shelve

__all__ = [
    "MOST_BYTES",
    "Drawn",
    "PhotoRefused",
    "PhotoView",
    "PhotosBusy",
    "Prepared",
    "Refusal",
    "Size",
    "StoreFailed",
    "StoreFull",
    "WorkshopDown",
    "claim",
    "delete",
    "draw",
    "in_hand",
    "keep",
    "known",
    "mask",
    "photo_view",
    "photos_of",
    "prepare",
    "read",
    "release",
    "shelve",
    "unrelease",
]


in_hand = gate.place  # around all of it, where strangers send


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A public copy that lies in the store, not yet shown to anybody."""

    boxes: tuple[Box, ...]
    large_key: str
    thumb_key: str


def prepare(raw: bytes, *, want_position: bool = False) -> Prepared:
    """Two pictures of ours, upright, from a file somebody sent. Stores nothing.

    To be called outside a transaction: it takes some 50 ms, and 5 s at worst. Raises PhotoRefused,
    whose `shown_code` says why, PhotosBusy or WorkshopDown (503).
    """
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(Refusal.TOO_LARGE)
    kind = rules.kind_of(raw)
    if kind is None:
        raise PhotoRefused(Refusal.TYPE)
    made = workshop.rebuild(raw, kind, want_position=want_position)
    return Prepared(
        large=made.large,
        thumb=made.thumb,
        width=made.width,
        height=made.height,
        sha256=hashlib.sha256(raw).digest(),
        position=made.position,
    )


def keep(
    session: Session,
    store: FileStore,
    prepared: Prepared,
    *,
    owner: str,
    now: datetime,
    within: str | None = None,
) -> PhotoView:
    """The photo has a row, and its files lie in the store before it.

    `owner` is a resident's id, `staff:<id>` or `key:<id>`. The same bytes from the same owner give
    the photo that is already there, as `known` does; what was shelved for nothing goes.
    """
    same = same_as(session, prepared.sha256, owner, within)
    if same is not None:
        spare = {prepared.large_key, prepared.thumb_key} - files_of(same) - {""}
        on_commit(lambda: remove(store, spare))
        return view_of(same)
    shelved = shelve(store, prepared, now=now)
    row = Photo(
        id=secrets.token_hex(16),
        owner=owner,
        sha256=shelved.sha256,
        width=shelved.width,
        height=shelved.height,
        large_key=shelved.large_key,
        thumb_key=shelved.thumb_key,
        public_version=0,
        mask_boxes="[]",
        created_at=now,
    )
    session.add(row)
    session.flush()  # so that `claim` in the same transaction finds it
    return view_of(row)


def claim(session: Session, photo_id: str, *, by: str, owner: str | None = None) -> PhotoView:
    """The photo belongs to the report `by` and stays as long as it. Again by the same: the same.

    Raises NotFound if there is none, or it is not that `owner`'s, where one is given; Conflict if
    another report has it.
    """
    row = _locked(session, photo_id)
    if owner is not None and row.owner != owner:
        raise NotFound("somebody else's photo")
    if row.claimed_by not in (None, by):
        raise Conflict("claimed", title=_("この写真は、ほかの通報で使われています。"))
    row.claimed_by = by
    return view_of(row)


def draw(
    session: Session,
    store: FileStore,
    photo_id: str,
    boxes: Sequence[Box],
    *,
    now: datetime,
) -> Drawn:
    """A public copy with black boxes lies in the store; nobody sees it until `mask` takes it.

    To be called outside a transaction, since it draws and writes. `boxes` are left, top, width and
    height as parts (0 to 1) of the picture. Raises InputInvalid for boxes that are none.
    """
    if rules.boxes_fault(boxes):
        message = _("かくす場所を読み取れませんでした。もう一度かこんでください。")
        raise InputInvalid([FieldError("boxes", "invalid", message)])
    row = row_of(session, photo_id)
    exact = tuple(_exact(box) for box in boxes)
    if not exact:  # the staff copy shows the same, and is as clean
        return Drawn(boxes=(), large_key=row.large_key, thumb_key=row.thumb_key)
    made: Made = workshop.mask(store.get(row.large_key), exact)
    large_key, thumb_key = put_both(store, made.large, made.thumb, now)
    return Drawn(boxes=exact, large_key=large_key, thumb_key=thumb_key)


def mask(
    session: Session,
    store: FileStore,
    photo_id: str,
    boxes: Sequence[Box],
    *,
    now: datetime,
    drawn: Drawn | None = None,
) -> PhotoView:
    """The public copy has these boxes and no others; one that is released shows them at once.

    `drawn` is what `draw` gave before the transaction; without it the copy is drawn here.
    """
    drawn = drawn or draw(session, store, photo_id, boxes, now=now)
    row = _locked(session, photo_id)
    old = _public_files(row)
    row.public_large_key, row.public_thumb_key = drawn.large_key, drawn.thumb_key
    row.public_version += 1
    row.mask_boxes = json.dumps(drawn.boxes)
    gone = old - _public_files(row)
    if gone:
        on_commit(lambda: remove(store, gone))
    return view_of(row)


def release(session: Session, photo_id: str, *, now: datetime) -> PhotoView:
    """The public may see the public copy: the masked one, or without a mask the staff's."""
    row = _locked(session, photo_id)
    if row.public_large_key is None:
        row.public_large_key, row.public_thumb_key = row.large_key, row.thumb_key
        row.public_version += 1
    if row.released_at is None:
        row.released_at = now
    return view_of(row)


def unrelease(session: Session, photo_id: str) -> PhotoView:
    """The public sees it no longer; boxes stay. Its old address will not come back."""
    row = _locked(session, photo_id)
    if row.released_at is not None:
        row.released_at = None
        row.public_version += 1
    return view_of(row)


def delete(session: Session, store: FileStore, photo_id: str, *, now: datetime) -> None:
    """The photo is gone for everybody; its files go once this is committed.

    Where the store does not answer then, the hourly sweep goes on trying.
    """
    row = _locked(session, photo_id)
    row.deleted_at, row.released_at, row.mask_boxes = now, None, "[]"
    files = files_of(row)
    on_commit(lambda: remove(store, files))


def _public_files(row: Photo) -> set[str]:
    """Keys of files that only the public copy uses."""
    return files_of(row) - {row.large_key, row.thumb_key}


def _locked(session: Session, photo_id: str) -> Photo:
    row = session.get(Photo, photo_id, with_for_update=True, populate_existing=True)
    if row is None or row.deleted_at is not None:
        raise NotFound("no such photo")
    return row


def _exact(box: Box) -> Box:
    left, top, width, height = (round(float(one), 6) for one in box)
    return left, top, width, height
