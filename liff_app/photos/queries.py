"""What is known of photos, and their pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.gateways.file_store import FileMissing, FileStore
from liff_app.photos.models import Photo
from liff_app.photos.rules import Box
from liff_app.telemetry import log

Size = Literal["large", "thumb"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView:
    """What is known of a photo, for whoever may know it. Sizes are those of the large copy."""

    id: str
    owner: str
    sha256: str
    width: int
    height: int
    claimed_by: str | None
    created_at: datetime
    released_at: datetime | None
    public_version: int
    boxes: tuple[Box, ...]

    @property
    def is_public(self) -> bool:
        """Whether the public may see its public copy."""
        return self.released_at is not None


def known(
    session: Session, raw: bytes, *, owner: str, within: str | None = None
) -> PhotoView | None:
    """The photo that this owner has sent with the same bytes: a repeat needs no second one.

    Photos that a report holds already do not count, but for those of the report `within`.
    """
    row = same_as(session, hashlib.sha256(raw).digest(), owner, within)
    return view_of(row) if row else None


def read(session: Session, store: FileStore, photo_id: str, size: Size, *, public: bool) -> bytes:
    """The JPEG: the staff's copy, or for the public the released one. Raises NotFound."""
    row = row_of(session, photo_id)
    if public and row.released_at is None:
        raise NotFound("not released")
    large, thumb = (
        (row.public_large_key, row.public_thumb_key) if public else (row.large_key, row.thumb_key)
    )
    try:
        return store.get((large if size == "large" else thumb) or "none")
    except FileMissing:
        log().error("photo_file_missing")
        raise NotFound("file missing") from None


def photo_view(session: Session, photo_id: str) -> PhotoView:
    """What is known of the photo. Raises NotFound."""
    return view_of(row_of(session, photo_id))


def photos_of(session: Session, ids: Iterable[str]) -> dict[str, PhotoView]:
    """What is known of each of these photos, by id; those that are gone are left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = session.scalars(select(Photo).where(Photo.id.in_(wanted), Photo.deleted_at.is_(None)))
    found = {row.id: view_of(row) for row in rows}
    return {one: found[one] for one in wanted if one in found}


def same_as(session: Session, sha256: bytes, owner: str, within: str | None) -> Photo | None:
    """The newest photo of those bytes from that owner, free or held by `within`."""
    free = Photo.claimed_by.is_(None)
    return session.scalar(
        select(Photo)
        .where(Photo.owner == owner, Photo.sha256 == sha256, Photo.deleted_at.is_(None))
        .where(or_(free, Photo.claimed_by == within) if within else free)
        .order_by(Photo.created_at.desc())
        .limit(1)
    )


def row_of(session: Session, photo_id: str) -> Photo:
    """The row of a photo that is there. Raises NotFound."""
    row = session.get(Photo, photo_id)
    if row is None or row.deleted_at is not None:
        raise NotFound("no such photo")
    return row


def view_of(row: Photo) -> PhotoView:
    """What is known of a row's photo."""
    return PhotoView(
        id=row.id,
        owner=row.owner,
        sha256=row.sha256.hex(),
        width=row.width,
        height=row.height,
        claimed_by=row.claimed_by,
        created_at=row.created_at,
        released_at=row.released_at,
        public_version=row.public_version,
        boxes=tuple(tuple(box) for box in json.loads(row.mask_boxes)),
    )
