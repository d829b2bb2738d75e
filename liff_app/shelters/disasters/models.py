"""The history of disasters: what was declared, amended and ended, by whom and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base, UtcDateTime


class DisasterEvent(Base):
    """One step in the life of a disaster: appended, never edited."""

    __tablename__ = "disaster_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    disaster_id: Mapped[str] = mapped_column(ForeignKey("disasters.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # started | amended | stopped
    changes: Mapped[str] = mapped_column(Text)  # JSON: the new value of each thing that changed
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))
