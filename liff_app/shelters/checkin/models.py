"""Tables of the check-in: who is where, codes about to be shown, and totals that outlive both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime
from liff_app.shelters.models import new_id


class Counts:
    """How many people, and how many of them need what."""

    people: Mapped[int]
    mobility: Mapped[int] = mapped_column(default=0)
    infants: Mapped[int] = mapped_column(default=0)
    pregnant: Mapped[int] = mapped_column(default=0)
    medical: Mapped[int] = mapped_column(default=0)
    other: Mapped[int] = mapped_column(default=0)
    pets: Mapped[int] = mapped_column(default=0)


class CheckIn(Counts, Base):
    """One stay of one family at one shelter, from check-in to check-out. No name, no address.

    `resident_id` is None for families that staff counted. A resident has at most one live stay in
    a disaster: `live_slot` is 1 while it lasts.
    """

    __tablename__ = "checkins"
    __table_args__ = (
        UniqueConstraint("disaster_id", "resident_id", "live_slot"),
        UniqueConstraint("shelter_id", "disaster_id", "number"),
        Index("ix_checkins_disaster_id_shelter_id_live_slot", "disaster_id", "shelter_id",
              "live_slot"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    shelter_id: Mapped[str] = mapped_column(ForeignKey("shelters.id"))
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"))
    resident_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="SET NULL"), index=True
    )
    number: Mapped[int]  # 受付番号: 1, 2, 3 at each shelter
    way: Mapped[str] = mapped_column(String(10))
    consent: Mapped[str | None] = mapped_column(String(10))  # edition; None for a walk-in
    in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_by: Mapped[str] = mapped_column(String(80))
    out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    out_by: Mapped[str | None] = mapped_column(String(80))
    ending: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)  # moves with every change of the row
    live_slot: Mapped[int | None] = mapped_column(default=1)


class CheckInOffer(Counts, Base):
    """What a resident is about to say at a door: counts, and a code to show if they asked for one.

    One per resident. The code is good until `expires_at`, once: taking it deletes the row.
    """

    __tablename__ = "checkin_offers"

    resident_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    )
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"))
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CheckInTotal(Counts, Base):
    """What remains of deleted stays at a shelter: sums. `last_number` is the newest 受付番号."""

    __tablename__ = "checkin_totals"

    shelter_id: Mapped[str] = mapped_column(ForeignKey("shelters.id"), primary_key=True)
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"), primary_key=True)
    families: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
