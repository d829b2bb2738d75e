"""What colleagues do with reports: each step of the table, stale pages, merging, moderation."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import InputInvalid, NotFound
from liff_app.reports import casework, following, rules
from liff_app.reports.errors import ReportChanged, StepRefused
from liff_app.reports.models import Report, ReportEvent
from liff_app.reports.vocabulary import EventKind, FixAnswer, Mover, Need, Priority, Status
from liff_app.staff import service as staff
from liff_app.staff.service import AccountDraft

from . import ground
from .ground import SEEN, at, by_staff, do, file, follower, history, kinds, merge, move, row, told

pytestmark = pytest.mark.usefixtures("app")


def put(ref: str, status: Status) -> None:
    """The report stands there, however it may have come."""
    report_id = row(ref).id
    with transaction() as session:
        found = session.get_one(Report, report_id)
        found.status, found.is_open = status.value, status in rules.OPEN
        found.closed_at = None if found.is_open else at()


def test_staff_take_every_step_of_the_table_and_no_other(app: Flask) -> None:
    who, taken = ground.resident(), 0
    for now, to in product(Status, Status):
        ref = file(who).ref
        put(ref, now)
        before = len(told(who))
        step = rules.step(now, to, Mover.STAFF)
        # Into an incident lead merges, out of it splits: `merge` and `split`, tested below.
        if step is None or Need.LEAD in step.needs or now is Status.DUPLICATE:
            with pytest.raises(StepRefused):
                move(ref, to)
            assert row(ref).status == now, (now, to)
            assert len(told(who)) == before
            continue
        move(ref, to)
        found, taken = row(ref), taken + 1
        assert found.status == to, (now, to)
        assert found.is_open == (to in rules.OPEN)
        assert (found.closed_at is None) == found.is_open
        assert kinds(ref) == ["filed", "moved"]
        assert len(told(who)) == before + 1
    assert taken == sum(
        Mover.STAFF in one.by and Need.LEAD not in one.needs
        for now, steps in rules.STEPS.items()
        for one in steps
        if now is not Status.DUPLICATE
    )


def test_residents_take_every_step_of_the_table_and_no_other(app: Flask) -> None:
    who, taken = ground.resident(), 0
    for now, to in product(Status, Status):
        ref = file(who).ref
        put(ref, now)
        for name in ("answer_fix", "reply", "withdraw"):
            if say(name, ref, who) and row(ref).status == to != now:
                taken += 1
                assert rules.step(now, to, Mover.RESIDENT) is not None, (now, to, name)
            put(ref, now)
    assert taken == sum(Mover.RESIDENT in one.by for steps in rules.STEPS.values() for one in steps)


def say(name: str, ref: str, who: str) -> bool:
    """Whether the resident may do that now."""
    try:
        if name == "answer_fix":
            do(following.answer_fix, ref, FixAnswer.NOT_YET, "", resident_id=who)
        elif name == "reply":
            do(following.reply, ref, f"こちらです{row(ref).version}", resident_id=who)
        else:
            do(following.withdraw, ref, resident_id=who)
    except StepRefused:
        return False
    return True


def test_a_step_without_its_sentence_or_receiver_names_both(app: Flask) -> None:
    ref = file(ground.resident()).ref
    with pytest.raises(InputInvalid) as caught:
        move(ref, Status.FORWARDED, text=" ", receiver="")
    assert [one.field for one in caught.value.errors] == ["text", "receiver"]
    with pytest.raises(InputInvalid):
        move(ref, Status.FIXED, text="")
    with pytest.raises(InputInvalid):
        move(ref, Status.FIXED, text="あ" * 1001)
    assert kinds(ref) == ["filed"]
    move(ref, Status.CHECKING, text="")  # looking at it needs no words
    move(ref, Status.FORWARDED)
    assert row(ref).handed_to == "県の土木事務所"


CHANGES = {
    "move": lambda ref, **by: do(casework.move, ref, Status.CHECKING, **by),
    "answer": lambda ref, **by: do(casework.answer, ref, "ありがとうございます。", **by),
    "note": lambda ref, **by: do(casework.note, ref, "現地を見る", **by),
    "assign": lambda ref, **by: do(
        casework.assign, ref, department_id=None, assignee_id=None, **by
    ),
    "prioritise": lambda ref, **by: do(casework.prioritise, ref, Priority.HIGH, **by),
    "set_due": lambda ref, **by: do(casework.set_due, ref, date(2026, 12, 1), **by),
    "place": lambda ref, **by: do(casework.place, ref, 34.35, 134.05, "橋の上", **by),
    "reclassify": lambda ref, **by: do(casework.reclassify, ref, "park", **by),
    "check_public": lambda ref, **by: do(casework.check_public, ref, text=True, **by),
    "hide": lambda ref, **by: do(casework.hide, ref, "お名前があるため", **by),
    "split": lambda ref, **by: do(casework.split, ref, **by),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_stale_page_changes_nothing(app: Flask, name: str) -> None:
    ref = file(ground.resident()).ref
    by_staff(casework.note, ref, "先に書いた人")
    before = row(ref)
    with pytest.raises(ReportChanged) as caught:
        CHANGES[name](ref, version=before.version - 1, **SEEN)
    assert caught.value.version == before.version
    assert row(ref).version == before.version
    assert len(history(ref)) == 2


@pytest.mark.parametrize("name", CHANGES)
def test_another_departments_report_is_not_there(app: Flask, name: str) -> None:
    with transaction() as session:
        theirs = staff.add_department(session, "道路課")
    ref = file(ground.resident()).ref
    version = by_staff(casework.assign, ref, department_id=theirs, assignee_id=None)
    about = {"version": version, "actor": "staff:other", "scope": ground.scope("park")}
    with pytest.raises(NotFound):
        CHANGES[name](ref, **about)
    assert row(ref).version == version


def test_every_change_is_one_event_and_one_version(app: Flask) -> None:
    ref = file(ground.resident()).ref
    for name in [one for one in CHANGES if one not in ("split", "assign")]:
        before = row(ref).version
        assert CHANGES[name](ref, version=before, **SEEN) == before + 1
        assert row(ref).version == before + 1 == history(ref)[-1].number
    assert [one.number for one in history(ref)] == list(range(1, len(CHANGES)))


def test_what_is_so_already_is_no_event(app: Flask) -> None:
    ref = file(ground.resident()).ref
    for _ in range(2):
        by_staff(casework.assign, ref, department_id=None, assignee_id=None)
        by_staff(casework.prioritise, ref, Priority.URGENT)
        by_staff(casework.set_due, ref, None)
        by_staff(casework.reclassify, ref, "light")
        by_staff(casework.check_public, ref, text=False)
    assert sorted(kinds(ref)) == sorted({"filed", "prioritised", "reclassified", "dated"})


def test_only_people_who_are_there_are_put_in_charge(app: Flask) -> None:
    ref = file(ground.resident()).ref
    with transaction() as session:
        account = staff.add_account(session, AccountDraft(login="gakari", name="係"), now=at())
    by_staff(casework.assign, ref, department_id=None, assignee_id=account)
    assert row(ref).assignee_id == account
    for department, assignee in (("nobody", None), (None, "nobody")):
        with pytest.raises(InputInvalid):
            by_staff(casework.assign, ref, department_id=department, assignee_id=assignee)


def test_time_to_the_first_answer_ends_with_the_first_word_of_the_town_hall(app: Flask) -> None:
    ref = file(ground.resident()).ref
    by_staff(casework.note, ref, "あとで見る", minutes=5)
    by_staff(casework.prioritise, ref, Priority.HIGH, minutes=6)
    assert row(ref).first_answer_at is None
    by_staff(casework.answer, ref, "見に行きます。", minutes=7)
    move(ref, Status.CHECKING, minutes=9)
    assert row(ref).first_answer_at == at(7)


def test_a_moved_pin_must_be_looked_at_anew(app: Flask) -> None:
    ref = file(ground.resident()).ref
    by_staff(casework.check_public, ref, place=True)
    by_staff(casework.place, ref, row(ref).lat, row(ref).lon, "別の言い方")
    assert row(ref).place_checked
    by_staff(casework.place, ref, 34.36, 134.06, "別の場所")
    found = row(ref)
    assert not found.place_checked
    assert found.cell == rules.cell_of(34.36, 134.06)
    with pytest.raises(InputInvalid):
        by_staff(casework.place, ref, float("nan"), 134.0, "")


def test_members_follow_their_lead_and_come_back(app: Flask) -> None:
    one, two, joiner = ground.residents(3)
    lead, member = file(one).ref, file(two).ref
    do(following.join, member, resident_id=joiner)
    merge(member, lead)
    found = row(member)
    assert (found.status, found.is_open, found.lead_id) == ("duplicate", False, row(lead).id)
    assert kinds(lead) == ["filed", "gathered"]
    move(lead, Status.WORKING)
    for who in (one, two, joiner):
        assert "作業" in told(who)[-1].text
    assert told(two)[-1].link == f"/reports/{member}"
    by_staff(casework.split, member)
    assert (row(member).status, row(member).lead_id) == ("reopened", None)
    assert row(member).reopened == 0
    assert follower(member, joiner) is not None
    assert kinds(lead)[-1] == "released"
    move(lead, Status.FIXED)
    assert "直しました" not in told(two)[-1].text


def test_nothing_is_merged_into_what_is_closed_or_merged_or_itself(app: Flask) -> None:
    one, two, three = (file(ground.resident()).ref for _ in range(3))
    with pytest.raises(StepRefused):
        merge(one, one)
    merge(two, one)
    with pytest.raises(StepRefused):
        merge(three, two)
    move(one, Status.NO_ACTION)
    with pytest.raises(StepRefused):
        merge(three, one)
    with pytest.raises(StepRefused):
        merge(one, three)
    with pytest.raises(StepRefused):
        by_staff(casework.split, three)
    with pytest.raises(ReportChanged):
        merge(three, one, into_version=1)
    for step in (Status.REOPENED, Status.CHECKING):
        with pytest.raises(StepRefused):
            move(two, step)


def test_splitting_a_former_lead_brings_its_own_members_back(app: Flask) -> None:
    a, b, c, d, x = (file(ground.resident()).ref for _ in range(5))
    merge(a, b)
    merge(x, c)
    merge(b, c)
    merge(c, d)
    assert {row(one).lead_id for one in (a, b, c, x)} == {row(d).id}
    by_staff(casework.split, b)
    assert [row(one).lead_id for one in (a, b, c, x)] == [
        row(b).id,
        None,
        row(d).id,
        row(d).id,
    ]
    by_staff(casework.split, c)
    assert row(x).lead_id == row(c).id
    by_staff(casework.split, a)
    assert row(a).lead_id is None
    merge(a, d)
    merge(b, d)
    by_staff(casework.split, b)
    assert row(a).lead_id == row(d).id, "what joined by itself stays"


def test_who_follows_two_of_an_incident_is_told_once(app: Flask) -> None:
    one, two = ground.residents(2)
    lead, member = file(one).ref, file(two).ref
    do(following.join, lead, resident_id=two)
    merge(member, lead)
    before = len(told(two))
    move(lead, Status.PLANNED)
    assert len(told(two)) == before + 1
    assert told(two)[-1].link == f"/reports/{member}"


def test_a_hidden_report_tells_its_reporter_alone_and_not_why(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    do(following.join, ref, resident_id=joiner)
    by_staff(casework.hide, ref, "くるまの番号が書いてあるため")
    assert row(ref).hidden
    assert len(told(joiner)) == 0
    assert "理由" in told(who)[-1].text
    assert "番号が書いて" not in told(who)[-1].text
    with pytest.raises(StepRefused):
        by_staff(casework.hide, ref, "もう一度")
    by_staff(casework.show, ref)
    assert not row(ref).hidden


def test_a_contact_opens_for_its_own_report_and_scope_only(app: Flask) -> None:
    who = ground.resident()
    ref = file(who, contact="090-0000-0000").ref
    keys = ground.settings().keys
    assert b"090" not in (row(ref).contact_sealed or b"")
    opened = casework.contact(db.session, ref, scope=SEEN["scope"], keys=keys)
    assert opened == "090-0000-0000"
    db.session.rollback()


def test_read_marks_stand_at_a_version(app: Flask) -> None:
    ref = file(ground.resident()).ref
    with transaction() as session:
        account = staff.add_account(session, AccountDraft(login="gakari", name="係"), now=at())
    for _ in range(2):
        with transaction() as session:
            casework.mark_read(session, account, ref)
    with pytest.raises(NotFound), transaction() as session:
        casework.mark_read(session, account, "0" * 16)


def test_a_dissolved_department_leaves_the_report_to_everybody(app: Flask) -> None:
    assert row(file(ground.resident()).ref).department_id is None


def test_events_are_never_changed(app: Flask) -> None:
    ref = file(ground.resident()).ref
    before = [(one.id, one.kind, one.number, one.at) for one in history(ref)]
    move(ref, Status.CHECKING, minutes=3)
    after = [(one.id, one.kind, one.number, one.at) for one in history(ref)]
    assert after[: len(before)] == before
    assert after[-1][1] == EventKind.MOVED
    assert ReportEvent.__tablename__ == "report_events"
    assert row(ref).updated_at - row(ref).created_at == timedelta(minutes=3)
