"""The one place that reads the time. Everything else takes `now` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
