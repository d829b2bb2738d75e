"""A row of the board in words, once for the page and for what refreshes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from liff_app.i18n import gettext as _
from liff_app.shelters.checkin.words import difference_words
from liff_app.shelters.console.attention import Order, Row, Show, Urgency
from liff_app.shelters.occupancy.changes import StatusView
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Level, Opening
from liff_app.shelters.words import KIND_WORDS, Words

OPENING_WORDS: dict[Opening, Words] = {
    Opening.OPEN: lambda: _("開設"),
    Opening.PREPARING: lambda: _("準備中"),
    Opening.CLOSED: lambda: _("閉鎖"),
    Opening.UNOPENED: lambda: _("未開設"),
    Opening.ALWAYS: lambda: _("常時使える"),
    Opening.UNKNOWN: lambda: _("開設か未確認"),
}
SETTABLE = (Opening.OPEN, Opening.PREPARING, Opening.CLOSED, Opening.UNOPENED)
LEVEL_WORDS: dict[Level, Words] = {
    Level.EMPTY: lambda: _("空いている"),
    Level.SOME: lambda: _("やや混雑"),
    Level.CROWDED: lambda: _("混雑"),
    Level.FULL: lambda: _("満員"),
}
SHOW_WORDS: dict[Show, Words] = {
    Show.ALL: lambda: _("すべて"),
    Show.OPEN: lambda: _("開設しているところ"),
    Show.STALE: lambda: _("情報が古いところ"),
    Show.FULL: lambda: _("満員のところ"),
    Show.NEEDS: lambda: _("足りないものがあるところ"),
    Show.SILENT: lambda: _("まだ報告がないところ"),
}
ORDER_WORDS: dict[Order, Words] = {
    Order.ATTENTION: lambda: _("急ぐ順"),
    Order.NAME: lambda: _("名前の順"),
    Order.PEOPLE: lambda: _("人数の多い順"),
    Order.AGE: lambda: _("報告の古い順"),
}
MARKS: dict[Urgency, tuple[str, str]] = {
    Urgency.LEFT: ("left", "人"),
    Urgency.STALE: ("stale", "!"),
    Urgency.FULL: ("full", "満"),
    Urgency.NEEDS: ("needs", "足"),
    Urgency.CROWDED: ("open", "混"),
    Urgency.OPEN: ("open", "●"),
    Urgency.PREPARING: ("preparing", "△"),
    Urgency.SILENT: ("silent", "?"),
    Urgency.UNOPENED: ("unopened", "−"),
    Urgency.CLOSED: ("closed", "×"),
}
MARK_WORDS: tuple[tuple[str, str, Words], ...] = (
    ("left", "人", lambda: _("閉鎖だが人がいます")),
    ("stale", "!", lambda: _("情報が古い")),
    ("full", "満", lambda: _("満員")),
    ("needs", "足", lambda: _("足りないものがある")),
    ("open", "混", lambda: _("混雑")),
    ("open", "●", lambda: _("開設")),
    ("preparing", "△", lambda: _("準備中")),
    ("silent", "?", lambda: _("まだ報告なし")),
    ("unopened", "−", lambda: _("未開設・常時使える")),
    ("closed", "×", lambda: _("閉鎖")),
)
FULL_BAR = 100
_HOUR, _DAY = 60, 1440  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """What the board shows of a place. `bar` is the share of capacity in percent, 100 at most.

    `mark` and `sign` are its urgency as the map draws it. Words that say nothing are empty.
    `count`, `need_codes` and `by_hand` (the level was chosen) are what a change begins from.
    `warning` is why the row cannot be taken at its word, `difference` how the head count and the
    check-in disagree.
    """

    id: str
    version: int
    mark: str
    sign: str
    name: str
    kind: str
    hidden: str
    opening: str
    opening_label: str
    level: str
    level_label: str
    by_hand: bool
    count: int | None
    people: str
    bar: int | None
    updated_at: datetime | None
    warning: str
    difference: str
    by: str
    needs: str
    need_codes: tuple[str, ...]
    note: str


def row_view(row: Row) -> RowView:
    """The row in words."""
    status, place = row.status, row.place
    mark, sign = MARKS[row.urgency]
    return RowView(
        id=place.id,
        version=status.version,
        mark=mark,
        sign=sign,
        name=place.name,
        kind=kind_word(place.kind),
        hidden="" if place.listed else _("住民には見えません"),
        opening=status.opening.value,
        opening_label=opening_word(status),
        level=status.level.value if status.level else "",
        level_label=_level_word(status),
        by_hand=status.level_by_hand,
        count=status.people,
        people=people_words(status.people, place.capacity),
        bar=bar_of(status.people, place.capacity),
        updated_at=status.updated_at,
        warning=_warning(row),
        difference=_difference(status),
        by=row.author,
        needs="・".join(NEED_WORDS[need]() for need in status.needs),
        need_codes=tuple(need.value for need in status.needs),
        note=status.note,
    )


def opening_word(status: StatusView) -> str:
    """Whether it is open, in words; a place that nobody spoke of is told from one half reported."""
    if status.opening is Opening.UNKNOWN and not status.version:
        return _("未報告")
    return OPENING_WORDS[status.opening]()


def _level_word(status: StatusView) -> str:
    """How crowded it is; a closed place has no room, however few people are in it."""
    if status.level is None or status.opening is Opening.CLOSED:
        return ""
    return LEVEL_WORDS[status.level]()


def _warning(row: Row) -> str:
    if row.urgency is Urgency.LEFT:
        return _("閉鎖だが人がいます")
    return _("情報が古い") if row.is_stale else ""


def _difference(status: StatusView) -> str:
    """How the head count and the check-in disagree; the board says nothing where they agree."""
    if status.people == status.checked_in:
        return ""
    return difference_words(status.people, status.checked_in)


def kind_word(kind: Kind) -> str:
    """The kind of a place, short enough for a line under its name."""
    if kind is Kind.SITE_AND_SHELTER:
        return _("緊急避難場所・避難所")
    return KIND_WORDS[kind]()


def people_words(people: int | None, capacity: int | None) -> str:
    """How many of how many; nothing without a count."""
    if people is None:
        return ""
    if not capacity:
        return _("%(n)s人", n=f"{people:,}")
    return _("%(n)s／%(all)s人", n=f"{people:,}", all=f"{capacity:,}")


def bar_of(people: int | None, capacity: int | None) -> int | None:
    """Share of capacity in whole percent, at most 100; None where it cannot be told."""
    if people is None or not capacity:
        return None
    return min(FULL_BAR, FULL_BAR * people // capacity)


def age_words(moment: datetime, now: datetime) -> str:
    """How long ago, rounded down; the page's script says the same (`lib/place_words.js`)."""
    minutes = max(0, (now - moment) // timedelta(minutes=1))
    if minutes < 1:
        return _("いま")
    if minutes < _HOUR:
        return _("%(n)s分前", n=minutes)
    if minutes < _DAY:
        return _("%(n)s時間前", n=minutes // _HOUR)
    return _("%(n)s日前", n=minutes // _DAY)
