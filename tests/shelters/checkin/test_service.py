"""Families come in, are corrected, move and leave; the head count follows each of them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.shelters.checkin import queries, service
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.service import Care, Ending, Party
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import EventKind, NotUndoable
from liff_app.shelters.vocabulary import Opening

from . import ground
from .ground import (
    at,
    begin,
    counted,
    do,
    enter,
    live_places,
    resident,
    residents,
    say,
    staff,
    town,
    walk_in,
)

pytestmark = pytest.mark.usefixtures("app")

KEY = "k" * 20


def code_of(who: str, count: int = 4, *, minutes: float = 1) -> str:
    """The code the resident shows."""
    with transaction() as session:
        found = service.offer_code(
            session, Party(people=count, infants=1), resident_id=who, now=at(minutes)
        )
    assert found.code
    return found.code


class TestComingIn:
    """By code, by reading, by being counted."""

    def test_a_family_that_reads_the_shelters_code_is_in_and_counted(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        receipt = enter(shelter, who, 4, disaster)
        assert (receipt.stay.number, receipt.stay.party.people) == (1, 4)
        assert receipt.moved_from is None
        assert counted(shelter) == (4, 4)
        event = occupancy.history(db.session, shelter)[0]
        assert (event.kind, event.people_change, event.by) == (EventKind.CHECKIN, 4, "resident")

    def test_a_code_that_staff_take_brings_its_family_in(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        code = code_of(who)
        receipt = do(service.accept, code, shelter_id=shelter, sender=staff(disaster))
        assert receipt.stay.party == Party(people=4, infants=1)
        assert counted(shelter) == (4, 4)
        assert live_places(who) == 1

    def test_families_that_staff_count_have_no_resident(self) -> None:
        (shelter,), disaster = town(1), begin()
        assert [walk_in(shelter, n, disaster).stay.number for n in (2, 5)] == [1, 2]
        assert counted(shelter) == (7, 7)
        assert set(db.session.scalars(select(CheckIn.resident_id))) == {None}
        assert queries.residents_in(db.session, disaster) == []

    def test_the_hand_count_stays_what_staff_said_and_moves_with_the_families(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        say(shelter, people=10)
        enter(shelter, who, 4, disaster)
        assert counted(shelter) == (14, 4)
        say(shelter, people=12, minutes=2)
        do(service.leave_own, sender=resident(disaster, who))
        assert counted(shelter) == (8, 0)

    def test_a_shelter_that_is_more_than_full_still_takes_whoever_stands_there(self) -> None:
        (shelter,), disaster = town(1), begin()
        for _ in range(3):
            walk_in(shelter, 60, disaster)
        assert counted(shelter) == (180, 180)

    def test_a_closed_shelter_refuses_residents_and_not_its_staff(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        say(shelter, opening=Opening.CLOSED)
        with pytest.raises(service.ShelterClosed):
            enter(shelter, who, 2, disaster)
        walk_in(shelter, 2, disaster)
        assert counted(shelter) == (2, 2)

    @pytest.mark.parametrize(
        ("party", "wrong"),
        [
            (Party(people=0), "people"),
            (Party(people=21), "people"),
            (Party(people=2, infants=3), "infants"),
            (Party(people=2, medical=-1), "medical"),
            (Party(people=2, pets=21), "pets"),
        ],
    )
    def test_counts_that_cannot_be_are_named(self, party: Party, wrong: str) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        with pytest.raises(InputInvalid) as refused:
            do(service.enter, shelter, party, sender=resident(disaster, who))
        assert [error.field for error in refused.value.errors] == [wrong]
        assert isinstance(refused.value.errors[0], FieldError)

    def test_in_normal_times_and_in_a_disaster_without_check_in_nobody_is(self) -> None:
        (shelter,), (who,) = town(1), residents(1)
        with pytest.raises(service.CheckInOff):
            service.open_for_checkin(db.session)
        disaster = begin(checkin=False)
        with pytest.raises(service.CheckInOff):
            enter(shelter, who, 2, disaster)
        with pytest.raises(service.CheckInOff):
            walk_in(shelter, 2, disaster)
        assert counted(shelter) == (None, None)


class TestChanges:
    """Corrections, moves, leaving, and taking back."""

    def test_a_child_who_comes_later_is_added(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        enter(shelter, who, 3, disaster)
        more = Party(people=4, infants=1)
        do(service.amend_own, more, sender=resident(disaster, who), minutes=5)
        assert counted(shelter) == (4, 4)
        assert service.figures(db.session, disaster)[shelter].inside == more

    def test_needs_may_change_while_the_number_stays(self) -> None:
        (shelter,), disaster = town(1), begin()
        stay = walk_in(shelter, 3, disaster).stay
        before = ground.status(shelter).version
        party = Party(people=3, mobility=1)
        do(service.amend, stay.id, party, shelter_id=shelter, sender=staff(disaster))
        assert ground.status(shelter).version == before
        assert service.figures(db.session, disaster)[shelter].inside.cares == {Care.MOBILITY: 1}

    def test_checking_in_elsewhere_checks_out_of_the_first(self) -> None:
        (one, two, _), disaster, (who,) = town(), begin(), residents(1)
        enter(one, who, 4, disaster)
        receipt = enter(two, who, 3, disaster)
        assert receipt.moved_from == "中央小学校"
        assert (counted(one), counted(two)) == ((0, 0), (3, 3))
        assert live_places(who) == 1
        endings = set(db.session.scalars(select(CheckIn.ending)))
        assert endings == {Ending.MOVED.value, None}

    def test_checking_in_again_at_the_same_place_corrects_the_number(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        first = enter(shelter, who, 4, disaster)
        second = enter(shelter, who, 5, disaster)
        assert second.stay.id == first.stay.id
        assert counted(shelter) == (5, 5)

    def test_leaving_twice_leaves_once(self) -> None:
        (shelter,), disaster = town(1), begin()
        kept, gone = (walk_in(shelter, n, disaster).stay for n in (2, 5))
        for _ in range(2):
            do(service.leave, gone.id, shelter_id=shelter, sender=staff(disaster))
        assert counted(shelter) == (2, 2)
        with pytest.raises(service.StayOver):
            do(service.amend, gone.id, Party(people=1), shelter_id=shelter, sender=staff(disaster))
        assert [one.id for one in queries.families(db.session, shelter, disaster)] == [
            kept.id,
            gone.id,
        ]

    def test_a_check_out_can_be_undone(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        stay = enter(shelter, who, 4, disaster).stay
        do(service.leave, stay.id, shelter_id=shelter, sender=staff(disaster))
        assert counted(shelter) == (0, 0)
        do(service.call_back, stay.id, shelter_id=shelter, sender=staff(disaster))
        assert counted(shelter) == (4, 4)
        assert live_places(who) == 1

    def test_a_slip_counts_nowhere(self) -> None:
        (shelter,), disaster = town(1), begin()
        slip = walk_in(shelter, 50, disaster).stay
        walk_in(shelter, 2, disaster)
        about: dict[str, Any] = {"shelter_id": shelter, "sender": staff(disaster)}
        do(service.leave, slip.id, mistaken=True, **about)
        found = service.figures(db.session, disaster)[shelter]
        assert (found.all_families, found.everybody.people) == (1, 2)
        assert counted(shelter) == (2, 2)

    def test_a_family_that_moved_on_is_not_called_back(self) -> None:
        (one, two, _), disaster, (who,) = town(), begin(), residents(1)
        stay = enter(one, who, 4, disaster).stay
        enter(two, who, 4, disaster)
        with pytest.raises(service.MovedOn):
            do(service.call_back, stay.id, shelter_id=one, sender=staff(disaster))
        assert (counted(one), counted(two)) == ((0, 0), (4, 4))

    def test_another_shelters_family_is_nobodys(self) -> None:
        (one, two, _), disaster = town(), begin()
        stay = walk_in(one, 4, disaster).stay
        for operation, args in (
            (service.leave, (stay.id,)),
            (service.call_back, (stay.id,)),
            (service.amend, (stay.id, Party(people=9))),
        ):
            with pytest.raises(NotFound):
                do(operation, *args, shelter_id=two, sender=staff(disaster))
        assert (counted(one), counted(two)) == ((4, 4), (None, None))

    def test_what_the_check_in_counted_is_not_undone_by_the_hand(self) -> None:
        (shelter,), disaster = town(1), begin()
        walk_in(shelter, 4, disaster)
        event = occupancy.history(db.session, shelter)[0]
        with pytest.raises(NotUndoable):
            do(occupancy.undo, shelter, event.id, by=ground.STAFF)
        assert counted(shelter) == (4, 4)

    def test_one_tap_sets_the_head_count_to_the_check_in(self) -> None:
        (shelter,), disaster = town(1), begin()
        walk_in(shelter, 4, disaster)
        say(shelter, people=90, confirmed=True)
        assert counted(shelter) == (90, 4)
        done = do(service.align, shelter, sender=staff(disaster))
        assert (done.applied, counted(shelter)) == (-86, (4, 4))

    def test_whoever_is_at_a_place_that_the_list_dropped_can_still_leave(self) -> None:
        (one, two, _), disaster, (who,) = town(), begin(), residents(1)
        enter(one, who, 4, disaster)
        with transaction() as session:
            session.get_one(ground.shelter_table(), one).withdrawn_at = at(1)
        receipt = enter(two, who, 4, disaster)
        assert receipt.moved_from == "中央小学校"
        assert live_places(who) == 1
