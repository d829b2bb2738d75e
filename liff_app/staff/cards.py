"""The dashboard's cards: what each service says needs attention. Filled in `surfaces`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.staff.rules import Colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One service on the dashboard: where it leads, what it counts, whether it is urgent."""

    title: str
    text: str
    href: str
    action: str
    figures: tuple[tuple[str, str], ...] = field(default=())
    urgent: bool = False


MakeCard = Callable[[Session, Colleague, datetime], Card | None]
