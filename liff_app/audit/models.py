"""The log, its head, and the seals' keys that have left the ring."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime


class AuditEvent(Base):
    """One thing somebody did. Never changed; gone only when the head says it may go (ADR 0015)."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_actor_number", "actor", "number"),
        Index("ix_audit_events_action_number", "action", "number"),
        Index("ix_audit_events_subject_number", "subject", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    persons: Mapped[int]
    detail: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(16))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """Where the chain ends, and where what is kept of it begins: one row, sealed itself."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    last_seal: Mapped[bytes] = mapped_column(LargeBinary(32))
    kept_from: Mapped[int]
    kept_after: Mapped[bytes] = mapped_column(LargeBinary(32))
    key: Mapped[str] = mapped_column(String(16))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditKey(Base):
    """What sealed older events, itself sealed under the ring's present key."""

    __tablename__ = "audit_keys"
    __sealed__ = ("sealed",)

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
