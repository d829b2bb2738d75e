"""Codes are good for a while and once; what is sent twice is done once; what is kept of whom."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.errors import KeyReused, NotFound
from liff_app.idempotency import KeptAnswer
from liff_app.shelters.checkin import queries, service
from liff_app.shelters.checkin.models import CheckIn, CheckInOffer, CheckInTotal
from liff_app.shelters.checkin.service import Party, Way
from liff_app.shelters.occupancy.service import DisasterOver

from . import ground
from .ground import (
    at,
    begin,
    counted,
    do,
    end,
    enter,
    resident,
    residents,
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


class TestCodes:
    """Good for ten minutes, once, in their disaster."""

    def test_a_code_is_good_once(self) -> None:
        (one, two, _), disaster, (who,) = town(), begin(), residents(1)
        code = code_of(who)
        do(service.accept, code, shelter_id=one, sender=staff(disaster))
        with pytest.raises(service.CodeUnknown):
            do(service.accept, code, shelter_id=two, sender=staff(disaster))
        assert (counted(one), counted(two)) == ((4, 4), (None, None))

    def test_a_code_is_good_for_ten_minutes(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        code = code_of(who, minutes=1)
        about: dict[str, Any] = {"shelter_id": shelter, "sender": staff(disaster)}
        with pytest.raises(service.CodeUnknown):
            do(service.accept, code, minutes=11, **about)
        do(service.accept, code, minutes=10.99, **about)
        assert counted(shelter) == (4, 4)

    def test_a_new_code_ends_the_one_before(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        first, second = code_of(who), code_of(who, 3)
        with pytest.raises(service.CodeUnknown):
            do(service.accept, first, shelter_id=shelter, sender=staff(disaster))
        do(service.accept, second, shelter_id=shelter, sender=staff(disaster))
        assert counted(shelter) == (3, 3)

    def test_a_code_of_a_disaster_that_is_over_is_no_code(self) -> None:
        (shelter,), _, (who,) = town(1), begin(), residents(1)
        code = code_of(who)
        end(minutes=2)
        new = begin(minutes=3)
        with pytest.raises(service.CodeUnknown):
            do(service.accept, code, shelter_id=shelter, sender=staff(new), minutes=4)

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "' OR 1=1", "1" * 5000])
    def test_what_is_no_code_is_refused_like_an_old_one(self, typed: str) -> None:
        (shelter,), disaster = town(1), begin()
        with pytest.raises(service.CodeUnknown):
            do(service.accept, typed, shelter_id=shelter, sender=staff(disaster))

    def test_wide_and_spaced_digits_are_read(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        code = code_of(who)
        wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
        do(service.accept, f" {wide[:3]}－{wide[3:]}", shelter_id=shelter, sender=staff(disaster))
        assert counted(shelter) == (4, 4)

    def test_two_residents_never_show_the_same_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        town(1), begin()
        one, two = residents(2)
        drawn = iter([7, 7, 7, 8, 7])
        monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))
        assert code_of(one) == "000007"
        assert code_of(two) == "000008"
        assert code_of(two, minutes=12) == "000007"  # the first one's has expired
        kept = {row.resident_id: row.code for row in db.session.scalars(select(CheckInOffer))}
        assert kept == {one: None, two: "000007"}


class TestSentTwice:
    """Done once."""

    def test_the_same_key_gives_the_first_receipt(self) -> None:
        (shelter,), disaster = town(1), begin()
        first = walk_in(shelter, 4, disaster, key=KEY)
        again = walk_in(shelter, 4, disaster, key=KEY, minutes=30)
        assert (again.repeated, again.stay.id) == (True, first.stay.id)
        assert counted(shelter) == (4, 4)

    def test_the_same_key_with_other_people_is_refused(self) -> None:
        (shelter,), disaster = town(1), begin()
        walk_in(shelter, 4, disaster, key=KEY)
        with pytest.raises(KeyReused):
            walk_in(shelter, 5, disaster, key=KEY)
        assert counted(shelter) == (4, 4)

    def test_a_code_sent_twice_with_one_key_is_taken_once(self) -> None:
        (shelter,), disaster, (who,) = town(1), begin(), residents(1)
        code = code_of(who)
        ids = {
            do(service.accept, code, shelter_id=shelter, sender=staff(disaster, KEY)).stay.id
            for _ in range(3)
        }
        assert len(ids) == 1
        assert counted(shelter) == (4, 4)

    def test_two_residents_may_draw_the_same_key(self) -> None:
        (shelter,), disaster, (one, two) = town(1), begin(), residents(2)
        enter(shelter, one, 4, disaster, key=KEY)
        enter(shelter, two, 3, disaster, key=KEY)
        assert counted(shelter) == (7, 7)

    def test_a_repeat_whose_first_answer_was_forgotten_counts_nobody(self) -> None:
        (shelter,), disaster = town(1), begin()
        walk_in(shelter, 4, disaster, key=KEY)
        with transaction() as session:
            session.query(KeptAnswer).delete()
        with pytest.raises(KeyReused):
            walk_in(shelter, 4, disaster, key=KEY, minutes=60 * 24 * 8)
        assert counted(shelter) == (4, 4)
        assert ground.inside(shelter, disaster) == 4

    def test_a_family_that_waited_in_an_offline_phone_came_when_it_came(self) -> None:
        (shelter,), disaster = town(1), begin()
        sender = staff(disaster, KEY, age_s=1800)
        party = Party(people=4)
        stay = do(service.walk_in, party, shelter_id=shelter, sender=sender, minutes=40).stay
        assert stay.in_at == at(10)

    def test_what_comes_after_the_end_of_the_disaster_is_refused(self) -> None:
        (shelter,), disaster = town(1), begin()
        stay = walk_in(shelter, 4, disaster).stay
        end()
        begin(minutes=700)
        for operation, args in ((service.walk_in, (Party(people=1),)), (service.leave, (stay.id,))):
            with pytest.raises(DisasterOver):
                do(operation, *args, shelter_id=shelter, sender=staff(disaster), minutes=701)


class TestRecords:
    """What is kept of whom, and for whom."""

    def test_messages_can_reach_who_is_in(self) -> None:
        (one, two, _), disaster, (a, b, c) = town(), begin(), residents(3)
        for shelter, who in ((one, a), (one, b), (two, c)):
            enter(shelter, who, 2, disaster)
        do(service.leave_own, sender=resident(disaster, b))
        assert service.residents_in(db.session, disaster, one) == [a]
        assert service.residents_in(db.session, disaster) == sorted([a, c])

    def test_a_resident_deletes_a_stay_that_is_over_and_the_sum_remains(self) -> None:
        (shelter,), disaster, (who, other) = town(1), begin(), residents(2)
        stay = enter(shelter, who, 4, disaster).stay
        with pytest.raises(service.StayLive), transaction() as session:
            service.forget(session, stay.id, resident_id=who)
        do(service.leave_own, sender=resident(disaster, who))
        with pytest.raises(NotFound), transaction() as session:
            service.forget(session, stay.id, resident_id=other)
        with transaction() as session:
            service.forget(session, stay.id, resident_id=who)
        assert db.session.scalars(select(CheckIn)).all() == []
        found = service.figures(db.session, disaster)[shelter]
        assert (found.all_families, found.everybody.people, found.families) == (1, 4, 0)
        assert walk_in(shelter, 1, disaster).stay.number == 2

    def test_the_ways_are_told_apart(self) -> None:
        (shelter,), disaster, (a, b) = town(1), begin(), residents(2)
        enter(shelter, a, 1, disaster)
        do(service.accept, code_of(b), shelter_id=shelter, sender=staff(disaster))
        walk_in(shelter, 1, disaster)
        ways = [one.way for one in queries.families(db.session, shelter, disaster)]
        assert ways == [Way.WALK_IN, Way.SHOWN, Way.READ]
        agreed = {row.way: row.consent for row in db.session.scalars(select(CheckIn))}
        assert agreed["walk_in"] is None
        assert agreed["read"] == agreed["shown"] is not None

    def test_thirty_days_after_the_disaster_only_sums_remain(self) -> None:
        (shelter, _, _), disaster, (who,) = town(), begin(), residents(1)
        enter(shelter, who, 4, disaster)
        slip = walk_in(shelter, 9, disaster).stay
        about: dict[str, Any] = {"shelter_id": shelter, "sender": staff(disaster)}
        do(service.leave, slip.id, mistaken=True, **about)
        end(minutes=600)
        new = begin(minutes=700)
        code_of(who, minutes=701)
        walk_in(shelter, 1, new, minutes=701)
        keep = timedelta(days=30)
        for days, gone in ((29.9, 0), (30, 2), (31, 0)):
            with transaction() as session:
                assert service.purge(session, keep=keep, now=at(600 + days * 1440)) == gone
        found = service.figures(db.session, disaster)[shelter]
        assert (found.all_families, found.everybody.people, found.families) == (1, 4, 0)
        assert len(db.session.scalars(select(CheckIn)).all()) == 1
        total = db.session.get_one(CheckInTotal, (shelter, disaster))
        assert (total.families, total.people) == (1, 4)

    def test_codes_are_forgotten_after_a_day_or_with_their_disaster(self) -> None:
        town(1), begin()
        one, two = residents(2)
        code_of(one, minutes=1)
        code_of(two, minutes=1000)
        with transaction() as session:
            assert service.purge_codes(session, now=at(1440 + 11)) == 1
        end(minutes=1500)
        with transaction() as session:
            assert service.purge_codes(session, now=at(1501)) == 1
