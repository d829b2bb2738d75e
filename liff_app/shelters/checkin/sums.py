"""Sums of the check-in by shelter, as the town hall sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.shelters.checkin import queries
from liff_app.shelters.checkin.queries import NOBODY, Figures
from liff_app.shelters.checkin.vocabulary import Care
from liff_app.shelters.checkin.words import difference_words
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.models import Shelter
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.places import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One shelter: what was reported, and what the check-in counts."""

    shelter_id: str
    name: str
    people: int | None
    figures: Figures

    @property
    def people_in(self) -> int:
        """How many people are checked in."""
        return self.figures.inside.people

    @property
    def difference(self) -> str:
        """How the two counts differ, in words."""
        return difference_words(self.people, self.people_in)

    @property
    def cells(self) -> tuple[str | int | None, ...]:
        """The row as it is exported."""
        inside = self.figures.inside
        return (
            self.name, self.people, inside.people, self.figures.families,
            *(inside.of(care) for care in Care), inside.pets,
            self.figures.all_families, self.figures.everybody.people,
        )  # fmt: skip


def rows(
    session: Session, mine: Collection[str] | None, *, now: datetime, policy: Policy
) -> list[Row]:
    """Shelters where anybody was ever checked in, by name; `mine` narrows them."""
    disaster = disasters.current(session)
    if disaster is None:
        return []
    known = queries.figures(session, disaster.id)
    return [
        Row(shelter_id=one.shelter_id, name=one.name, people=one.people,
            figures=known[one.shelter_id])
        for one in occupancy.all_current(session, now=now, policy=policy)
        if one.shelter_id in known and (mine is None or one.shelter_id in mine)
    ]  # fmt: skip


def of_shelter(session: Session, shelter_id: str) -> Figures | None:
    """One shelter's sums in the disaster that is on; None where the check-in is not used."""
    disaster = disasters.current(session)
    if disaster is None or not disaster.checkin:
        return None
    nothing = Figures(
        shelter_id=shelter_id, families=0, inside=NOBODY, all_families=0, everybody=NOBODY
    )
    return queries.figures(session, disaster.id, shelter_id).get(shelter_id, nothing)


def together(rows: Sequence[Row]) -> Figures:
    """All of them in one."""
    return Figures(
        shelter_id="",
        families=sum(row.figures.families for row in rows),
        inside=queries.added(*(row.figures.inside for row in rows)),
        all_families=sum(row.figures.all_families for row in rows),
        everybody=queries.added(*(row.figures.everybody for row in rows)),
    )


def places(session: Session, mine: Collection[str] | None) -> list[tuple[str, str]]:
    """Id and name of every place that is not withdrawn, by name; `mine` narrows them."""
    wanted = select(Shelter.id, Shelter.name).where(Shelter.withdrawn_at.is_(None))
    return [
        (row.id, row.name)
        for row in session.execute(wanted.order_by(Shelter.kana, Shelter.name, Shelter.id))
        if mine is None or row.id in mine
    ]
