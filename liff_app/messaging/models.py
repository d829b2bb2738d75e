"""What LINE was last told of our menus."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
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
