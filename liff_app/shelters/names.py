"""Names of shelters, disasters and passes, for pages that know only their ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from liff_app.shelters.models import Disaster, Shelter
from liff_app.shelters.passes.models import ShelterPass

MOST = 1000  # ids in one question: both databases take them


def shelters(session: Session, ids: Collection[str]) -> Mapping[str, str]:
    """Name of each of these shelters."""
    return _names(session, select(Shelter.id, Shelter.name), Shelter.id, ids)


def disasters(session: Session, ids: Collection[str]) -> Mapping[str, str]:
    """Name of each of these disasters."""
    return _names(session, select(Disaster.id, Disaster.name), Disaster.id, ids)


def passes(session: Session, ids: Collection[str]) -> Mapping[str, str]:
    """Name of the shelter to which each of these passes belongs."""
    wanted = select(ShelterPass.id, Shelter.name).join(
        Shelter, Shelter.id == ShelterPass.shelter_id
    )
    return _names(session, wanted, ShelterPass.id, ids)


def _names(
    session: Session,
    wanted: Select[str, str],
    column: InstrumentedAttribute[str],
    ids: Collection[str],
) -> Mapping[str, str]:
    asked = sorted(ids)
    found: dict[str, str] = {}
    for start in range(0, len(asked), MOST):
        rows = session.execute(wanted.where(column.in_(asked[start : start + MOST])))
        found |= {one: name for one, name in rows}  # noqa: C416 - a Row is no pair for dict()
    return found
