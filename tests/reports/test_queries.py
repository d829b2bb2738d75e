"""What residents and the public see; nobody sees what is not theirs."""

from __future__ import annotations

import dataclasses
import math

import pytest
from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.photos.models import Photo
from liff_app.reports import casework, filing, following, queries, rules
from liff_app.reports.my_queries import MyReport, may_see_photo
from liff_app.reports.queries import NearReport, PublicReport
from liff_app.reports.vocabulary import EventKind, FixAnswer, Status

from . import ground
from .ground import at, by_staff, do, file, merge, move, row, told
from .test_filing import photo

pytestmark = pytest.mark.usefixtures("app")
MARK, THEIRS, STAFFS = "目印一一一", "目印二二二", "目印三三三"
LAT, LON = 34.3401, 134.0434


def mine(ref: str, who: str) -> MyReport:
    """The report as that resident sees it."""
    found = queries.one_mine(db.session, ref, who, now=at(20))
    db.session.rollback()
    return found


def public(ref: str) -> PublicReport:
    """The report as anybody sees it."""
    found = queries.public_one(db.session, ref)
    db.session.rollback()
    return found


def near(lat: float = LAT, lon: float = LON, **about: object) -> list[NearReport]:
    """Open reports on roads there."""
    found = queries.near(db.session, lat, lon, "road", **about)  # type: ignore[arg-type]  # as given
    db.session.rollback()
    return found


def lines(found: MyReport) -> list[tuple[str, str | None, str]]:
    """The timeline: kind, status, text."""
    return [(one.kind.value, one.status, one.text) for one in found.timeline]


def test_the_timeline_is_what_residents_may_read(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who, description=MARK).ref
    do(following.join, ref, resident_id=joiner)
    by_staff(casework.note, ref, STAFFS)
    by_staff(casework.prioritise, ref, 3)
    move(ref, Status.ASKED, text="どちら側ですか。", minutes=2)
    do(following.reply, ref, THEIRS, resident_id=who, minutes=3)
    move(ref, Status.FIXED, text="直しました。", minutes=4)
    found = mine(ref, who)
    assert lines(found) == [
        ("filed", None, ""),
        ("moved", "asked", "どちら側ですか。"),
        ("replied", "checking", THEIRS),
        ("moved", "fixed", "直しました。"),
    ]
    assert found.asks_fix
    assert [one.own for one in found.timeline] == [False, False, True, False]
    assert lines(mine(ref, joiner))[2] == ("replied", "checking", "")
    assert STAFFS not in repr(found)
    assert THEIRS not in repr(mine(ref, joiner)), "another's words"


def test_who_joined_sees_no_more_than_the_public(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who, description=MARK, place_text=MARK).ref
    do(filing.add_photo, ref, photo(who, "picture"), resident_id=who)
    do(following.join, ref, resident_id=joiner)
    assert MARK in repr(mine(ref, who))
    assert [one.id for one in mine(ref, who).photos] == ["picture"]
    theirs = mine(ref, joiner)
    assert MARK not in repr(theirs)
    assert (theirs.photos, theirs.answers) == ((), ())
    assert (theirs.lat, theirs.lon) == rules.public_position(LAT, LON, checked=False)
    may_see_photo(db.session, ref, "picture", who)
    for other in (joiner, ground.resident()):
        with pytest.raises(NotFound):
            may_see_photo(db.session, ref, "picture", other)
    db.session.rollback()
    by_staff(casework.check_public, ref, text=True)
    assert mine(ref, joiner).text == MARK
    assert mine(ref, joiner).place_text == ""


def test_a_stranger_and_the_public_find_only_what_is_let_out(app: Flask) -> None:
    who = ground.resident()
    ref = file(who, description=MARK, place_text=MARK).ref
    do(filing.add_photo, ref, photo(who, "picture"), resident_id=who)
    with pytest.raises(NotFound):
        mine(ref, ground.resident())
    db.session.rollback()
    found = public(ref)
    assert MARK not in repr(found)
    assert (found.text, found.photos, found.people) == (None, (), 1)
    assert (found.lat, found.lon) == (34.34, 134.043)
    by_staff(casework.check_public, ref, text=True, place=True)
    by_staff(casework.check_photo, ref, "picture", public=True)
    found = public(ref)
    assert (found.text, found.lat, found.exact) == (MARK, 34.3401, True)
    assert [(one.id, one.version) for one in found.photos] == [("picture", 1)]
    assert "place_text" not in {one.name for one in dataclasses.fields(found)}
    by_staff(casework.check_photo, ref, "picture", public=False)
    assert public(ref).photos == ()


