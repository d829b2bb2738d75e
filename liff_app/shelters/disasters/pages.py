"""What the console's pages on disasters show, put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.shelters.board import Moment
from liff_app.shelters.console import attention, authors
from liff_app.shelters.console.desk import Glance
from liff_app.shelters.console.words import row_view
from liff_app.shelters.disasters import service
from liff_app.shelters.disasters.drafts import DisasterDraft
from liff_app.shelters.disasters.queries import DisasterLine, DisasterStep
from liff_app.shelters.finder import Purpose
from liff_app.shelters.vocabulary import Hazard
from liff_app.shelters.words import HAZARD_WORDS, hazard_word


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterPiece:
    """A disaster or drill in words; its banner is the residents' own."""

    id: str
    name: str
    hazards: tuple[str, ...]
    area: str
    drill: bool
    checkin: bool
    year: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPiece:
    """A step of its life in words."""

    at: datetime
    what: str
    changes: tuple[tuple[str, str], ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many published places a start or an end concerns; `fitting` of them suit the hazard."""

    places: int
    fitting: int
    hazard: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StillThere:
    """Who would be left alone by an end: `people` in `with_people` places, as the board counts.

    `places` is every place that is open or has people, closed ones too: id, name, state in words.
    """

    people: int
    with_people: int
    left: int
    places: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardLine:
    """One of the eight, to be chosen."""

    code: str
    label: str
    hint: str


def hazard_lines() -> list[HazardLine]:
    """The eight hazards in words."""
    return [
        HazardLine(code=h.value, label=label(), hint=hint())
        for h, (label, hint) in HAZARD_WORDS.items()
    ]


def hazards_in_words(hazards: tuple[Hazard, ...]) -> tuple[str, ...]:
    """Their words, the chief one first."""
    return tuple(hazard_word(hazard) for hazard in hazards)


def reach(moment: Moment, hazards: tuple[Hazard, ...]) -> Reach:
    """What residents have to choose from, as a process knows it now."""
    chief = hazards[0] if hazards else None
    return Reach(
        places=len(moment.finder.places),
        fitting=moment.finder.count(chief, Purpose.FLEE) if chief else 0,
        hazard=hazard_word(chief) if chief else None,
    )


def still_there(glance: Glance) -> StillThere:
    """What the board says of people at this moment."""
    rows = attention.occupied(glance.rows)
    views = [row_view(row) for row in rows]
    return StillThere(
        people=glance.counts.people,
        with_people=sum(row.people > 0 for row in rows),
        left=glance.counts.left,
        places=tuple(
            (one.id, one.name, "・".join(filter(None, (one.opening_label, one.people))))
            for one in views
        ),
    )


def piece(line: DisasterLine, names: Mapping[str, str]) -> DisasterPiece:
    """A disaster in words."""
    return DisasterPiece(
        id=line.id,
        name=line.name,
        hazards=hazards_in_words(line.hazards),
        area=line.area,
        drill=line.drill,
        checkin=line.checkin,
        year=line.started_at.astimezone(JST).year,
        started_at=line.started_at,
        started_by=authors.words(line.started_by, names),
        ended_at=line.ended_at,
        ended_by=authors.words(line.ended_by, names) if line.ended_by else "",
    )


def pieces(session: Session) -> list[DisasterPiece]:
    """Every disaster and drill, the latest first."""
    names = authors.names(session)
    return [piece(line, names) for line in service.every(session)]


def step_pieces(session: Session, disaster_id: str) -> list[StepPiece]:
    """What was done with a disaster, oldest first."""
    names = authors.names(session)
    return [_step(step, names) for step in service.steps(session, disaster_id)]


def _step(step: DisasterStep, names: Mapping[str, str]) -> StepPiece:
    what = {"started": _("始めた"), "amended": _("直した"), "stopped": _("終えた")}
    changes = step.changes if step.kind == "amended" else {}
    return StepPiece(
        at=step.at,
        what=what[step.kind],
        changes=tuple(_change(field, value) for field, value in changes.items()),
        by=authors.words(step.by, names),
    )


def _change(field: str, value: str | bool) -> tuple[str, str]:  # noqa: FBT001 - a value of a log
    if field == "hazards":
        known = tuple(Hazard(code) for code in str(value).split(",") if code)
        return _("災害の種類"), "・".join(hazards_in_words(known)) or _("この中にない")
    if field == "checkin":
        return _("避難所での受付"), _("しない") if value is False else _("する")
    label = _("名前") if field == "name" else _("地域")
    return label, str(value) or _("（消した）")


def draft_banner(draft: DisasterDraft) -> dict[str, object]:
    """What residents will see on top of their pages."""
    return {
        "name": draft.name,
        "hazards": hazards_in_words(draft.hazards),
        "drill": draft.drill,
        "area": draft.area,
        "started_at": None,
    }
