"""What every part of procedures stands on: keys, numbers, steps, histories, open forms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from liff_app.config import Settings
from liff_app.crypto import KeyRing, SealBroken
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures import dossiers, events, forms, numbers, revisions, rules, sealing
from liff_app.procedures.figures import counting
from liff_app.procedures.figures.counting import What
from liff_app.procedures.models import Dossier, PageCount, Procedure, ProcedureVersion, Submission
from liff_app.procedures.rules import CLOSED, STEPS
from liff_app.procedures.vocabulary import EventKind, Mover, Status

from .ground import NOON, document, publish, submit

ODD = "𠮷野 神 葛\U000e0100 é 한"


def test_a_sealed_value_opens_only_in_its_place_and_with_its_key() -> None:
    key = sealing.new_key()
    sealed = key.seal_text(ODD, "a.b:1")
    assert key.open_text(sealed, "a.b:1") == ODD
    for other, place in ((key, "a.b:2"), (sealing.new_key(), "a.b:1")):
        with pytest.raises(SealBroken):
            other.open_text(sealed, place)
    with pytest.raises(SealBroken):
        key.open(sealed[:5], "a.b:1")
    assert ODD.encode() not in sealed


def test_a_dossier_that_is_destroyed_opens_no_more(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        dossier_id, key = dossiers.new(session, settings.keys, now=NOON)
    sealed = key.seal(b"x", "a.b:1")
    again = dossiers.key_of(db.session, settings.keys, dossier_id)
    assert again.open(sealed, "a.b:1") == b"x"
    db.session.close()
    with transaction() as session:
        dossiers.destroy(session, dossier_id)
    with pytest.raises(dossiers.Forgotten):
        dossiers.key_of(db.session, settings.keys, dossier_id)


def test_keys_are_sealed_anew_under_the_first_of_the_ring(app: Flask) -> None:
    spelled = ",".join(f"{name}:{'AbCdEfGhIjKlMnOpQrStUvWxYz01234567890123456'[i:]}{'x' * i}"
                       for i, name in enumerate(("k1", "k2")))  # fmt: skip
    first, second = spelled.split(",")
    old, both = KeyRing.parse(first), KeyRing.parse(f"{second},{first}")
    with transaction() as session:
        dossier_id, key = dossiers.new(session, old, now=NOON)
    sealed = key.seal(b"x", "a.b:1")
    with transaction() as session:
        assert dossiers.reseal(session, both, dry_run=True) == 1
        assert dossiers.reseal(session, both, dry_run=False) == 1
        assert dossiers.reseal(session, both, dry_run=False) == 0
    kept = dossiers.key_of(db.session, KeyRing.parse(second), dossier_id)
    assert kept.open(sealed, "a.b:1") == b"x"
    assert db.session.scalar(select(Dossier.id)) == dossier_id


@given(serial=st.integers(1, 999_999_999), year=st.integers(2019, 2110))
def test_a_number_is_known_however_it_is_typed(serial: int, year: int) -> None:
    number = rules.number_of("粗", date(year, 5, 1), serial)
    wide = number.translate(str.maketrans("0123456789-", "０１２３４５６７８９ー"))
    assert rules.checked_number(number) == rules.checked_number(f" {wide} ") == number


@given(serial=st.integers(1, 999_999), at=st.integers(0, 5), digit=st.integers(0, 9))
def test_a_number_with_one_wrong_digit_is_known_as_wrong(serial: int, at: int, digit: int) -> None:
    number = rules.number_of("粗", date(2026, 5, 1), serial)
    start = len("令8-粗-")
    wrong = f"{number[: start + at]}{digit}{number[start + at + 1 :]}"
    assert rules.checked_number(wrong) == (number if wrong == number else None)


def test_numbers_count_up_by_prefix_and_year_and_trials_apart(app: Flask) -> None:
    with transaction() as session:
        given_out = [numbers.give(session, "粗", is_test=False, now=NOON) for _ in range(2)]
        other = numbers.give(session, "罹", is_test=False, now=NOON)
        trial = numbers.give(session, "粗", is_test=True, now=NOON)
        later = numbers.give(session, "粗", is_test=False, now=NOON + timedelta(days=60))
    assert [one.split("-")[2] for one in given_out] == ["000001", "000002"]
    assert [one.split("-")[2] for one in (other, trial, later)] == ["000001"] * 3
    assert trial.split("-")[1] == "試粗"
    assert later.startswith("令9-")


def test_a_number_of_a_change_that_failed_is_given_again(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        _give_and_fail()
    with transaction() as session:
        assert numbers.give(session, "粗", is_test=False, now=NOON).split("-")[2] == "000001"


def test_every_status_has_its_steps_and_each_can_be_reached() -> None:
    assert set(STEPS) == set(Status)
    reached = {Status.RECEIVED} | {one.to for steps in STEPS.values() for one in steps}
    assert reached == set(Status)


def test_an_applicant_withdraws_until_somebody_begins_and_corrects_what_was_returned() -> None:
    mine = {now: {one.to for one in rules.steps(now, Mover.APPLICANT)} for now in Status}
    assert mine[Status.RECEIVED] == {Status.WITHDRAWN}
    assert mine[Status.RETURNED] == {Status.WITHDRAWN, Status.RECEIVED}
    assert not any(mine[now] for now in set(Status) - {Status.RECEIVED, Status.RETURNED})


def test_what_is_withdrawn_stays_so_and_what_else_is_closed_can_be_opened_again() -> None:
    assert STEPS[Status.WITHDRAWN] == ()
    for now in CLOSED - {Status.WITHDRAWN}:
        assert [one.to for one in STEPS[now]] == [Status.REVIEWING]


def test_a_history_numbers_its_events_and_seals_what_is_said(
    app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        form = publish(session, document())
        row, key = submit(session, form, {"name": ODD}, keys=settings.keys)
        ref = row.ref
    with transaction() as session:
        held = events.hold(session, ref)
        event = events.append(
            session, held, EventKind.MOVED, key=key, actor="staff:abc", now=NOON,
            to=Status.REJECTED, public=f"表 {ODD}", private=f"裏 {ODD}", detail={"by": "x"},
        )  # fmt: skip
        assert (event.number, held.version, held.status) == (2, 2, "rejected")
        assert (held.is_open, held.closed_at) == (False, NOON)
        assert events.public_text(event, key) == f"表 {ODD}"
        assert events.private_text(event, key) == f"裏 {ODD}"
        assert events.detail_of(event) == {"by": "x"}
        assert revisions.read(session, held, 1, key=key) == {"name": ODD}
        with pytest.raises(NotFound):
            revisions.read(session, held, 2, key=key)
    with transaction() as session:
        held = events.hold(session, ref)
        events.append(
            session, held, EventKind.MOVED, key=key, actor="x", now=NOON, to=Status.REVIEWING
        )
        assert (held.is_open, held.closed_at) == (True, None)
    with pytest.raises(NotFound), transaction() as session:
        events.hold(session, "0" * 32)
    assert db.session.scalar(select(Submission.version)) == 3


def test_a_form_is_open_from_until_and_while_nobody_closed_it(app: Flask) -> None:
    with transaction() as session:
        form = publish(session, document())
    assert forms.open_form(db.session, "mihon", now=NOON) == form
    assert forms.open_forms(db.session, now=NOON) == [form]
    _change(form.version_id, open_from=NOON + timedelta(hours=1))
    assert forms.open_forms(db.session, now=NOON) == []
    _change(form.version_id, open_from=NOON, open_until=NOON + timedelta(hours=1))
    assert [one.slug for one in forms.open_forms(db.session, now=NOON)] == ["mihon"]
    assert forms.open_forms(db.session, now=NOON + timedelta(hours=1)) == []
    with transaction() as session:
        session.query(Procedure).update({"is_closed": True})
    with pytest.raises(NotFound):
        forms.open_form(db.session, "mihon", now=NOON)
    assert forms.version_form(db.session, form.version_id).document == form.document


def test_of_two_published_versions_the_newest_whose_time_has_come_is_open(app: Flask) -> None:
    with transaction() as session:
        first = publish(session, document())
        second = publish(session, document(minutes=7), number=2)
    _change(first.version_id, state="published")
    _change(second.version_id, open_from=NOON + timedelta(days=1))
    assert forms.open_form(db.session, "mihon", now=NOON).number == 1
    tomorrow = NOON + timedelta(days=1)
    assert forms.open_form(db.session, "mihon", now=tomorrow).number == 2
    assert [one.number for one in forms.open_forms(db.session, now=tomorrow)] == [2]


def test_pages_are_counted_by_day_and_name_once_a_call(app: Flask) -> None:
    with transaction() as session:
        form = publish(session, document())
        for _ in range(3):
            counting.record(session, form.version_id, What.REACHED, ["who", "who"], NOON.date())
        counting.record(session, form.version_id, What.REFUSED, ["name"], NOON.date())
    counted = {(row.what, row.name): row.count for row in db.session.scalars(select(PageCount))}
    assert counted == {("reached", "who"): 3, ("refused", "name"): 1}


def _give_and_fail() -> None:
    with transaction() as session:
        numbers.give(session, "粗", is_test=False, now=NOON)
        raise RuntimeError


def _change(version_id: str, **values: Any) -> None:  # noqa: ANN401 - any column
    db.session.close()
    with transaction() as session:
        session.execute(
            update(ProcedureVersion).where(ProcedureVersion.id == version_id).values(values)
        )
    db.session.close()
