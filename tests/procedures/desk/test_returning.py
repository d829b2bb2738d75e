"""What a return keeps, who reads it, and which points it takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import InputInvalid
from liff_app.procedures import dossiers, events, revisions
from liff_app.procedures.desk import casework, pointing, reminding, returning
from liff_app.procedures.desk.returning import Item, Return, Spot
from liff_app.procedures.models import Submission, SubmissionReturn
from liff_app.procedures.vocabulary import EventKind, Status
from tests.procedures.ground import NOON

from .desk import (
    ANSWERS,
    do,
    history,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
    town,
)

pytestmark = pytest.mark.usefixtures("app")
WRONG = "写真の𠮷の字が読めません。"
PHOTO = "a" * 32


def items(*paths: str) -> list[Item]:
    return [Item(path=one, comment=WRONG) for one in paths]


def back(ref: str, wanted: list[Item], **more: Any) -> None:  # noqa: ANN401 - passed on
    """The case is returned for these points."""
    do(pointing.send_back, ref, wanted, who=reviewer(), **({"due_on": None} | more))


def now_open(ref: str) -> Return | None:
    """The open return as the applicant's side reads it."""
    found = row(ref)
    key = dossiers.key_of(db.session, town().keys, found.dossier_id)
    opened = returning.open_return(db.session, found, key)
    assert returning.open_items(db.session, found, key) == (list(opened.items) if opened else [])
    db.session.close()
    return opened


def corrected(ref: str) -> None:
    """The applicant sends it again, as the resident's side does."""
    with transaction() as session:
        held = events.hold(session, ref)
        key = dossiers.key_of(session, town().keys, held.dossier_id)
        returning.answer(session, held, now=NOON)
        held.revision += 1
        revisions.add(session, held, ANSWERS | {"name": "山田 華子"}, key=key, by="resident",
                      now=NOON)  # fmt: skip
        events.append(session, held, EventKind.RESUBMITTED, key=key, actor="resident", now=NOON,
                      to=Status.RECEIVED)  # fmt: skip


def test_a_return_is_open_until_it_is_answered_and_then_remembered(app: Flask) -> None:
    ref = made_case(made_form())
    assert now_open(ref) is None
    back(ref, items("children/1/birth", "name"), due_on=date(2026, 12, 1), text="おねがいします。")
    found = now_open(ref)
    assert found is not None
    assert [one.path for one in found.items] == ["name", "children/1/birth"], "in the form's order"
    assert (found.revision, found.due_on, found.answered_at) == (1, date(2026, 12, 1), None)
    corrected(ref)
    assert now_open(ref) is None
    back(ref, items("kind"))
    again = now_open(ref)
    assert again is not None
    assert (again.revision, [one.path for one in again.items]) == (2, ["kind"])
    key = dossiers.key_of(db.session, town().keys, row(ref).dossier_id)
    kept = returning.returns(db.session, row(ref), key)
    assert [(one.revision, one.answered_at) for one in kept] == [(2, None), (1, NOON)]


def test_a_return_taken_back_and_made_anew_has_the_new_points_and_both_in_the_history(
    app: Flask,
) -> None:
    ref = made_case(made_form())
    back(ref, items("name"))
    do(casework.move, ref, Status.REVIEWING, text="こちらの間違いでした。", who=reviewer())
    assert now_open(ref) is None
    back(ref, items("kind"))
    found = now_open(ref)
    assert found is not None
    assert [one.path for one in found.items] == ["kind"]
    said = [private for kind, _public, private in history(ref) if kind == "returned"]
    assert said == [f"name: {WRONG}", f"kind: {WRONG}"]


def test_what_is_wrong_lies_sealed(app: Flask) -> None:
    ref = made_case(made_form())
    back(ref, items("name"))
    (kept,) = db.session.scalars(db.session.query(SubmissionReturn).statement).all()
    for marker in (WRONG.encode(), b"name", b"comment"):
        assert marker not in kept.items_sealed


