"""Tables beside a submission: history, returns, marks, and what residents let us remember."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in INTEGER
_PROCEDURE = "procedures.id"
_SUBMISSION = "procedure_submissions.id"
_ACCOUNT = "staff_accounts.id"


class SubmissionEvent(Base):
    """One thing that happened to a submission. Rows are added, never changed."""

    __tablename__ = "procedure_events"
    __table_args__ = (Index("uq_procedure_events_submission_id", "submission_id", "number",
                            unique=True),)  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    submission_id: Mapped[int] = mapped_column(BigId, ForeignKey(_SUBMISSION, ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)  # the submission's version after it
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))  # `resident`, `staff:<id>`, `key:<id>`, `system`
    kind: Mapped[str] = mapped_column(String(16))
    from_status: Mapped[str | None] = mapped_column(String(10))
    to_status: Mapped[str | None] = mapped_column(String(10))
    public_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # read by the applicant too
    private_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # read by staff only
    detail: Mapped[str] = mapped_column(Text, default="{}")  # JSON: codes and ids


class SubmissionReturn(Base):
    """A 差し戻し: which answers are wrong and why, and until when."""

    __tablename__ = "procedure_returns"

    submission_id: Mapped[int] = mapped_column(
        BigId, ForeignKey(_SUBMISSION, ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)  # the one that is wrong
    items_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # JSON of `desk.returning.Item`
    due_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SubmissionMark(Base):
    """A keyed digest of a name or telephone number, by which staff find a submission."""

    __tablename__ = "procedure_marks"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        BigId, ForeignKey(_SUBMISSION, ondelete="CASCADE"), primary_key=True, index=True
    )


class SubmissionRead(Base):
    """Up to which version a colleague has read a submission: later ones stand as unread."""

    __tablename__ = "procedure_reads"

    account_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_ACCOUNT, ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        BigId, ForeignKey(_SUBMISSION, ondelete="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[int] = mapped_column(Integer)


class RememberedAnswer(Base):
    """An answer that a resident allowed to be offered again, by what it is (`name`, `address`)."""

    __tablename__ = "procedure_remembered"
    __sealed__ = ("value_sealed",)

    resident_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    )
    prefill: Mapped[str] = mapped_column(String(40), primary_key=True)
    value_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # JSON of the value
    procedure_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE")
    )  # where it was typed
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Participation(Base):
    """That somebody has answered a survey which takes one answer a person. Joins no answer."""

    __tablename__ = "procedure_participations"
    __table_args__ = ({"sqlite_with_rowid": False},)  # answers have an order of arrival too

    procedure_id: Mapped[str] = mapped_column(
        String(12), ForeignKey(_PROCEDURE, ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
