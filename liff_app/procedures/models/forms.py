"""Tables of forms, of counts, and of other systems that are told. No person's data."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in INTEGER
_PROCEDURE = "procedures.id"
_VERSION = "procedure_versions.id"


class Procedure(Base):
    """A form of the town by its address; what it asks stands in its versions."""

    __tablename__ = "procedures"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)  # stands in addresses
    title: Mapped[str] = mapped_column(String(120))  # of the newest version, in its language
    kind: Mapped[str] = mapped_column(String(12))
    department_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_departments.id", ondelete="SET NULL")
    )
    is_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)  # in the residents' list
    version: Mapped[int] = mapped_column(Integer, default=1)  # of this row
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProcedureVersion(Base):
    """One edition of a form: its workbook and what the compiler made of it."""

    __tablename__ = "procedure_versions"
    __table_args__ = (
        Index("uq_procedure_versions_procedure_id", "procedure_id", "number", unique=True),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    procedure_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(Integer)  # 1, 2, 3 … within the procedure
    state: Mapped[str] = mapped_column(String(10))
    # What is large is read where it is asked for, not with every look at the version.
    document: Mapped[str] = mapped_column(
        Text, deferred=True
    )  # canonical JSON of `engine.document`
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    workbook: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the .xlsx as it came
    # JSON: one answer for each path, and the compiler's findings
    samples: Mapped[str] = mapped_column(Text, default="[]", deferred=True)
    warnings: Mapped[str] = mapped_column(Text, default="[]", deferred=True)
    open_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(String(80))


class FormBench(Base):
    """A workbook that is worked on in the console, faults and all, until it becomes a version."""

    __tablename__ = "procedure_benches"

    ref: Mapped[str] = mapped_column(String(32), primary_key=True)  # stands in addresses; random
    procedure_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE"), index=True
    )  # None: of a form to be
    version_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey(_VERSION, ondelete="CASCADE")
    )  # that it was begun from
    seen: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # that version's digest then
    slug: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_departments.id", ondelete="SET NULL")
    )
    workbook: Mapped[bytes] = mapped_column(LargeBinary)
    grid: Mapped[str] = mapped_column(Text)  # JSON of `workbooks.grid`, also of what has faults
    found: Mapped[str] = mapped_column(Text)  # JSON of the compiler's findings
    version: Mapped[int] = mapped_column(Integer, default=1)  # of this row
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class NumberSeries(Base):
    """How far a series of receipt numbers has come."""

    __tablename__ = "procedure_numbers"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class PageCount(Base):
    """How often a page was reached and passed, and a question refused, on one day. No persons."""

    __tablename__ = "procedure_page_counts"

    version_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_VERSION, ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)  # reached, passed, refused
    name: Mapped[str] = mapped_column(String(64), primary_key=True)  # of a page or a question
    count: Mapped[int] = mapped_column(Integer)


class SurveyCount(Base):
    """A survey's answers as they were counted last, for staff or for everybody. No persons."""

    __tablename__ = "procedure_survey_counts"
    __sealed__ = ("results_sealed",)

    procedure_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE"), primary_key=True
    )
    audience: Mapped[str] = mapped_column(String(10), primary_key=True)  # staff, everybody
    people: Mapped[int] = mapped_column(Integer)  # submissions that were counted
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    results_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # JSON of `figures.survey`


class PostalCode(Base):
    """A postal code and a place it stands for; some codes stand for several."""

    __tablename__ = "postal_codes"
    __table_args__ = (Index("ix_postal_codes_code", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(7))
    prefecture: Mapped[str] = mapped_column(String(10))
    city: Mapped[str] = mapped_column(String(60))
    town: Mapped[str] = mapped_column(String(120))


class ProcedureHook(Base):
    """Where another system is told of a procedure's submissions."""

    __tablename__ = "procedure_hooks"
    __sealed__ = ("secret_sealed",)

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    procedure_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE"), index=True
    )
    url: Mapped[str] = mapped_column(String(300))
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_on: Mapped[bool] = mapped_column(Boolean, default=True)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)  # calls since one was taken
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # after a failure: no calls
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HookCall(Base):
    """One call to another system, from the change it tells of until it was answered."""

    __tablename__ = "procedure_hook_calls"
    __table_args__ = (
        Index("ix_procedure_hook_calls_state", "state", "not_before"),
        Index("ix_procedure_hook_calls_hook_id", "hook_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    hook_id: Mapped[str] = mapped_column(
        String(12), ForeignKey("procedure_hooks.id", ondelete="CASCADE")
    )
    event_id: Mapped[str] = mapped_column(String(36))  # the same over all tries
    body: Mapped[str] = mapped_column(Text)  # JSON without a person's data
    state: Mapped[str] = mapped_column(String(10))  # queued, done, failed
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    reason: Mapped[str] = mapped_column(String(80), default="")
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProcedureTemplate(Base):
    """A sentence for returns, decisions and answers that is written again and again."""

    __tablename__ = "procedure_templates"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    procedure_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE")
    )  # None: for all
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    for_status: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer, default=1)
