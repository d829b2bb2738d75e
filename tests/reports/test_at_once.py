"""Many people at the same few reports at once: nobody waits for ever, nothing is lost."""

from __future__ import annotations

from functools import partial
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from liff_app.db import db
from liff_app.errors import DomainError
from liff_app.reports import casework, following
from liff_app.reports.models import Report, ReportEvent, ReportFollower
from liff_app.reports.vocabulary import FixAnswer, Status

from . import ground
from .ground import SEEN, do, file
from .test_filing import at_once

pytestmark = pytest.mark.usefixtures("app")
PEOPLE, ACTS_EACH = 8, 15


def act(seed: int, who: str, refs: list[str]) -> int:
    """Some things at random, as residents and as reviewers; how many were done."""
    dice, done = Random(seed), 0
    for turn in range(ACTS_EACH):
        one, two = dice.sample(refs, 2)
        version, into = (_version(ref) for ref in (one, two))
        about = SEEN | {"version": version, "minutes": turn}
        acts = [
            partial(do, casework.merge, one, two, into_version=into, **about),
            partial(do, casework.merge, one, two, into_version=into, **about),
            partial(do, casework.split, one, **about),
            partial(do, casework.move, one, Status.FIXED, text="直しました。", **about),
            partial(do, casework.answer, one, "はい。", **about),
            partial(do, following.join, one, resident_id=who),
            partial(do, following.leave, one, resident_id=who),
            partial(do, following.answer_fix, one, FixAnswer.NOT_YET, "", resident_id=who),
        ]
        try:
            dice.choice(acts)()
            done += 1
        except DomainError:
            pass
    return done


def _version(ref: str) -> int:
    found = db.session.scalar(select(Report.version).where(Report.ref == ref))
    db.session.rollback()
    return int(found or 0)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_eight_people_do_at_once_the_incidents_stay_whole(app: Flask, seed: int) -> None:
    people = ground.residents(PEOPLE)
    refs = [file(who).ref for who in people[:5]]
    said = at_once(app, [partial(act, 100 * seed + n, who, refs) for n, who in enumerate(people)])
    assert len(said) == PEOPLE, "somebody met something else than a refusal"
    assert sum(int(str(one)) for one in said) > PEOPLE
    rows = {one.id: one for one in db.session.scalars(select(Report))}
    for one in rows.values():
        assert (one.status == Status.DUPLICATE) == (one.lead_id is not None)
        assert one.lead_id is None or rows[one.lead_id].lead_id is None, "a lead leads itself"
        joined = select(func.count()).where(
            ReportFollower.report_id == one.id, ReportFollower.is_reporter.is_(False)
        )
        assert one.joined == db.session.scalar(joined)
        numbers = select(ReportEvent.number).where(ReportEvent.report_id == one.id)
        found = sorted(db.session.scalars(numbers))
        assert found == list(range(1, one.version + 1)), "every version has its event"
    db.session.rollback()
