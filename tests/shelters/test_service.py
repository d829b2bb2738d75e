"""Disasters begin and end one at a time; states of places are recorded with their history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from liff_app import create_app
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.shelters import queries, service
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.models import Disaster, Shelter, ShelterStatus, ShelterStatusEvent
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import MAX_NOTE, MAX_PEOPLE, Change
from liff_app.shelters.vocabulary import Hazard, Level, Opening
from tests.shelters.published import NOW, publish, row

pytestmark = pytest.mark.usefixtures("app")


def start(name: str = "台風第19号", *hazards: Hazard, drill: bool = False) -> str:
    with transaction() as session:
        asked = hazards or (Hazard.FLOOD, Hazard.LANDSLIDE)
        draft = DisasterDraft(name=name, hazards=asked, drill=drill)
        return disasters.start(session, draft, by="x", now=NOW).id


def stop() -> None:
    with transaction() as session:
        disasters.stop(session, by="y", now=NOW + timedelta(hours=9))


def record(name: str = "中央小学校", minutes: int = 0, by: str = "x", **said: object) -> int:
    with transaction() as session:
        shelter = service.find_by_name(session, name)
        change = Change(confirmed=True, **said)  # type: ignore[arg-type]  # a test names fields it knows
        now, policy = NOW + timedelta(minutes=minutes), service.policy()
        done = occupancy.change(session, shelter.id, change, by=by, now=now, policy=policy)
        return done.status.version


def status() -> ShelterStatus:
    return db.session.scalars(select(ShelterStatus)).one()


def test_a_disaster_begins_and_ends() -> None:
    start()
    on = queries.open_disaster(db.session)
    assert on is not None
    assert (on.name, on.hazards) == ("台風第19号", (Hazard.FLOOD, Hazard.LANDSLIDE))
    stop()
    assert queries.open_disaster(db.session) is None
    kept = db.session.scalars(select(Disaster)).one()
    assert (kept.started_by, kept.ended_by) == ("x", "y")


def test_a_hazard_named_twice_counts_once_and_the_first_stays_first() -> None:
    start("地震", Hazard.TSUNAMI, Hazard.EARTHQUAKE, Hazard.TSUNAMI)
    on = queries.open_disaster(db.session)
    assert on is not None
    assert on.hazards == (Hazard.TSUNAMI, Hazard.EARTHQUAKE)


def test_only_one_disaster_is_open_at_a_time() -> None:
    start()
    with pytest.raises(Conflict):
        start("もう一つ")
    stop()
    start("次の災害")
    assert db.session.scalar(select(func.count()).select_from(Disaster)) == 2


@pytest.mark.parametrize("name", ["", "　 ", "長" * 81])
def test_a_disaster_needs_a_name_of_a_length_a_banner_holds(name: str) -> None:
    with pytest.raises(InputInvalid):
        start(name)
    assert queries.versions(db.session) == (0, 0)


def test_what_has_not_begun_cannot_end() -> None:
    with pytest.raises(NotFound):
        stop()


def test_a_state_is_recorded_with_version_author_and_history() -> None:
    publish(row())
    start()
    assert record(opening=Opening.OPEN, people=12, by="field") == 1
    assert record(people=31, note=" 毛布が足りません ", minutes=5, by="office") == 2
    now = status()
    assert (now.opening, now.people, now.note) == ("open", 31, "毛布が足りません")
    assert (now.updated_by, now.updated_at) == ("office", NOW + timedelta(minutes=5))
    events = db.session.scalars(select(ShelterStatusEvent).order_by(ShelterStatusEvent.id)).all()
    assert [(e.version, e.people, e.by) for e in events] == [(1, 12, "field"), (2, 31, "office")]


def test_saying_that_nothing_changed_moves_only_the_time() -> None:
    publish(row())
    start()
    record(opening=Opening.OPEN, people=12, level=Level.SOME)
    record(minutes=60)
    now = status()
    assert (now.opening, now.people, now.level) == ("open", 12, "some")
    assert (now.version, now.updated_at) == (2, NOW + timedelta(hours=1))


def test_a_level_set_by_hand_can_be_taken_back() -> None:
    publish(row())
    start()
    record(level=Level.FULL)
    record(level_cleared=True)
    assert status().level is None


@pytest.mark.parametrize("people", [-1, MAX_PEOPLE + 1])
def test_a_head_count_that_cannot_be_is_refused(people: int) -> None:
    publish(row())
    start()
    with pytest.raises(InputInvalid) as refused:
        record(people=people)
    assert [one.field for one in refused.value.errors] == ["people"]
    assert record(people=MAX_PEOPLE) == 1


def test_a_note_has_a_length_and_every_fault_is_named_at_once() -> None:
    publish(row())
    start()
    with pytest.raises(InputInvalid) as refused:
        record(people=-1, note="長" * (MAX_NOTE + 1))
    assert [one.field for one in refused.value.errors] == ["people", "note"]
    record(note="長" * MAX_NOTE)


def test_states_belong_to_a_disaster_and_a_place_there_is() -> None:
    publish(row("A1"), row("A2", name="川端小学校"))
    with pytest.raises(NotFound):
        record()
    start()
    with transaction() as session, pytest.raises(NotFound):
        occupancy.change(session, "nowhere", Change(), by="x", now=NOW, policy=service.policy())
    gone = service.find_by_name(db.session, "川端小学校").id
    publish(row("A1"))
    with transaction() as session, pytest.raises(NotFound):
        occupancy.change(session, gone, Change(), by="x", now=NOW, policy=service.policy())


def test_a_new_disaster_begins_without_the_states_of_the_last() -> None:
    publish(row())
    start()
    record(opening=Opening.OPEN, people=12)
    stop()
    start("地震", Hazard.EARTHQUAKE)
    on = queries.open_disaster(db.session)
    assert queries.live(db.session, on) == {}
    assert record(opening=Opening.OPEN) == 1


def test_a_name_finds_one_place_or_says_why_not() -> None:
    publish(row("A1"), row("A2", name="公園"), row("A3", name="公園", lat=35.7))
    found = service.find_by_name(db.session, "中央小学校")
    assert service.find_by_name(db.session, found.id).id == found.id
    with pytest.raises(Conflict):
        service.find_by_name(db.session, "公園")
    with pytest.raises(NotFound):
        service.find_by_name(db.session, "ない公園")


def in_parallel(settings: Settings, work: Callable[[int], None], count: int) -> list[BaseException]:
    """Do the work in so many threads, each with an app of its own, all beginning together."""
    faults: list[BaseException] = []
    gate = threading.Barrier(count)

    def one(app: Flask, number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                work(number)
            except Exception as fault:  # noqa: BLE001 - counted below
                faults.append(fault)
            finally:
                db.session.close()
                db.engine.dispose()

    threads = [
        threading.Thread(target=one, args=(create_app(settings), number)) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_of_two_disasters_begun_at_once_exactly_one_wins(settings: Settings) -> None:
    def begin(number: int) -> None:
        start(f"災害{number}")

    faults = in_parallel(settings, begin, 4)
    assert [type(fault) for fault in faults] == [Conflict] * 3
    assert db.session.scalar(select(func.count()).select_from(Disaster)) == 1
    assert queries.versions(db.session) == (0, 1)


def test_reports_on_one_place_at_once_are_all_kept_in_one_order(settings: Settings) -> None:
    publish(row())
    start()
    db.session.close()

    def report(number: int) -> None:
        for step in range(5):
            record(people=number * 10 + step)

    assert in_parallel(settings, report, 4) == []
    versions = db.session.scalars(select(ShelterStatusEvent.version)).all()
    assert sorted(versions) == list(range(1, 21))
    assert status().version == 20
    last = db.session.scalars(
        select(ShelterStatusEvent.people).order_by(ShelterStatusEvent.version.desc())
    ).first()
    assert status().people == last
    assert queries.versions(db.session)[1] == 21


def test_two_publications_of_one_list_at_once_leave_one_whole_edition(settings: Settings) -> None:
    def bring(number: int) -> None:
        publish(*(row(f"N{n}", name=f"{number}の{n}") for n in range(20)))

    assert in_parallel(settings, bring, 3) == []
    names = {one.name.partition("の")[0] for one in queries.places(db.session)}
    assert len(names) == 1
    assert db.session.scalar(select(func.count()).select_from(Shelter)) == 20
    assert queries.versions(db.session)[0] == 3
