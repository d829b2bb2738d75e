"""Tables of the shelter service: lists and their rows, places, the live overlay, disasters.

What a list says (`shelter_sources`) and what a disaster adds (`shelter_statuses`) stay apart: a new
edition of a list never touches an opening, and a closing never edits a list.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime

GONE = ""  # digest of a row its list no longer has
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without look-alikes: people read these aloud


def new_id() -> str:
    """Ten random letters, about 49 bits: public, and not countable."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


class ShelterList(Base):
    """A published list the town keeps importing, such as 国土地理院's sites."""

    __tablename__ = "shelter_lists"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    preset: Mapped[str] = mapped_column(String(40))
    attribution: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[int]  # the smaller one's words are shown where lists disagree
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListImport(Base):
    """One edition of a list that was published, with its rows, so that it can be again."""

    __tablename__ = "shelter_list_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("shelter_lists.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # import | republish | withdraw | pin
    of_edition: Mapped[int | None]  # the edition that was published again
    preset: Mapped[str] = mapped_column(String(40))
    priority: Mapped[int]
    attribution: Mapped[str] = mapped_column(Text)
    mapping: Mapped[str] = mapped_column(Text)  # the mapping file it was read by; "" if built in
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    encoding: Mapped[str] = mapped_column(String(20))
    total_rows: Mapped[int]
    imported: Mapped[int]
    reported: Mapped[int]
    blank: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    removed: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(80))
    packed_rows: Mapped[bytes] = mapped_column(LargeBinary)  # gzip of JSON lines, a row each
    packed_places: Mapped[bytes] = mapped_column(LargeBinary)  # gzip of the rows' place ids


class Shelter(Base):
    """One place a resident can go to, as all lists together describe it."""

    __tablename__ = "shelters"
    __table_args__ = (Index("ix_shelters_municipality_code_name", "municipality_code", "name"),)

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    facility_key: Mapped[str | None] = mapped_column(String(11), index=True)
    name: Mapped[str] = mapped_column(Text)
    kana: Mapped[str] = mapped_column(Text, default="")
    name_en: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    municipality_code: Mapped[str | None] = mapped_column(String(6))
    municipality_name: Mapped[str] = mapped_column(String(80), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    position_source: Mapped[str] = mapped_column(String(10))  # list geocoder town hand none
    roles: Mapped[str] = mapped_column(String(40))  # codes joined by commas
    fits: Mapped[str] = mapped_column(String(8))  # y c n u, in the order of Hazard
    capacity_raw: Mapped[str] = mapped_column(Text, default="")
    capacity_indoor: Mapped[int | None]
    capacity_outdoor: Mapped[int | None]
    target: Mapped[str] = mapped_column(Text, default="")
    floors: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    towns: Mapped[str] = mapped_column(Text, default="")
    elevation_m: Mapped[float | None]
    remarks: Mapped[str] = mapped_column(Text, default="")
    always_open: Mapped[bool] = mapped_column(default=False)
    published: Mapped[bool] = mapped_column(default=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShelterSource(Base):
    """One row of one list, and the place it speaks of.

    A row the list left out stays, with the digest GONE: should it return, it finds its place.
    """

    __tablename__ = "shelter_sources"

    list_id: Mapped[str] = mapped_column(ForeignKey("shelter_lists.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    shelter_id: Mapped[str] = mapped_column(ForeignKey("shelters.id"), index=True)
    digest: Mapped[str] = mapped_column(String(32))
    row: Mapped[str] = mapped_column(Text)  # the row as JSON


class Disaster(Base):
    """A disaster, or a drill, from its declaration to its end. At most one is open."""

    __tablename__ = "disasters"

    id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    hazards: Mapped[str] = mapped_column(String(120))  # codes joined by commas, the chief one first
    drill: Mapped[bool]
    area: Mapped[str] = mapped_column(String(200), default="")  # shown to residents
    checkin: Mapped[bool] = mapped_column(default=False)  # people are checked in at shelters
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(80))
    open_slot: Mapped[int | None] = mapped_column(
        unique=True, default=1
    )  # 1 while open, so at most one is


class ShelterStatus(Base):
    """What is known of a place in the open disaster. `version` counts its changes."""

    __tablename__ = "shelter_statuses"

    shelter_id: Mapped[str] = mapped_column(ForeignKey("shelters.id"), primary_key=True)
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"), primary_key=True)
    opening: Mapped[str] = mapped_column(String(10))
    level: Mapped[str | None] = mapped_column(String(10))  # by hand; wins over the computed one
    people: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(String(80), default="")  # codes joined by commas
    checked_in: Mapped[int | None]  # as the check-in counts; None where it is not used
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(80))


class ShelterStatusEvent(Base):
    """One change of a status, and the status it left: appended, never edited.

    What a change did is the difference to the event of the version before.
    """

    __tablename__ = "shelter_status_events"
    __table_args__ = (
        Index("ix_shelter_status_events_shelter_id_id", "shelter_id", "id"),
        Index(
            "ix_shelter_status_events_shelter_id_disaster_id_version",
            "shelter_id", "disaster_id", "version",
            unique=True,
        ),
        Index("ix_shelter_status_events_by_request_key", "by", "request_key", unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    shelter_id: Mapped[str] = mapped_column(ForeignKey("shelters.id"))
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"), index=True)
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    opening: Mapped[str] = mapped_column(String(10))
    level: Mapped[str | None] = mapped_column(String(10))
    people: Mapped[int | None]
    people_change: Mapped[int | None]  # what adding up did; None where nothing was added
    note: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was so; the status says the same
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # later, where a phone was offline
    by: Mapped[str] = mapped_column(String(80))
    device: Mapped[str | None] = mapped_column(String(40))  # tells phones with one pass apart
    request_key: Mapped[str | None] = mapped_column(String(80))
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # of what the key came with
    undoes: Mapped[int | None] = mapped_column(unique=True)  # id of the event it takes back
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was taken back


class ShelterVersion(Base):
    """Two counters every process watches: `master` moves with lists, `live` with the overlay."""

    __tablename__ = "shelter_versions"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[int]
