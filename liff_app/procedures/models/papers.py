"""Tables of what a person sent. It is sealed under the key of its dossier."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in INTEGER
_PROCEDURE = "procedures.id"
_VERSION = "procedure_versions.id"
_DOSSIER = "procedure_dossiers.id"
_SUBMISSION = "procedure_submissions.id"
_ACCOUNT = "staff_accounts.id"


class Dossier(Base):
    """The key under which one person's answers, files and words lie. Without it none opens."""

    __tablename__ = "procedure_dossiers"
    __sealed__ = ("key_sealed",)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: destroyed
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProcedureDraft(Base):
    """Answers that are not sent yet, also those of a correction."""

    __tablename__ = "procedure_drafts"
    __sealed__ = ("body_sealed",)
    __table_args__ = (
        Index("ix_procedure_drafts_resident_id", "resident_id", "procedure_id"),
        Index("ix_procedure_drafts_updated_at", "updated_at"),
        Index("ix_procedure_drafts_dossier_id", "dossier_id"),  # retention asks whose key it is
    )

    ref: Mapped[str] = mapped_column(String(32), primary_key=True)  # stands in addresses; random
    dossier_id: Mapped[str] = mapped_column(String(32), ForeignKey(_DOSSIER))
    procedure_id: Mapped[str] = mapped_column(String(12), ForeignKey(_PROCEDURE))
    version_id: Mapped[str] = mapped_column(String(12), ForeignKey(_VERSION))
    purpose: Mapped[str] = mapped_column(String(12))
    resident_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="CASCADE")
    )
    account_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey(_ACCOUNT, ondelete="CASCADE")
    )
    submission_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey(_SUBMISSION, ondelete="CASCADE"), index=True
    )  # that a correction corrects
    source: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(12))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # JSON of `filling.drafts.Body`
    request_key: Mapped[str] = mapped_column(String(40))  # makes a second sending the same receipt
    consent_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Submission(Base):
    """What a person sent, and where its handling stands."""

    __tablename__ = "procedure_submissions"
    __table_args__ = (
        Index("ix_procedure_submissions_resident_id", "resident_id", "id"),
        Index("ix_procedure_submissions_procedure_id_id", "procedure_id", "id"),
        Index(
            "ix_procedure_submissions_open", "procedure_id", "due_on", "id",
            sqlite_where=text("is_open AND NOT is_test"),
            postgresql_where=text("is_open AND NOT is_test"),
        ),
        Index(
            "ix_procedure_submissions_proposed", "id",
            sqlite_where=text("proposed_status IS NOT NULL"),
            postgresql_where=text("proposed_status IS NOT NULL"),
        ),
        Index("ix_procedure_submissions_closed_at", "closed_at"),
        Index("ix_procedure_submissions_dossier_id", "dossier_id"),
        Index("ix_procedure_submissions_version_id", "version_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(String(32), unique=True)  # stands in addresses; random
    number: Mapped[str] = mapped_column(String(32), unique=True)  # the receipt number
    dossier_id: Mapped[str] = mapped_column(String(32), ForeignKey(_DOSSIER))
    procedure_id: Mapped[str] = mapped_column(String(12), ForeignKey(_PROCEDURE))
    version_id: Mapped[str] = mapped_column(String(12), ForeignKey(_VERSION))
    resident_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="SET NULL")
    )  # None: typed by a colleague, anonymous, or forgotten
    source: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(12))
    is_test: Mapped[bool] = mapped_column(Boolean, default=False)
    status: Mapped[str] = mapped_column(String(10))
    is_open: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int] = mapped_column(Integer, default=1)  # the newest
    department_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey("staff_departments.id", ondelete="SET NULL")
    )
    assignee_id: Mapped[str | None] = mapped_column(
        String(12), ForeignKey(_ACCOUNT, ondelete="SET NULL")
    )
    due_on: Mapped[date | None]
    fee_yen: Mapped[int | None]
    proposed_status: Mapped[str | None] = mapped_column(String(10))  # waits for a second colleague
    proposed_by: Mapped[str | None] = mapped_column(String(80))
    proposed_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the reason
    consent_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)  # of this row; the last event's number
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the receipt
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its key was destroyed


class SubmissionRevision(Base):
    """The answers as they were sent, once for every sending. Rows are added, never changed."""

    __tablename__ = "procedure_revisions"

    submission_id: Mapped[int] = mapped_column(
        BigId, ForeignKey(_SUBMISSION, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # JSON by question name
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))  # `resident`, `staff:<id>`, `key:<id>`


class SealedFile(Base):
    """A file of an answer or of a decision. Its bytes lie in the file store, sealed."""

    __tablename__ = "procedure_files"
    __table_args__ = (Index("ix_procedure_files_dossier_id", "dossier_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(String(32), ForeignKey(_DOSSIER))
    purpose: Mapped[str] = mapped_column(String(10))
    media_type: Mapped[str] = mapped_column(String(40))  # of the bytes, never of the name
    size: Mapped[int] = mapped_column(Integer)  # bytes before sealing
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]  # of a PDF
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # as the sender's device called it
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # keyed: the same file sent twice
    store_key: Mapped[str] = mapped_column(String(80))
    thumb_key: Mapped[str | None] = mapped_column(String(80))
    by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
