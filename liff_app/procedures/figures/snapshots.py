"""A survey's answers as they were counted last, kept sealed: nobody's visit counts them again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.procedures.figures.survey import Line, QuestionResult
from liff_app.procedures.models import SurveyCount

__all__ = ["Audience", "Snapshot", "keep", "kept", "reseal"]


class Audience(StrEnum):
    """Whom a count is for: staff read it exactly, everybody in steps."""

    STAFF = "staff"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How many submissions were counted, when, and what was in them."""

    people: int
    counted_at: datetime
    results: list[QuestionResult]


def kept(
    session: Session, procedure_id: str, audience: Audience, *, keys: KeyRing
) -> Snapshot | None:
    """The last count for that audience. None before the first."""
    row = session.get(SurveyCount, (procedure_id, audience.value))
    if row is None:
        return None
    told = json.loads(keys.open(row.results_sealed, _context(row)))
    return Snapshot(
        people=row.people, counted_at=row.counted_at, results=[_result(one) for one in told]
    )


def keep(
    session: Session, procedure_id: str, audience: Audience, made: Snapshot, *, keys: KeyRing
) -> None:
    """It is the last count for that audience."""
    row = session.get(SurveyCount, (procedure_id, audience.value), with_for_update=True)
    if row is None:
        row = SurveyCount(procedure_id=procedure_id, audience=audience.value)
        session.add(row)
    told = json.dumps([asdict(one) for one in made.results], ensure_ascii=False)
    row.people, row.counted_at = made.people, made.counted_at
    row.results_sealed = keys.seal(told, _context(row))


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Counts sealed under an older key are sealed under the first: how many."""
    old = [
        row for row in session.scalars(select(SurveyCount))
        if not keys.is_current(row.results_sealed)
    ]  # fmt: skip
    for row in [] if dry_run else old:
        row.results_sealed = keys.seal(keys.open(row.results_sealed, _context(row)), _context(row))
    return len(old)


def _result(told: dict[str, object]) -> QuestionResult:
    lines = tuple(Line(**one) for one in told.pop("lines"))  # type: ignore[attr-defined]  # a list
    return QuestionResult(lines=lines, **told)  # type: ignore[arg-type]  # as `keep` wrote it


def _context(row: SurveyCount) -> str:
    return f"procedure_survey_counts.results_sealed:{row.procedure_id} {row.audience}"
