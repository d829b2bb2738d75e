"""The passes of shelters: who holds the sheet may say how things stand there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime
from liff_app.shelters.models import new_id


class ShelterPass(Base):
    """One pass: for one shelter, in one disaster, until it is revoked or the disaster ends.

    The token is found by its blind index and sealed, so that a lost sheet can be printed again.
    """

    __tablename__ = "shelter_passes"
    __table_args__ = (UniqueConstraint("shelter_id", "disaster_id", "live_slot"),)
    __sealed__ = ("token_sealed",)

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    shelter_id: Mapped[str] = mapped_column(ForeignKey("shelters.id"))
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"), index=True)
    token_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(80))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to ten minutes
    live_slot: Mapped[int | None] = mapped_column(default=1)  # 1 until revoked: one live pass each
