"""Tables of damage reports. An incident is a lead report with those merged into it (`lead_id`)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime
from liff_app.reports.vocabulary import Priority

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in INTEGER


class Report(Base):
    """What a resident saw, and where its handling stands."""

    __tablename__ = "reports"
    __sealed__ = ("contact_sealed",)
    __table_args__ = (
        # "Nearby in a category" and "the map" ask for open leads only, a small part of a million.
        Index(
            "ix_reports_open_near", "category", "cell",
            sqlite_where=text("is_open AND lead_id IS NULL"),
            postgresql_where=text("is_open AND lead_id IS NULL"),
        ),
        Index(
            "ix_reports_open_place", "lat", "lon", "category", "status", "priority", "id",
            sqlite_where=text("is_open AND lead_id IS NULL"),
            postgresql_where=text("is_open AND lead_id IS NULL"),
        ),
        # The desk's orders. Without them SQLite walks through everything that was ever closed.
        Index(
            "ix_reports_open_id", "id",
            sqlite_where=text("is_open AND lead_id IS NULL"),
            postgresql_where=text("is_open AND lead_id IS NULL"),
        ),
        Index(
            "ix_reports_open_due_on", "due_on", "id",
            sqlite_where=text("is_open AND lead_id IS NULL"),
            postgresql_where=text("is_open AND lead_id IS NULL"),
        ),
        Index(
            "ix_reports_open_priority", "priority", "id",
            sqlite_where=text("is_open AND lead_id IS NULL"),
            postgresql_where=text("is_open AND lead_id IS NULL"),
        ),
        Index("ix_reports_resident_id_id", "resident_id", "id"),
        # Of members only: SQLite would else take it for "IS NULL", which nearly every row is.
        Index(
            "ix_reports_lead_id", "lead_id",
            sqlite_where=text("lead_id IS NOT NULL"),
            postgresql_where=text("lead_id IS NOT NULL"),
        ),
        Index("ix_reports_department_id_is_open_due_on", "department_id", "is_open", "due_on"),
        Index("ix_reports_assignee_id_is_open", "assignee_id", "is_open"),
        Index("ix_reports_created_at", "created_at"),
        Index("ix_reports_updated_at", "updated_at"),
        Index(
            "ix_reports_kept", "created_at",
            sqlite_where=text("emptied_at IS NULL"), postgresql_where=text("emptied_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True)  # stands in addresses; random
    resident_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="SET NULL")
    )
    source: Mapped[str] = mapped_column(String(10))
    category: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[str] = mapped_column(
        Text, default="{}"
    )  # JSON: question code -> option or text
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    lat: Mapped[float]
    lon: Mapped[float]
    cell: Mapped[int] = mapped_column(BigInteger)
    accuracy_m: Mapped[int | None]
    place_way: Mapped[str] = mapped_column(String(10))
    place_text: Mapped[str] = mapped_column(String(200), default="")
    town_code: Mapped[str | None] = mapped_column(String(20))
    town_name: Mapped[str] = mapped_column(String(80), default="")
    asset_number: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(10))
    is_open: Mapped[bool] = mapped_column(Boolean)
    lead_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("reports.id"))
    joined: Mapped[int] = mapped_column(Integer, default=0)  # 「わたしも」 at this report
    priority: Mapped[int] = mapped_column(SmallInteger, default=Priority.NORMAL.value)
    department_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_departments.id", ondelete="SET NULL")
    )
    assignee_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="SET NULL")
    )
    due_on: Mapped[date | None]
    handed_to: Mapped[str] = mapped_column(String(120), default="")
    text_public: Mapped[bool] = mapped_column(Boolean, default=False)
    place_checked: Mapped[bool] = mapped_column(Boolean, default=False)
    hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(Integer, default=1)
    reopened: Mapped[int] = mapped_column(Integer, default=0)  # how often
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_answer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by `retention.forget`


class ReportEvent(Base):
    """One thing that happened to a report. Rows are added, never changed.

    Only a text that was taken back is emptied.
    """

    __tablename__ = "report_events"
    __table_args__ = (Index("uq_report_events_report_id", "report_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(BigId, ForeignKey("reports.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)  # the report's version after it
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))  # `resident`, `staff:<id>`, `key:<id>`, `system`
    kind: Mapped[str] = mapped_column(String(16))
    from_status: Mapped[str | None] = mapped_column(String(10))
    to_status: Mapped[str | None] = mapped_column(String(10))
    public_text: Mapped[str] = mapped_column(Text, default="")
    private_text: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[str] = mapped_column(Text, default="{}")  # JSON: codes and ids


class ReportFollower(Base):
    """Who is told of a report's progress: who reported it, and who said 「わたしも」."""

    __tablename__ = "report_followers"

    report_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True
    )
    resident_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_reporter: Mapped[bool] = mapped_column(Boolean)
    followed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fix_answer: Mapped[str | None] = mapped_column(String(10))
    fix_answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportPhoto(Base):
    """A photo of a report; the picture itself belongs to `liff_app.photos`."""

    __tablename__ = "report_photos"

    report_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True
    )
    photo_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    by_staff: Mapped[bool] = mapped_column(Boolean, default=False)  # e.g. after the work
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportRead(Base):
    """Up to which version a colleague has read a report: later ones stand as unread."""

    __tablename__ = "report_reads"

    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    report_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[int] = mapped_column(Integer)


class ReportCategory(Base):
    """A category that staff made or changed; those of `categories.builtin` need no row."""

    __tablename__ = "report_categories"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(Text)  # JSON of `categories.model.Category`, without its code
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportTemplate(Base):
    """A sentence for answers that is written again and again."""

    __tablename__ = "report_templates"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    for_status: Mapped[str | None] = mapped_column(String(10))
    category: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer, default=1)


class ReportView(Base):
    """A search of the inbox that a colleague keeps by name: its query string."""

    __tablename__ = "report_views"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportAsset(Base):
    """A thing with a number on it, a street light say: who reads the number out needs no map."""

    __tablename__ = "report_assets"
    __table_args__ = (Index("ix_report_assets_search_key", "search_key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    category: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(40))
    search_key: Mapped[str] = mapped_column(String(40))
    lat: Mapped[float]
    lon: Mapped[float]
    note: Mapped[str] = mapped_column(String(120), default="")


class NeighbourTown(Base):
    """A 町丁目 of a municipality next to ours: says whose a place outside is likely to be."""

    __tablename__ = "neighbour_towns"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    municipality_code: Mapped[str] = mapped_column(String(6))
    municipality_name: Mapped[str] = mapped_column(String(80))
    lat: Mapped[float]
    lon: Mapped[float]
