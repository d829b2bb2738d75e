"""A disaster has a life: declared once, amended, ended once, and all of it kept."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.shelters import queries
from liff_app.shelters.disasters import service
from liff_app.shelters.disasters.drafts import MAX_AREA, MAX_NAME
from liff_app.shelters.disasters.service import Amendment, DisasterDraft
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import NOW

pytestmark = pytest.mark.usefixtures("app")


def draft(name: str = "台風第19号", *, drill: bool = False, area: str = "") -> DisasterDraft:
    hazards = (Hazard.FLOOD, Hazard.LANDSLIDE)
    return DisasterDraft(name=name, hazards=hazards, drill=drill, area=area, checkin=True)


def start(draft_: DisasterDraft | None = None) -> str:
    with transaction() as session:
        return service.start(session, draft_ or draft(), by="staff:a", now=NOW).id


def amend(minutes: int = 1, disaster_id: str | None = None, **wanted: object) -> frozenset[str]:
    with transaction() as session:
        return service.amend(
            session,
            Amendment(**wanted),  # type: ignore[arg-type]  # a test names fields it knows
            by="staff:b",
            now=NOW + timedelta(minutes=minutes),
            disaster_id=disaster_id,
        )


def stop(disaster_id: str | None = None, hours: int = 9) -> None:
    with transaction() as session:
        at = NOW + timedelta(hours=hours)
        service.stop(session, by="staff:c", now=at, disaster_id=disaster_id)


def live() -> int:
    db.session.rollback()
    return queries.versions(db.session)[1]


def test_what_was_declared_is_what_is_read() -> None:
    one = start(draft(area=" 市内全域 "))
    on = service.current(db.session)
    assert on is not None
    assert (on.id, on.name, on.area, on.checkin, on.drill) == (
        one, "台風第19号", "市内全域", True, False,
    )  # fmt: skip
    assert on.hazards == (Hazard.FLOOD, Hazard.LANDSLIDE)


def test_every_step_is_kept_with_its_author_and_what_it_changed() -> None:
    one = start()
    amend(5, hazards=(Hazard.LANDSLIDE, Hazard.FLOOD), area="川ぞい", checkin=True)
    stop()
    told = [(step.kind, step.by, dict(step.changes)) for step in service.steps(db.session, one)]
    assert told[0][:2] == ("started", "staff:a")
    assert told[0][2]["hazards"] == "flood,landslide"
    assert told[1:] == [
        ("amended", "staff:b", {"hazards": "landslide,flood", "area": "川ぞい"}),
        ("stopped", "staff:c", {}),
    ]


def test_an_amendment_without_news_changes_and_tells_nothing() -> None:
    one = start()
    before = live()
    assert amend(name="台風第19号", area="", checkin=True) == frozenset()
    assert len(service.steps(db.session, one)) == 1
    assert live() == before


def test_start_amendment_and_end_are_each_told_to_every_process() -> None:
    seen = [live()]
    start()
    seen.append(live())
    amend(area="川ぞい")
    seen.append(live())
    stop()
    seen.append(live())
    assert sorted(set(seen)) == seen


def test_the_hazards_can_be_taken_away_and_the_area_emptied() -> None:
    start(draft(area="川ぞい"))
    assert amend(hazards=(), area="") == {"hazards", "area"}
    on = service.current(db.session)
    assert on is not None
    assert (on.hazards, on.area) == ((), "")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "あ" * (MAX_NAME + 1)}, "name"),
        ({"name": "台風\n避難不要"}, "name"),
        ({"area": "あ" * (MAX_AREA + 1)}, "area"),
        ({"area": "\u202e市内"}, "area"),
    ],
)
def test_what_cannot_be_shown_to_residents_is_refused(wrong: dict[str, str], field: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        start(replace(draft("台風"), **wrong))  # type: ignore[arg-type]  # both fields are texts
    assert [error.field for error in caught.value.errors] == [field]
    start()
    with pytest.raises(InputInvalid):
        amend(**wrong)  # type: ignore[arg-type]  # same
    on = service.current(db.session)
    assert on is not None
    assert on.name == "台風第19号"


def test_an_end_asked_twice_ends_once_and_never_another() -> None:
    first = start()
    stop(first, hours=1)
    stop(first, hours=2)
    assert service.find(db.session, first).ended_at == NOW + timedelta(hours=1)
    second = start(draft("別の災害"))
    stop(first)
    on = service.current(db.session)
    assert on is not None
    assert on.id == second
    assert [step.kind for step in service.steps(db.session, first)] == ["started", "stopped"]


def test_what_is_over_or_unknown_cannot_be_amended_or_ended() -> None:
    one = start()
    stop()
    with pytest.raises(Conflict) as caught:
        amend(disaster_id=one, area="川ぞい")
    assert caught.value.shown_code == "disaster_over"
    with pytest.raises(NotFound):
        amend(area="川ぞい")
    with pytest.raises(NotFound):
        stop("nobody")
    with pytest.raises(NotFound):
        stop()
    start(draft("別の災害"))
    with pytest.raises(Conflict):
        amend(disaster_id=one, area="川ぞい")


def test_past_ones_are_listed_with_the_latest_first() -> None:
    one = start()
    stop()
    with transaction() as session:
        later = NOW + timedelta(days=1)
        two = service.start(session, draft("訓練", drill=True), by="staff:a", now=later).id
    assert [(line.id, line.drill) for line in service.every(db.session)] == [
        (two, True),
        (one, False),
    ]


def test_of_many_who_start_at_once_one_does(app: Flask) -> None:
    outcomes: list[str] = []

    def begin(number: int) -> None:
        with app.app_context():
            try:
                start(draft(f"災害{number}"))
                outcomes.append("begun")
            except Conflict as error:
                outcomes.append(error.shown_code)

    threads = [threading.Thread(target=begin, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["begun", *["disaster_open"] * 5]
    assert len(service.every(db.session)) == 1