def test_a_whole_child_can_be_pointed_at_and_a_photo_marked(app: Flask) -> None:
    ref = made_case(made_form(), ANSWERS | {"photo": [PHOTO]})
    spot = Spot(file_id=PHOTO, x=0.25, y=0.5, w=0.25, h=0.125)
    back(ref, [Item(path="photo", comment=WRONG, spot=spot), *items("children/0")])
    found = now_open(ref)
    assert found is not None
    assert found.items == (
        Item(path="photo", comment=WRONG, spot=spot),
        Item(path="children/0", comment=WRONG),
    )


@pytest.mark.parametrize(
    "spot",
    [
        Spot(file_id="b" * 32, x=0, y=0, w=0.5, h=0.5),  # nobody sent that photo
        Spot(file_id=PHOTO, x=-0.1, y=0, w=0.5, h=0.5),
        Spot(file_id=PHOTO, x=0.6, y=0, w=0.5, h=0.5),
        Spot(file_id=PHOTO, x=0, y=0, w=0.5, h=0),
        Spot(file_id=PHOTO, x=float("nan"), y=0, w=0.5, h=0.5),
        Spot(file_id=PHOTO, x=0, y=0, w=float("inf"), h=0.5),
    ],
)
def test_a_mark_beside_the_photo_is_refused(app: Flask, spot: Spot) -> None:
    ref = made_case(made_form(), ANSWERS | {"photo": [PHOTO]})
    with pytest.raises(InputInvalid) as caught:
        back(ref, [Item(path="photo", comment=WRONG, spot=spot)])
    assert [one.field for one in caught.value.errors] == ["comment.photo"]
    assert row(ref).status == Status.RECEIVED


def test_every_fault_is_named_at_once(app: Flask) -> None:
    ref = made_case(made_form())
    wrong = [Item(path="name", comment=" "), Item(path="kana", comment="x" * 501)]
    with pytest.raises(InputInvalid) as caught:
        back(ref, [*wrong, *items("nowhere", "fixed")], due_on=date(2026, 11, 22))
    assert [one.field for one in caught.value.errors] == [
        "due_on", "comment.name", "comment.kana", "items", "items",
    ]  # fmt: skip
    back(ref, items("name"), due_on=date(2026, 11, 23))  # today is not over yet


def test_an_answer_that_was_never_asked_for_cannot_be_wrong(app: Flask) -> None:
    form = made_form()
    for answers, may in ((ANSWERS, False), (ANSWERS | {"kind": "other"}, True)):
        ref = made_case(form, answers)
        if may:
            back(ref, items("other"))
        else:
            with pytest.raises(InputInvalid):
                back(ref, items("other"))
    with transaction() as session:
        assert session.query(Submission).filter_by(status="returned").count() == 1


def reminded(days: int) -> int:
    """How many would be reminded so many days after the ground's noon."""
    with transaction() as session:
        return reminding.remind(session, now=NOON + timedelta(days=days))


def test_somebody_is_reminded_once_shortly_before_the_day(app: Flask) -> None:
    form, who = made_form(), somebody()
    ref = made_case(form, resident_id=who)
    for other in (made_case(form), made_case(form, resident_id=who)):
        back(other, items("name"), due_on=date(2026, 12, 1))
    corrected(other)
    back(ref, items("name"), due_on=date(2026, 12, 1))
    before = len(messages(who))
    assert [reminded(days) for days in (4, 9)] == [0, 0], "too early, and over"
    assert reminded(5) == 1
    do(casework.note, ref, "電話した", who=reviewer())
    reminded(6)
    said = messages(who)[before:]
    assert [(text.split("\n")[0], link) for text, link in said] == [
        ("直していただく期限が近づいています。", f"/procedures/sent/{ref}")
    ]
    assert row(ref).status == Status.RETURNED
