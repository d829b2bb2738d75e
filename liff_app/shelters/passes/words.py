"""What happened at a shelter, in words: one line for each event of its history."""

from __future__ import annotations

from collections.abc import Callable

from liff_app.i18n import gettext as _
from liff_app.shelters.occupancy.service import EventKind, EventView, Need
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.vocabulary import Level, Opening

OPENING_DONE: dict[Opening, Callable[[], str]] = {
    Opening.OPEN: lambda: _("開設にしました"),
    Opening.PREPARING: lambda: _("準備中にしました"),
    Opening.CLOSED: lambda: _("閉鎖にしました"),
    Opening.UNOPENED: lambda: _("未開設にしました"),
    Opening.ALWAYS: lambda: _("常設にしました"),
    Opening.UNKNOWN: lambda: _("開設の記録を消しました"),
}
LEVEL_SHORT: dict[Level, Callable[[], str]] = {
    Level.EMPTY: lambda: _("空いている"),
    Level.SOME: lambda: _("やや混雑"),
    Level.CROWDED: lambda: _("混雑"),
    Level.FULL: lambda: _("満員"),
}
KIND_DONE: dict[EventKind, Callable[[], str]] = {
    EventKind.UNCHANGED: lambda: _("変わりなし"),
    EventKind.CHECKIN: lambda: _("受付で入りました"),
    EventKind.CHECKOUT: lambda: _("受付で出ました"),
    EventKind.UNDO: lambda: _("取り消しました"),
}


def event_words(event: EventView, before: EventView | None) -> str:
    """What the event did, against the one before it (None: it was the first)."""
    if event.kind is EventKind.UNCHANGED:
        return KIND_DONE[event.kind]()
    said = KIND_DONE.get(event.kind)
    parts = [said()] if said else []
    if event.opening != (before.opening if before else Opening.UNKNOWN):
        parts.append(OPENING_DONE[event.opening]())
    parts += _people(event, before)
    if event.level != (before.level if before else None):
        level = LEVEL_SHORT[event.level]() if event.level else _("自動")
        parts.append(_("混みぐあい %(level)s", level=level))
    parts += _needs(event, before)
    if event.note != (before.note if before else ""):
        parts.append(_("ひとことを書きました") if event.note else _("ひとことを消しました"))
    return _("、").join(parts) or _("同じ内容でした")


def _people(event: EventView, before: EventView | None) -> list[str]:
    if event.people_change:
        step = f"{event.people_change:+,}".replace("-", "−").replace("+", "＋")
        return [_("%(step)s人（計 %(n)s人）", step=step, n=f"{event.people or 0:,}")]
    if event.people is None or event.people == (before.people if before else None):
        return []
    return [_("%(n)s人にしました", n=f"{event.people:,}")]


def _needs(event: EventView, before: EventView | None) -> list[str]:
    now, then = set(event.needs), set(before.needs if before else ())
    parts = []
    if added := _listed(now - then):
        parts.append(_("足りない：%(needs)s", needs=added))
    if removed := _listed(then - now):
        parts.append(_("足りた：%(needs)s", needs=removed))
    return parts


def _listed(needs: set[Need]) -> str:
    return _("・").join(NEED_WORDS[need]() for need in Need if need in needs)


def author_words(by: str, *, mine: bool, same_pass: bool) -> str:
    """Who said it, as the people at the shelter call them; no names."""
    if mine:
        return _("この電話")
    if same_pass:
        return _("ここの別の電話")
    kind = by.partition(":")[0]
    words = {
        "pass": lambda: _("前の現場QR"),
        "staff": lambda: _("本部"),
        "key": lambda: _("ほかのシステム"),
        "command": lambda: _("本部"),
        "resident": lambda: _("住民"),
    }
    return words.get(kind, lambda: _("自動"))()
