"""The table of photos. The pictures themselves are files of the file store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime


class Photo(Base):
    """One photo: the rebuilt copy for the staff and, once drawn, the one for the public.

    With `deleted_at` it is gone for everybody; the row stays until its files are gone too.
    """

    __tablename__ = "photos"
    __table_args__ = (
        Index("ix_photos_owner_sha256", "owner", "sha256"),
        Index("ix_photos_claimed_by_created_at", "claimed_by", "created_at"),
        Index("ix_photos_deleted_at", "deleted_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # random, so nobody guesses one
    owner: Mapped[str] = mapped_column(String(80))  # a resident's id, `staff:<id>`, `key:<id>`
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))  # of the bytes that were sent
    width: Mapped[int] = mapped_column(Integer)  # of the large copy
    height: Mapped[int] = mapped_column(Integer)
    large_key: Mapped[str] = mapped_column(String(80))
    thumb_key: Mapped[str] = mapped_column(String(80))
    public_large_key: Mapped[str | None] = mapped_column(String(80))  # None: never released
    public_thumb_key: Mapped[str | None] = mapped_column(String(80))
    public_version: Mapped[int] = mapped_column(Integer, default=0)  # stands in public addresses
    mask_boxes: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [x, y, w, h] of 0 to 1
    claimed_by: Mapped[str | None] = mapped_column(String(40))  # the report that holds it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
