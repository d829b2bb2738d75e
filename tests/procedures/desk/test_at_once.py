"""Several colleagues at one case at once: one wins, the others hear of it, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.procedures.desk import bulk, casework, deciding
from liff_app.procedures.desk.bulk import BulkChange, BulkKind
from liff_app.procedures.models import SubmissionEvent
from liff_app.procedures.scope import EVERYWHERE
from liff_app.procedures.vocabulary import Status
from liff_app.staff.rules import Colleague
from tests.procedures.ground import NOON

from .desk import do, kinds, made_case, made_form, messages, reviewer, row, somebody, town

pytestmark = pytest.mark.usefixtures("app")


def at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> list[object]:
    """All acts start together, each in a thread with a session of its own; what each gave."""
    said: list[object] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                said.append(act())
            except DomainError as error:
                said.append(error.shown_code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_of_two_approvals_one_wins_and_the_applicant_hears_once(app: Flask) -> None:
    resident, one = somebody(), reviewer()
    others = [reviewer(f"承認{n}") for n in range(4)]
    form = made_form(two_person=True)
    for _ in range(3):
        before = len(messages(resident))
        ref = made_case(form, resident_id=resident)
        do(casework.move, ref, Status.ACCEPTED, who=one)
        said = at_once(app, [partial(do, deciding.approve, ref, who=who, version=2)
                             for who in others])  # fmt: skip
        assert sorted(map(str, said)) == ["3", *["case_changed"] * 3]
        assert (row(ref).status, kinds(ref)) == ("accepted", ["submitted", "proposed", "approved"])
        assert len(messages(resident)) == before + 1


def test_of_approval_and_refusal_at_once_one_wins(app: Flask) -> None:
    one, two, three = (reviewer(f"職員{n}") for n in range(3))
    form = made_form(two_person=True)
    for _ in range(3):
        ref = made_case(form)
        do(casework.move, ref, Status.REJECTED, text="対象外", who=one)
        said = at_once(app, [
            partial(do, deciding.approve, ref, who=two, version=2),
            partial(do, deciding.disapprove, ref, "まだ", who=three, version=2),
        ])  # fmt: skip
        assert sorted(map(str, said)) == ["3", "case_changed"]
        assert row(ref).proposed_status is None
        assert kinds(ref)[-1] in {"approved", "not_approved"}


def act(seed: int, who: Colleague, refs: list[str]) -> int:
    """Some things at random, one by one and for many; how many were done."""
    dice, done = Random(seed), 0
    for _ in range(8):
        ref = dice.choice(refs)
        seen = row(ref).version
        acts = [
            partial(do, casework.take, ref, who=who, version=seen),
            partial(do, casework.note, ref, "メモ", who=who, version=seen),
            partial(do, casework.move, ref, Status.REVIEWING, who=who, version=seen),
            partial(many, refs, who, dice),
        ]
        try:
            dice.choice(acts)()
            done += 1
        except DomainError:
            pass
    return done


def many(refs: list[str], who: Colleague, dice: Random) -> None:
    """A change for all of them, in any order."""
    wanted = [(ref, row(ref).version) for ref in dice.sample(refs, len(refs))]
    with transaction() as session:
        bulk.apply(
            session, wanted, BulkChange(kind=BulkKind.TAKE), colleague=who, scope=EVERYWHERE,
            keys=town().keys, now=NOON,
        )  # fmt: skip


def test_whatever_six_colleagues_do_at_once_every_version_has_its_event(app: Flask) -> None:
    form = made_form()
    people = [reviewer(f"職員{n}") for n in range(6)]
    refs = [made_case(form, minutes=n) for n in range(4)]
    said = at_once(app, [partial(act, n, who, refs) for n, who in enumerate(people)])
    assert len(said) == len(people), "somebody met something else than a refusal"
    assert sum(int(str(one)) for one in said) > len(people)
    for ref in refs:
        found = row(ref)
        numbers = select(SubmissionEvent.number).where(SubmissionEvent.submission_id == found.id)
        kept = sorted(db.session.scalars(numbers))
        db.session.close()
        assert kept == list(range(1, found.version + 1))
        assert found.assignee_id in {None, *(who.id for who in people)}
