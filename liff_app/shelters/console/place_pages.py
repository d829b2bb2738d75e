"""What a place's page shows: how it stands, what was said of it, and what went wrong just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from liff_app.charts import StepChart
from liff_app.db import db
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.shelters import service
from liff_app.shelters.console import authors, history, pages, queries
from liff_app.shelters.console.attention import Row, urgency_of
from liff_app.shelters.console.change_forms import ChangeForm, UndoForm
from liff_app.shelters.console.history import Step
from liff_app.shelters.console.queries import PlaceFacts
from liff_app.shelters.console.words import (
    LEVEL_WORDS,
    OPENING_WORDS,
    SETTABLE,
    RowView,
    age_words,
    opening_word,
    row_view,
)
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.changes import EventView, StatusView
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.pages import Banner

SHOWN = 200  # events on the page; the file has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page must say of a change that was not made."""

    errors: Sequence[FieldError] = ()
    improbable: bool = False
    conflict: StatusView | None = None
    undo: UndoForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePage:
    """Everything the template needs. `form` is None where the reader may not change the place.

    `may_repeat`: somebody has said whether it is open, so that 変わりなし says something.
    """

    disaster: Banner | None
    facts: PlaceFacts
    row: RowView
    age: str
    form: ChangeForm | None
    undo: UndoForm | None
    errors: list[FieldError]
    improbable: bool
    conflict: str
    openings: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    needs: list[tuple[str, str]]
    may_repeat: bool
    chart: StepChart | None
    chart_label: str
    limit_label: str
    past_disaster: str
    steps: list[Step]
    has_more: bool
    is_mine: bool
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Life:
    """What was said of the place in one disaster."""

    events: Sequence[EventView] = ()
    past: str = ""  # the name of the disaster, if it is over
    end: datetime | None = field(default=None)


def place_page(
    shelter_id: str, form: ChangeForm | None, told: Told, *, is_mine: bool, now: datetime
) -> PlacePage:
    """The page of one place. Raises NotFound for a place unknown or withdrawn."""
    session = db.session
    status = occupancy.current(session, shelter_id, now=now, policy=service.policy())
    disaster = disasters.current(session)
    names = authors.names(session)
    facts = queries.place_facts(session, shelter_id)
    author = authors.words(status.updated_by, names) if status.updated_by else ""
    row = Row(place=facts.place, status=status, author=author, urgency=urgency_of(status))
    life = _life(shelter_id, is_open=disaster is not None)
    may_change = is_mine and disaster is not None
    if form is None and may_change:
        form = ChangeForm(formdata=None)
        form.fill(status)
    return PlacePage(
        disaster=pages.banner(disaster),
        facts=facts,
        row=row_view(row),
        age=age_words(status.updated_at, now) if status.updated_at else "",
        form=form if may_change else None,
        undo=told.undo,
        errors=list(told.errors),
        improbable=told.improbable,
        conflict=_conflict(told.conflict, author),
        openings=_openings(status),
        levels=[("", _("人数から自動で")), *((one.value, w()) for one, w in LEVEL_WORDS.items())],
        needs=[(need.value, words()) for need, words in NEED_WORDS.items()],
        may_repeat=not row.is_silent,
        chart=_chart(life, facts.place.capacity, now),
        chart_label=_chart_label(life),
        limit_label=_("定員 %(n)s人", n=f"{facts.place.capacity:,}")
        if facts.place.capacity
        else "",
        past_disaster=life.past,
        steps=history.steps(life.events[:SHOWN], names, may_undo=may_change and not life.past),
        has_more=len(life.events) > SHOWN,
        is_mine=is_mine,
        now=now,
    )


def _openings(status: StatusView) -> list[tuple[str, str]]:
    """What can be set, and what stands there now if that cannot be."""
    others = [(one.value, OPENING_WORDS[one]()) for one in SETTABLE if one is not status.opening]
    return [(status.opening.value, opening_word(status)), *others]


def _life(shelter_id: str, *, is_open: bool) -> _Life:
    events = occupancy.history(db.session, shelter_id, limit=None)
    if is_open or not events:
        return _Life(events=events)
    past = queries.disaster_of(db.session, events[0].id)
    return _Life(events=events, past=past.name, end=past.ended_at)


def _chart(life: _Life, capacity: int | None, now: datetime) -> StepChart | None:
    if not life.events:
        return None
    return history.chart_of(life.events, capacity, end=life.end or now)


def _chart_label(life: _Life) -> str:
    """The drawing in one sentence; the table below has every step."""
    counted = [one.people for one in life.events if one.people is not None]
    if not counted:
        return _("人数の報告はまだありません。")
    return _(
        "避難している人の数の移り変わり。いちばん多いとき %(most)s人、最後は %(last)s人。",
        most=f"{max(counted):,}",
        last=f"{counted[0]:,}",
    )


def _conflict(status: StatusView | None, author: str) -> str:
    """How the place stands, for somebody whose change came too late."""
    if status is None:
        return ""
    people = "" if status.people is None else _("%(n)s人", n=f"{status.people:,}")
    level = LEVEL_WORDS[status.level]() if status.level else ""
    needs = "・".join(NEED_WORDS[need]() for need in status.needs)
    said = (opening_word(status), people, level, needs, status.note, author)
    return "・".join(filter(None, said))
