"""A survey's results: its submissions opened and counted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.procedures.exports import collecting
from liff_app.procedures.exports.collecting import Wanted
from liff_app.procedures.figures import survey
from liff_app.procedures.figures.survey import QuestionResult
from liff_app.procedures.models import Procedure
from liff_app.procedures.scope import EVERYWHERE

__all__ = ["everybodys", "staffs"]

LEAST_UNIT = 3  # with steps of two, one person could tell the other


def staffs(
    session: Session, procedure: Procedure, *, keys: KeyRing
) -> tuple[int, list[QuestionResult]]:
    """How many answered, and every question as it was answered, words too."""
    known = collecting.documents(session, procedure)
    if not known:
        return 0, []
    ids = collecting.found(session, procedure, Wanted(), EVERYWHERE)
    newest = next(iter(known.values())).document
    return len(ids), survey.count(newest, collecting.taken(session, ids, known, keys=keys))


def everybodys(session: Session, procedure: Procedure, *, keys: KeyRing) -> list[QuestionResult]:
    """What everybody may see: nothing where the form does not say so."""
    known = collecting.documents(session, procedure)
    newest = next(iter(known.values())).document if known else None
    if newest is None or not newest.settings.results_public:
        return []
    _, results = staffs(session, procedure, keys=keys)
    return survey.shown(results, max(LEAST_UNIT, newest.settings.suppress_under))
