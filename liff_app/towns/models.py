"""The town's 町丁目, from an imported list."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from liff_app.db import Base


class Town(Base):
    """A 町丁目 with its representative point. `code` stays the same over imports."""

    __tablename__ = "towns"
    __table_args__ = (Index("ix_towns_municipality_code_name", "municipality_code", "name"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    municipality_code: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(80))
    kana: Mapped[str] = mapped_column(String(120), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
