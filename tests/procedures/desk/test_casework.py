"""What colleagues do with cases: each step of the table, stale pages, scopes, two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import pytest
from flask import Flask

from liff_app.db import transaction
from liff_app.errors import InputInvalid, NotFound
from liff_app.procedures import dossiers, events, rules
from liff_app.procedures.desk import bulk, casework, deciding, pointing, returning
from liff_app.procedures.desk.bulk import BulkChange, BulkKind
from liff_app.procedures.desk.errors import CaseChanged, StepRefused
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.dossiers import Forgotten
from liff_app.procedures.models import Submission
from liff_app.procedures.scope import EVERYWHERE, Scope
from liff_app.procedures.vocabulary import EventKind, Mover, Need, Status
from liff_app.staff import service as staff
from liff_app.staff.rules import Colleague
from tests.procedures.ground import NOON

from .desk import (
    department,
    do,
    history,
    kinds,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
    town,
    version_of,
)

pytestmark = pytest.mark.usefixtures("app")
POINTS = [Item(path="name", comment="読めませんでした。")]
DAY = 24 * 60  # minutes


def put(ref: str, status: Status) -> None:
    """The case stands there, however it may have come; what is returned is due that day."""
    with transaction() as session:
        found = session.query(Submission).filter_by(ref=ref).one()
        found.status, found.is_open = status.value, status in rules.OPEN
        found.closed_at = None if found.is_open else NOON
        if status is Status.RETURNED:
            key = dossiers.key_of(session, town().keys, found.dossier_id)
            returning.keep(
                session, found, POINTS, due_on=NOON.date(), key=key, by="staff:x", now=NOON
            )


def send_back(ref: str, due_on: date | None = None, **by: Any) -> Any:  # noqa: ANN401 - passed on
    return do(pointing.send_back, ref, POINTS, due_on=due_on, **by)


def try_step(ref: str, now: Status, to: Status, who: Colleague) -> bool:
    """Whether staff may take that step; what may not be taken leaves no trace."""
    put(ref, now)
    step = rules.step(now, to, Mover.STAFF)
    if step is None or Need.ITEMS in step.needs:
        with pytest.raises(StepRefused):
            do(casework.move, ref, to, text="理由です。", who=who)
        assert row(ref).status == now, (now, to)
        assert kinds(ref) == ["submitted"]
    elif to is not Status.RETURNED:
        do(casework.move, ref, to, text="理由です。", who=who, minutes=DAY)
    if to is Status.RETURNED and step is not None:
        send_back(ref, who=who)
    return step is not None


def test_staff_take_every_step_of_the_table_and_no_other(app: Flask) -> None:
    form, resident, who = made_form(), somebody(), reviewer()
    taken = 0
    for now, to in product(Status, Status):
        ref, before = made_case(form, resident_id=resident), len(messages(resident))
        if not try_step(ref, now, to, who):
            continue
        taken += 1
        found = row(ref)
        assert found.status == to, (now, to)
        assert found.is_open == (to in rules.OPEN)
        assert (found.closed_at is None) == found.is_open
        told = len(messages(resident)) - before
        assert told == (0 if (now, to) == (Status.RECEIVED, Status.REVIEWING) else 1), (now, to)
    table = (one for steps in rules.STEPS.values() for one in steps)
    assert taken == sum(one.by is Mover.STAFF for one in table)


def test_a_step_that_needs_a_reason_is_refused_without_and_keeps_what_was_written() -> None:
    ref, who = made_case(made_form()), reviewer()
    for text in ("", " \n　", "あ" * 2001):
        with pytest.raises(InputInvalid):
            do(casework.move, ref, Status.REJECTED, text=text, who=who)
    assert kinds(ref) == ["submitted"]
    do(casework.move, ref, Status.REJECTED, text=" 𠮷野様\r\n葛\U000e0100飾\x00の件 ", who=who)
    assert history(ref)[-1] == ("moved", "𠮷野様\n葛\U000e0100飾の件", "")


CHANGES: dict[str, Callable[..., Any]] = {
    "move": lambda ref, **by: do(casework.move, ref, Status.REVIEWING, **by),
    "reject": lambda ref, **by: do(casework.move, ref, Status.REJECTED, text="不備", **by),
    "answer": lambda ref, **by: do(casework.answer, ref, "ありがとうございます。", **by),
    "note": lambda ref, **by: do(casework.note, ref, "電話で確かめた", **by),
    "take": lambda ref, **by: do(casework.take, ref, **by),
    "assign": lambda ref, **by: do(
        casework.assign, ref, department_id=None, assignee_id=None, **by
    ),
    "set_due": lambda ref, **by: do(casework.set_due, ref, date(2026, 12, 1), **by),
    "send_back": send_back,
    "approve": lambda ref, **by: do(deciding.approve, ref, **by),
    "disapprove": lambda ref, **by: do(deciding.disapprove, ref, "なおす", **by),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_stale_page_changes_nothing(name: str) -> None:
    resident, who = somebody(), reviewer()
    ref = made_case(made_form(), resident_id=resident)
    do(casework.note, ref, "先に書いた", who=reviewer("鈴木 一"))
    with pytest.raises(CaseChanged):
        CHANGES[name](ref, who=who, version=1)
    assert kinds(ref) == ["submitted", "noted"]
    assert messages(resident) == []


@pytest.mark.parametrize("name", CHANGES)
def test_another_departments_case_a_trial_and_a_survey_are_nobodys(name: str) -> None:
    ours, theirs = department("福祉課"), department("税務課")
    who = reviewer(department_id=ours)
    scope = Scope(frozenset({ours}))
    refs = [
        made_case(made_form("zeimu", department_id=theirs)),
        made_case(made_form("nobody")),  # of no department: only for who sees all
    ]
    wide = [
        made_case(made_form("ours", department_id=ours), is_test=True),
        made_case(made_form("survey", department_id=ours, kind="survey")),
    ]
    for ref in [*refs, *wide]:
        with pytest.raises(NotFound):
            CHANGES[name](ref, who=who, scope=scope)
        assert kinds(ref) == ["submitted"]
    with pytest.raises(NotFound):
        do(casework.note, "0" * 32, "x", who=who, version=1)


def test_what_was_forgotten_is_changed_by_nobody() -> None:
    ref, who = made_case(made_form()), reviewer()
    with transaction() as session:
        dossiers.destroy(session, row(ref).dossier_id)
    with pytest.raises(Forgotten):
        do(casework.note, ref, "x", who=who)


def test_who_is_in_charge_is_somebody_there_is() -> None:
    ref, who = made_case(made_form()), reviewer()
    place = department("福祉課")
    wrong: list[dict[str, Any]] = [{"department_id": "nowhere"}, {"assignee_id": "nobody"}]
    for wanted in wrong:
        given: dict[str, Any] = {"department_id": None, "assignee_id": None} | wanted
        with pytest.raises(InputInvalid) as caught:
            do(casework.assign, ref, who=who, **given)
        assert [one.field for one in caught.value.errors] == list(wanted)
    do(casework.assign, ref, department_id=place, assignee_id=who.id, who=who)
    do(casework.assign, ref, department_id=place, assignee_id=who.id, who=who)
    assert (row(ref).department_id, row(ref).assignee_id) == (place, who.id)
    do(casework.take, ref, who=who)
    assert kinds(ref) == ["submitted", "assigned"], "the same again is no event"


def test_a_disabled_colleague_is_given_nothing() -> None:
    ref, who, gone = made_case(made_form()), reviewer(), reviewer("もういない人")
    with transaction() as session:
        staff.disable(session, gone.id, now=NOON)
    with pytest.raises(InputInvalid):
        do(casework.assign, ref, department_id=None, assignee_id=gone.id, who=who)


def test_a_due_date_comes_and_goes() -> None:
    ref, who = made_case(made_form()), reviewer()
    day = date(2026, 12, 1)
    for wanted in (day, day, None, None):
        do(casework.set_due, ref, wanted, who=who)
        assert row(ref).due_on == wanted
    assert kinds(ref) == ["submitted", "dated", "dated"]


def test_a_decision_of_two_waits_for_the_second_and_tells_then() -> None:
    resident, one, two = somebody(), reviewer(), reviewer("鈴木 一")
    ref = made_case(made_form(two_person=True), resident_id=resident)
    do(casework.move, ref, Status.REJECTED, text="対象外です。", who=one)
    assert (row(ref).status, row(ref).proposed_status) == ("received", "rejected")
    assert messages(resident) == []
    assert history(ref)[-1] == ("proposed", "", "対象外です。")
    assert "対象外" not in str(row(ref).proposed_sealed)
    with pytest.raises(StepRefused):
        do(deciding.approve, ref, who=one)
    for name in ("move", "reject", "send_back"):
        with pytest.raises(StepRefused):
            CHANGES[name](ref, who=two)
    do(deciding.approve, ref, who=two)
    assert (row(ref).status, row(ref).proposed_status) == ("rejected", None)
    assert history(ref)[-1] == ("approved", "対象外です。", "")
    (said,) = messages(resident)
    assert said[0].startswith("申請は認められませんでした。")
    with pytest.raises(StepRefused):
        do(deciding.approve, ref, who=reviewer("三人目"))


def test_a_proposal_that_is_not_approved_is_gone_and_the_case_goes_on() -> None:
    resident, one, two = somebody(), reviewer(), reviewer("鈴木 一")
    ref = made_case(made_form(two_person=True), resident_id=resident)
    for who in (one, two):  # the second colleague, and whoever proposed it
        do(casework.move, ref, Status.ACCEPTED, who=one)
        with pytest.raises(InputInvalid):
            do(deciding.disapprove, ref, " ", who=who)
        do(deciding.disapprove, ref, "書類を待つ", who=who)
        assert (row(ref).status, row(ref).proposed_status) == ("received", None)
    assert kinds(ref) == ["submitted", *["proposed", "not_approved"] * 2]
    assert messages(resident) == []
    do(casework.move, ref, Status.REVIEWING, who=two)


def test_what_is_no_decision_takes_one_person() -> None:
    ref, who = made_case(made_form(two_person=True)), reviewer()
    do(casework.move, ref, Status.REVIEWING, who=who)
    send_back(ref, who=who)
    do(casework.move, ref, Status.REVIEWING, text="電話で確認", who=who)
    assert row(ref).status == Status.REVIEWING
    put(ref, Status.ACCEPTED)
    do(casework.move, ref, Status.COMPLETED, who=who)
    assert row(ref).status == Status.COMPLETED


ENDS_AND_REOPENINGS = {
    (now, one.to)
    for now, steps in rules.STEPS.items()
    for one in steps
    if one.by is Mover.STAFF
    and (one.to in {Status.WITHDRAWN, Status.LAPSED} or now in {*rules.CLOSED, Status.ACCEPTED})
    and one.to is not Status.COMPLETED
}


@pytest.mark.parametrize(("now", "to"), sorted(ENDS_AND_REOPENINGS))
def test_nobody_ends_or_reopens_alone_what_two_decide(now: Status, to: Status) -> None:
    resident, one, two = somebody(), reviewer(), reviewer("鈴木 一")
    ref = made_case(made_form(two_person=True), resident_id=resident)
    put(ref, now)
    do(casework.move, ref, to, text="理由です。", who=one, minutes=DAY)
    assert (row(ref).status, row(ref).proposed_status) == (now, to)
    assert messages(resident) == []
    with pytest.raises(StepRefused):
        do(deciding.approve, ref, who=one)
    with pytest.raises(StepRefused):
        do(casework.move, ref, to, text="理由です。", who=two, minutes=DAY)
    do(deciding.approve, ref, who=two)
    assert (row(ref).status, row(ref).proposed_status) == (to, None)
    assert history(ref)[-1] == ("approved", "理由です。", "")
    (said,) = messages(resident)
    told = {
        Status.WITHDRAWN: "申請を取り下げました。",
        Status.LAPSED: "期限を過ぎたので、",
        Status.REVIEWING: "申請をもう一度、",
    }
    assert said[0].startswith(told[to])


@pytest.mark.parametrize("two_person", [False, True])
def test_a_return_lapses_once_its_day_is_over_and_the_refusal_says_which(two_person: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    ref, who = made_case(made_form(two_person=two_person)), reviewer()
    send_back(ref, due_on=date(2026, 12, 22), who=who)
    days = (date(2026, 12, 22) - NOON.date()).days
    for minutes in (60, days * DAY):
        with pytest.raises(StepRefused) as refused:
            do(casework.move, ref, Status.LAPSED, text="期限", who=who, minutes=minutes)
        assert "12月22日（火）が過ぎてから" in refused.value.shown_title
    assert row(ref).proposed_status is None
    do(casework.move, ref, Status.LAPSED, text="期限", who=who, minutes=(days + 1) * DAY)
    found = row(ref)
    assert (found.proposed_status if two_person else found.status) == Status.LAPSED


def test_a_return_without_a_day_never_lapses() -> None:
    ref, who = made_case(made_form()), reviewer()
    send_back(ref, who=who)
    with pytest.raises(StepRefused) as refused:
        do(casework.move, ref, Status.LAPSED, text="期限", who=who, minutes=1000 * DAY)
    assert "期限を決めて差し戻してください" in refused.value.shown_title
    do(casework.move, ref, Status.REVIEWING, text="期限を決めます", who=who)
    send_back(ref, due_on=NOON.date(), who=who)
    do(casework.move, ref, Status.LAPSED, text="期限", who=who, minutes=DAY)
    assert row(ref).status == Status.LAPSED


def test_many_at_once_is_no_way_around_the_second_colleague() -> None:
    form, who = made_form(two_person=True), reviewer()
    refs = [made_case(form) for _ in range(3)]
    for ref, now in zip(refs, (Status.REJECTED, Status.ACCEPTED, Status.RECEIVED), strict=True):
        put(ref, now)
    do(casework.move, refs[1], Status.REVIEWING, text="もう一度", who=who)
    for kind in (BulkKind.REVIEW, BulkKind.COMPLETE):
        with transaction() as session:
            done = bulk.apply(
                session, [(ref, version_of(ref)) for ref in refs[:2]], BulkChange(kind=kind),
                colleague=who, scope=EVERYWHERE, keys=town().keys, now=NOON,
            )  # fmt: skip
        assert done.done == ()
    assert set(bulk.STEPS.values()) == {Status.REVIEWING, Status.COMPLETED}
    assert [row(ref).status for ref in refs] == ["rejected", "accepted", "received"]


def test_a_step_of_the_applicant_ends_what_was_proposed() -> None:
    ref, one, two = made_case(made_form(two_person=True)), reviewer(), reviewer("鈴木 一")
    send_back(ref, due_on=NOON.date(), who=one)
    do(casework.move, ref, Status.WITHDRAWN, text="窓口で", who=one)
    with transaction() as session:
        held = events.hold(session, ref)
        key = dossiers.key_of(session, town().keys, held.dossier_id)
        events.append(
            session, held, EventKind.RESUBMITTED, key=key, actor="resident", now=NOON,
            to=Status.RECEIVED,
        )  # fmt: skip
    assert row(ref).proposed_status is None
    with pytest.raises(StepRefused):
        do(deciding.approve, ref, who=two)
    assert row(ref).status == Status.RECEIVED


def test_a_proposal_of_what_was_withdrawn_meanwhile_is_no_proposal() -> None:
    ref, one, two = made_case(made_form(two_person=True)), reviewer(), reviewer("鈴木 一")
    do(casework.move, ref, Status.ACCEPTED, who=one)
    put(ref, Status.WITHDRAWN)
    with pytest.raises(StepRefused):
        do(deciding.approve, ref, who=two)
    assert version_of(ref) == 2
