"""What each process knows of the shelters, and how soon it knows better."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from liff_app import create_app
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.shelters import board as boards
from liff_app.shelters import queries, service
from liff_app.shelters.board import CHECK_SECONDS, Board, Moment
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.finder import Place
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Hazard, Opening
from tests.shelters.published import NOW, publish, row

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def other_app(settings: Settings) -> Iterator[Flask]:
    """Another process's app on the same database."""
    other = create_app(settings)
    yield other
    with other.app_context():
        db.engine.dispose()


def look(app: Flask, minutes: float = 0) -> Moment:
    """The moment as a request of that app sees it."""
    with app.app_context():
        return service.board().now(db.session, NOW + timedelta(minutes=minutes))


def wait_until_unchecked() -> None:
    time.sleep(CHECK_SECONDS * 1.1)


def begin(*hazards: Hazard, drill: bool = False) -> None:
    with transaction() as session:
        draft = DisasterDraft(name="台風", hazards=hazards, drill=drill)
        disasters.start(session, draft, by="x", now=NOW)


def open_shelter(people: int | None = None) -> None:
    with transaction() as session:
        shelter = service.find_by_name(session, "中央小学校")
        draft = Change(opening=Opening.OPEN, people=people)
        occupancy.change(session, shelter.id, draft, by="x", now=NOW, policy=service.policy())


def test_another_process_sees_every_change_within_a_second(app: Flask, other_app: Flask) -> None:
    publish(row())
    first = look(other_app)
    assert [place.name for place in first.finder.places] == ["中央小学校"]
    begin(Hazard.FLOOD)
    open_shelter(people=7)
    publish(row(name="中央義務教育学校"))
    wait_until_unchecked()  # the longest anybody waits
    assert CHECK_SECONDS < 1
    seen = look(other_app)
    assert seen is not first
    assert [place.name for place in seen.finder.places] == ["中央義務教育学校"]
    assert seen.disaster is not None
    assert [live.people for live in seen.live.values()] == [7]
    assert look(app).versions == seen.versions


def test_the_database_is_not_asked_again_within_the_check_interval(
    other_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "CHECK_SECONDS", 60)  # a busy machine may take a quarter second
    publish(row())
    known = look(other_app)
    asked: list[str] = []
    with other_app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        for _ in range(50):
            assert service.board().now(db.session, NOW) is known
            assert service.board().known() is known
    assert asked == []
    monkeypatch.setattr(boards, "CHECK_SECONDS", 0)
    look(other_app)
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_only_the_overlay_is_made_anew_when_only_a_state_changed(other_app: Flask) -> None:
    publish(row())
    before = look(other_app)
    begin(Hazard.FLOOD)
    wait_until_unchecked()
    after = look(other_app)
    assert after.snapshot is before.snapshot
    assert after.status.etag != before.status.etag
    assert after.finder.places is before.finder.places


def test_a_report_turns_stale_by_time_alone(other_app: Flask) -> None:
    publish(row())
    begin(Hazard.FLOOD)
    open_shelter()
    fresh = look(other_app, minutes=1)
    assert fresh.finder.nearest(35.6, 140.3)[0].usable
    wait_until_unchecked()
    assert look(other_app, minutes=178) is fresh
    wait_until_unchecked()
    stale = look(other_app, minutes=180)
    assert stale is not fresh
    found = stale.finder.nearest(35.6, 140.3)[0]
    assert (found.stale, found.usable) == (True, False)
    assert stale.status.etag == fresh.status.etag  # the phone tells the age by itself


def test_others_are_answered_while_one_thread_rebuilds(
    other_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(row())
    before = look(other_app)
    publish(row(name="新しい名前"))
    building, go_on = threading.Event(), threading.Event()
    read = queries.places

    def slowly(session: Session) -> list[Place]:
        building.set()
        assert go_on.wait(10)
        return read(session)

    monkeypatch.setattr(queries, "places", slowly)
    wait_until_unchecked()
    built: list[Moment] = []
    thread = threading.Thread(target=lambda: built.append(look(other_app)))
    thread.start()
    assert building.wait(10)
    assert all(look(other_app) is before for _ in range(20))
    go_on.set()
    thread.join()
    assert built[0] is look(other_app)
    assert [place.name for place in built[0].finder.places] == ["新しい名前"]


def test_many_threads_that_find_nothing_yet_share_one_first_look(
    other_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(row())
    reads: list[int] = []
    read = queries.places

    def counted(session: Session) -> list[Place]:
        reads.append(1)
        return read(session)

    monkeypatch.setattr(queries, "places", counted)
    seen: list[Moment] = []
    threads = [threading.Thread(target=lambda: seen.append(look(other_app))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    assert len({id(moment) for moment in seen}) == 1


def test_the_last_known_places_are_served_while_the_database_is_away(
    other_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(row())
    known = look(other_app)

    def away(_session: Session) -> tuple[int, int]:
        raise OperationalError("SELECT 1", {}, OSError("connection refused"))

    monkeypatch.setattr(queries, "versions", away)
    wait_until_unchecked()
    assert look(other_app) is known
    with other_app.app_context(), pytest.raises(OperationalError):
        Board(known.finder._policy, code="1", name="").now(db.session, NOW)  # noqa: SLF001 - any policy
    monkeypatch.undo()
    publish(row(name="新しい名前"))
    wait_until_unchecked()
    assert [place.name for place in look(other_app).finder.places] == ["新しい名前"]


def test_further_files_are_made_once_per_change_and_named_by_their_content(
    other_app: Flask,
) -> None:
    publish(row())
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"the same"

    with other_app.app_context():
        board = service.board()
        first = board.made("csv", look(other_app), make, "text/csv")
        assert board.made("csv", look(other_app), make, "text/csv") is first
        begin(Hazard.FLOOD)
        wait_until_unchecked()
        again = board.made("csv", look(other_app), make, "text/csv")
    assert len(made) == 2
    assert again.etag == first.etag


def test_after_a_quiet_spell_nobody_is_answered_from_before_it(other_app: Flask) -> None:
    """A phone asks for both files at once: the second must not get what the first replaces."""
    publish(row())
    assert look(other_app).disaster is None
    for _ in range(3):
        begin(Hazard.FLOOD)
        time.sleep(boards.QUIET_SECONDS * 1.1)
        together = threading.Barrier(4)
        found: list[bool] = []

        def ask(gate: threading.Barrier = together, into: list[bool] = found) -> None:
            gate.wait()
            into.append(look(other_app).disaster is not None)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [True] * 4
        with transaction() as session:
            disasters.stop(session, by="x", now=NOW)
        time.sleep(boards.QUIET_SECONDS * 1.1)
        assert look(other_app).disaster is None