def test_what_is_hidden_or_withdrawn_is_nowhere(app: Flask) -> None:
    who = ground.resident()
    hidden, gone = file(who).ref, file(who).ref
    by_staff(casework.hide, hidden, STAFFS)
    do(following.withdraw, gone, resident_id=who)
    for ref in (hidden, gone):
        with pytest.raises(NotFound):
            public(ref)
    assert near() == []
    assert lines(mine(hidden, who))[-1] == ("hidden", None, STAFFS)
    by_staff(casework.show, hidden)
    assert [one.ref for one in near()] == [hidden]


def test_who_joined_a_hidden_report_reads_and_sees_nothing_of_it(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who, description=MARK).ref
    do(filing.add_photo, ref, photo(who, "picture"), resident_id=who)
    by_staff(casework.add_staff_photo, ref, photo(ground.STAFF, "theirs"))
    do(following.join, ref, resident_id=joiner)
    by_staff(casework.check_public, ref, text=True)
    for name in ("picture", "theirs"):
        by_staff(casework.check_photo, ref, name, public=True)
        assert queries.is_photo_shown(db.session, name)
        db.session.rollback()
    assert (mine(ref, joiner).text, len(mine(ref, joiner).photos)) == (MARK, 2)
    by_staff(casework.hide, ref, STAFFS)
    theirs, own = mine(ref, joiner), mine(ref, who)
    assert (theirs.text, theirs.photos) == ("", ())
    assert (own.text, len(own.photos)) == (MARK, 2)
    assert not queries.is_photo_shown(db.session, "picture")
    db.session.rollback()


def test_only_who_reported_is_asked_what_the_town_hall_asks(app: Flask) -> None:
    one, two, joiner = ground.residents(3)
    lead, member = file(one).ref, file(two, minutes=1).ref
    do(following.join, lead, resident_id=two)
    do(following.join, lead, resident_id=joiner)
    merge(member, lead)
    move(lead, Status.ASKED, text="どちら側ですか。")
    for ref, who, asked in (
        (lead, one, True), (lead, two, True), (member, two, True), (lead, joiner, False),
    ):  # fmt: skip
        found = mine(ref, who)
        assert (found.asks_reply, found.can.reply) == (asked, asked)
        assert {line.asks_reply for line in queries.mine(db.session, who)} == {asked}
        db.session.rollback()


