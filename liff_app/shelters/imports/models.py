"""Tables of what is not published yet: files to be looked at, and positions given by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime
from liff_app.shelters.models import new_id


class ListUpload(Base):
    """A file somebody looks at before it is published. It goes after a day, published or not."""

    __tablename__ = "shelter_list_uploads"

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    mapping: Mapped[str] = mapped_column(Text, default="")  # TOML; "" is found by the headings
    headings: Mapped[str] = mapped_column(Text, default="")  # JSON; of a list of unknown shape
    list_id: Mapped[str] = mapped_column(String(80), default="")  # "" is suggested
    attribution: Mapped[str | None] = mapped_column(Text)  # None is the list's own
    only_own: Mapped[bool] = mapped_column(default=False)  # rows of other municipalities left out
    positions: Mapped[str] = mapped_column(Text, default="")  # JSON: line, lat, lon, source
    uploaded_by: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class HandPosition(Base):
    """Where a row is that its list gives no position for, as a colleague showed it.

    It holds for the row of that id while the name or the address is still the same.
    """

    __tablename__ = "shelter_hand_positions"

    list_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    lat: Mapped[float]
    lon: Mapped[float]
    name_key: Mapped[str] = mapped_column(Text)
    address_key: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(String(80))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
