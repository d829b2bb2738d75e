"""A place's history in words and as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from liff_app.charts import Band, StepChart, step_chart
from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.i18n import jst_moment
from liff_app.shelters.console import authors
from liff_app.shelters.console.words import LEVEL_WORDS, OPENING_WORDS
from liff_app.shelters.occupancy.changes import EventView
from liff_app.shelters.occupancy.vocabulary import EventKind
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.vocabulary import Opening

LATE = timedelta(minutes=2)  # a report that took longer to arrive says so
TONES = {Opening.OPEN: "ok", Opening.ALWAYS: "ok", Opening.PREPARING: "warn", Opening.CLOSED: "err"}
COLUMNS = (
    *("記録番号", "日時", "届いた日時", "種類", "状態", "避難者数", "増減", "混みぐあい"),
    *("足りないもの", "ひとこと", "書いた人", "取り消し", "取り消した記録", "理由"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event in words. `late` says when it arrived, where that was long after it was so."""

    id: int
    at: datetime
    late: str
    by: str
    kind: str
    said: tuple[str, ...]
    note: str
    reason: str
    undone: bool
    may_undo: bool


def chart_of(events: Sequence[EventView], capacity: int | None, *, end: datetime) -> StepChart:
    """People over time with the openings behind them. `events` newest first, not empty."""
    oldest = list(reversed(events))
    return step_chart(
        [(one.at, one.people) for one in oldest],
        start=oldest[0].at,
        end=end,
        limit=capacity,
        bands=_bands(oldest, end),
    )


def _bands(events: Sequence[EventView], end: datetime) -> list[Band]:
    bands: list[Band] = []
    begun = events[0]
    for one in (*events[1:], None):
        if one is not None and one.opening is begun.opening:
            continue
        tone, label = TONES.get(begun.opening, "calm"), OPENING_WORDS[begun.opening]()
        bands.append(Band(start=begun.at, end=one.at if one else end, tone=tone, label=label))
        begun = one or begun
    return bands


def steps(events: Sequence[EventView], names: Mapping[str, str], *, may_undo: bool) -> list[Step]:
    """The events in words, newest first; each says what it changed against the one before."""
    return [
        _step(event, older, names, may_undo=may_undo)
        for event, older in pairwise((*events, None))
        if event is not None
    ]


def _step(
    event: EventView, before: EventView | None, names: Mapping[str, str], *, may_undo: bool
) -> Step:
    late = event.received_at - event.at >= LATE
    takes_back = event.kind in (EventKind.CHANGE, EventKind.UNDO)
    return Step(
        id=event.id,
        at=event.at,
        late=_("%(moment)sに届きました", moment=jst_moment(event.received_at)) if late else "",
        by=authors.words(event.by, names),
        kind=kind_word(event),
        said=tuple(_said(event, before)),
        note=event.note if before is None or event.note != before.note else "",
        reason=event.reason,
        undone=event.undone,
        may_undo=may_undo and takes_back and event.undoes is None and not event.undone,
    )


def kind_word(event: EventView) -> str:
    """What sort of event it is, in words."""
    return {
        EventKind.CHANGE: _("変更"),
        EventKind.UNCHANGED: _("変わりなし"),
        EventKind.CHECKIN: _("受付（入所）"),
        EventKind.CHECKOUT: _("受付（退所）"),
        EventKind.UNDO: _("取り消し"),
    }[event.kind]


def _said(event: EventView, before: EventView | None) -> list[str]:
    """What is other than before, in words; all that is known for the first event."""
    said = []
    if before is None or event.opening is not before.opening:
        said.append(OPENING_WORDS[event.opening]())
    if event.people is not None and (before is None or event.people != before.people):
        moved = f"（{event.people_change:+,}）" if event.people_change else ""
        said.append(_("%(n)s人", n=f"{event.people:,}") + moved)
    if before is not None and event.people is None and before.people is not None:
        said.append(_("人数なし"))
    if event.level is not (before.level if before else None):
        word = LEVEL_WORDS[event.level]() if event.level else _("自動")
        said.append(_("混みぐあい：%(level)s", level=word))
    said += _needs(event, before)
    if before is not None and before.note and not event.note:
        said.append(_("ひとことを消した"))
    return said


def _needs(event: EventView, before: EventView | None) -> list[str]:
    had = before.needs if before else ()
    added = [NEED_WORDS[need]() for need in event.needs if need not in had]
    gone = [NEED_WORDS[need]() for need in had if need not in event.needs]
    return [
        *([_("足りない：%(needs)s", needs="・".join(added))] if added else []),
        *([_("足りた：%(needs)s", needs="・".join(gone))] if gone else []),
    ]


def csv_rows(events: Sequence[EventView], names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The history as `COLUMNS` has it, oldest first; every row says the whole state."""
    return [
        (
            str(one.id),
            one.at.astimezone(JST).isoformat(timespec="seconds"),
            one.received_at.astimezone(JST).isoformat(timespec="seconds"),
            kind_word(one),
            OPENING_WORDS[one.opening](),
            "" if one.people is None else str(one.people),
            "" if one.people_change is None else str(one.people_change),
            LEVEL_WORDS[one.level]() if one.level else "",
            ";".join(NEED_WORDS[need]() for need in one.needs),
            one.note,
            authors.words(one.by, names),
            "取り消し済み" if one.undone else "",
            "" if one.undoes is None else str(one.undoes),
            one.reason,
        )
        for one in reversed(events)
    ]
