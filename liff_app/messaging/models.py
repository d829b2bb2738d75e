"""What LINE was last told of our menus, and the messages residents are to be told."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime


class MenuState(Base):
    """One row, `rich_menu`: how far LINE follows the wanted menu, and when to try again."""

    __tablename__ = "menu_states"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    shown: Mapped[str | None] = mapped_column(String(10))  # what everyone's default is
    unlinked: Mapped[str | None] = mapped_column(String(10))  # what personal menus made way for
    failures: Mapped[int]  # in a row
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageState(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    SENDING = "sending"  # until `lease_until` a worker has it in hand
    SENT = "sent"  # LINE took it, which does not mean that anyone saw it
    FAILED = "failed"  # LINE will never take it
    UNKNOWN = "unknown"  # LINE may have taken it, and its key is worn out: never sent blindly
    DROPPED = "dropped"  # too old to be told


WAITING = (MessageState.QUEUED, MessageState.SENDING)


class LineMessage(Base):
    """One message to one resident. It holds no personal data: words, and where a tap leads."""

    __tablename__ = "line_messages"
    __table_args__ = (
        UniqueConstraint("event", "resident_id"),  # told twice, queued once
        Index("ix_line_messages_resident_id_id", "resident_id", "id"),  # the earlier ones of a talk
        Index("ix_line_messages_state_not_before", "state", "not_before"),  # what is due
    )

    id: Mapped[int] = mapped_column(primary_key=True)  # one talk's messages go out in this order
    resident_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("residents.id", ondelete="CASCADE")
    )
    event: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(300))  # a path of ours
    link_label: Mapped[str] = mapped_column(String(40))
    # LINE tells a repeat by it, so it is there before the first try (Messaging API, retry keys).
    retry_key: Mapped[uuid.UUID] = mapped_column(Uuid)
    state: Mapped[MessageState] = mapped_column(
        Enum(
            MessageState,
            native_enum=False,
            length=10,
            create_constraint=False,
            values_callable=lambda states: [one.value for one in states],
        )
    )
    tries: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))  # why the last try was none, empty if it was
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # LINE may know the key
    request_id: Mapped[str] = mapped_column(String(80))  # LINE's, to ask about
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