def test_why_it_was_hidden_is_told_to_the_reporter_alone(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    do(following.join, ref, resident_id=joiner)
    by_staff(casework.hide, ref, STAFFS)
    assert STAFFS in repr(mine(ref, who))
    assert STAFFS not in repr(mine(ref, joiner))


def test_a_merged_report_shows_its_leads_steps_from_then_on(app: Flask) -> None:
    one, two = ground.residents(2)
    lead, member = file(one).ref, file(two, minutes=1).ref
    move(lead, Status.CHECKING, text="先に見ました。", minutes=2)
    merge(member, lead, minutes=3)
    move(lead, Status.ASKED, text="どちら側ですか。", minutes=4)
    do(following.reply, member, THEIRS, resident_id=two, minutes=5)
    move(lead, Status.FIXED, text="直しました。", minutes=6)
    assert lines(mine(member, two)) == [
        ("filed", None, ""),
        ("merged", "duplicate", ""),
        ("moved", "asked", "どちら側ですか。"),
        ("replied", None, THEIRS),
        ("moved", "fixed", "直しました。"),
    ]
    found = mine(member, two)
    assert (found.status, found.is_merged, found.people) == (Status.FIXED, True, 2)
    assert found.asks_fix
    assert THEIRS not in repr(mine(lead, one))
    assert public(member).lead_ref == lead
    do(following.answer_fix, member, FixAnswer.NOT_YET, "", resident_id=two, minutes=7)
    assert mine(lead, one).status is Status.REOPENED
    by_staff(casework.split, member, minutes=8)
    move(lead, Status.WORKING, text=STAFFS, minutes=9)
    assert STAFFS not in repr(mine(member, two))
    assert mine(member, two).timeline[-1].kind is EventKind.SPLIT


def test_what_a_resident_may_do_is_what_works(app: Flask) -> None:
    who = ground.resident()
    ref = file(who).ref
    can = mine(ref, who).can
    assert (can.withdraw, can.take_back_text, can.add_photo, can.leave) == (True,) * 3 + (False,)
    assert (can.reply, can.answer_fix, can.take_back_photo) == (False,) * 3
    move(ref, Status.ASKED)
    assert mine(ref, who).can.reply
    move(ref, Status.WORKING)
    assert not mine(ref, who).can.withdraw
    move(ref, Status.FIXED)
    assert mine(ref, who).can.answer_fix
    do(following.take_back_text, ref, resident_id=who)
    assert not mine(ref, who).can.take_back_text
    assert not queries.one_mine(db.session, ref, who).can.add_photo, "without the time, no promise"
    db.session.rollback()


def test_the_list_shows_own_and_joined_newest_first(app: Flask) -> None:
    who, other = ground.residents(2)
    first, theirs, second = file(who).ref, file(other).ref, file(who).ref
    do(filing.add_photo, first, photo(who, "picture"), resident_id=who)
    do(following.join, theirs, resident_id=who)
    merge(second, first)
    move(first, Status.FIXED)
    found = queries.mine(db.session, who)
    db.session.rollback()
    assert [one.ref for one in found] == [second, theirs, first]
    assert [one.status for one in found] == ["fixed", "received", "fixed"]
    assert [one.asks_fix for one in found] == [True, False, True]
    assert [one.is_reporter for one in found] == [True, False, True]
    assert [one.photo_id for one in found] == [None, None, "picture"]
    assert queries.mine(db.session, ground.resident()) == []
    db.session.rollback()


def test_near_ones_are_open_leads_of_the_kind_by_distance(app: Flask) -> None:
    who, other = ground.residents(2)
    metre = 1 / 111_195
    close = file(who, lat=LAT + 40 * metre).ref
    joined = file(other, lat=LAT + 120 * metre).ref
    do(following.join, joined, resident_id=who)
    member = file(other, lat=LAT + 20 * metre).ref
    merge(member, close)
    file(other, lat=LAT + 400 * metre)
    file(other, category="light")
    over = file(other).ref
    move(over, Status.NO_ACTION)
    by_staff(casework.check_public, close, place=True)
    by_staff(casework.check_public, joined, place=True)
    found = near(resident_id=who)
    assert [one.ref for one in found] == [close, joined]
    assert [(one.distance_m, one.joined) for one in found] == [(40, 1), (120, 1)]
    assert [(one.is_mine, one.followed) for one in found] == [(True, True), (False, True)]
    assert [one.followed for one in near()] == [False, False]
    assert len(near(limit=1)) == 1
    assert len(near(radius_m=99_999)) == 3, "a kilometre at most"


def test_a_distance_does_not_give_the_true_place_away(app: Flask) -> None:
    who = ground.resident()
    file(who, lat=34.34049, lon=134.04349)
    (one,) = near(34.34049, 134.04349, radius_m=1000)
    shown = rules.metres_between(34.34049, 134.04349, one.lat, one.lon)
    assert shown > 40
    assert math.isclose(one.distance_m, shown, abs_tol=5)


@ground.on_sqlite
def test_a_list_takes_the_same_few_queries_however_long(app: Flask) -> None:
    who = ground.resident()
    refs = [file(who).ref for _ in range(12)]
    for ref in refs[1:]:
        merge(ref, refs[0])
    statements = _counted(lambda: queries.mine(db.session, who))
    assert statements <= 6
    assert _counted(near) <= 8
    assert told(who)
    assert row(refs[0]).version == 12
    with transaction() as session:
        assert session.get(Photo, "none") is None


def _counted(read: object) -> int:
    from sqlalchemy import event  # noqa: PLC0415 - this one test listens

    seen: list[str] = []

    def hear(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        read()  # type: ignore[operator]  # any read
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
        db.session.rollback()
    return len([one for one in seen if one.startswith("SELECT")])
