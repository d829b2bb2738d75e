"""What staff read and hand on of a disaster: figures, tables, and states under the EEI's names."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.lists.exports import EEI_COLUMNS
from liff_app.shelters.models import Shelter
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, Need
from liff_app.shelters.vocabulary import Hazard, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.shelters.published import people, publish, row

HOME = "/console/disasters"


@pytest.fixture
def staff(app: Flask) -> ConsoleVisitor:
    """A viewer, in a town with three places, one of which is not to be published."""
    publish(
        row("E12345123451AA", name="中央小学校", capacity=people(100)),
        row("A2", name="=HYPERLINK(1)", lat=35.7),
        row("A3", name="秘密の家", lat=35.8, publish=False),
    )
    return colleague(app, Role.VIEWER)


def begin(*, drill: bool = False, hours_ago: int = 3) -> str:
    at = clock.now() - timedelta(hours=hours_ago)
    draft = DisasterDraft(name="台風第19号", hazards=(Hazard.FLOOD,), drill=drill)
    with transaction() as session:
        return service.start(session, draft, by="command:test", now=at).id


def say(name: str, minutes_ago: int, **said: object) -> int:
    with transaction() as session:
        shelter_id = session.scalars(select(Shelter.id).where(Shelter.name == name)).one()
        done = occupancy.change(
            session, shelter_id, Change(**said),  # type: ignore[arg-type]  # a test names fields it knows
            by="pass:a", now=clock.now() - timedelta(minutes=minutes_ago), policy=shelters.policy(),
        )  # fmt: skip
        return done.event_id


def rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")  # or Excel takes it for Shift_JIS
    assert answer.data.count(b"\n") == answer.data.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def file_name(answer: TestResponse) -> str:
    return unquote(answer.headers["Content-Disposition"])


def a_night(*, drill: bool = False) -> str:
    one = begin(drill=drill)
    say("中央小学校", 170, opening=Opening.OPEN, people=12)
    slip = say("中央小学校", 160, people=1200, confirmed=True)
    with transaction() as session:
        shelter_id = session.scalars(select(Shelter.id).where(Shelter.name == "中央小学校")).one()
        occupancy.undo(
            session, shelter_id, slip, by="pass:a", now=clock.now() - timedelta(minutes=159),
            policy=shelters.policy(),
        )  # fmt: skip
    say("中央小学校", 100, people_change=70, needs_added=frozenset({Need.WATER, Need.BLANKETS}))
    say("中央小学校", 60, opening=Opening.CLOSED, people=0)
    say("中央小学校", 30, opening=Opening.OPEN, people=85)
    say("秘密の家", 30, opening=Opening.OPEN, people=3)
    return one


def test_the_eei_file_has_its_names_and_what_was_last_known(staff: ConsoleVisitor) -> None:
    one = a_night()
    answer = staff.get(f"{HOME}/{one}/eei.csv")
    table = rows(answer)
    assert tuple(table[0]) == EEI_COLUMNS
    by_name = {line["施設名"]: line for line in table}
    assert set(by_name) == {"中央小学校", "'=HYPERLINK(1)"}  # nothing that Excel would run
    school = by_name["中央小学校"]
    assert school["全国共通避難所・避難場所ID"] == "E12345123451AA"
    assert (school["開設状況"], school["避難者数（総数）"]) == ("開設", "85")
    assert (school["定員状況"], school["開設理由"]) == ("混雑", "台風第19号")
    assert school["必要な支援"] == "水、毛布"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", school["開設日時"])
    assert school["閉鎖日時"] == ""  # opened again since
    silent = by_name["'=HYPERLINK(1)"]
    assert (silent["開設状況"], silent["避難者数（総数）"], silent["開設理由"]) == ("不明", "", "")
    assert "訓練" not in file_name(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_disaster_that_is_over_can_still_be_handed_on(staff: ConsoleVisitor) -> None:
    one = a_night()
    with transaction() as session:
        service.stop(session, by="command:test", now=clock.now())
    before = rows(staff.get(f"{HOME}/{one}/eei.csv"))
    begin(hours_ago=0)
    say("中央小学校", 0, opening=Opening.OPEN, people=1)
    db.session.rollback()
    assert rows(staff.get(f"{HOME}/{one}/eei.csv")) == before


@pytest.mark.parametrize("form", ["eei", "places", "counts"])
def test_a_drill_says_so_in_the_files_name_and_in_every_row(
    staff: ConsoleVisitor, form: str
) -> None:
    one = a_night(drill=True)
    answer = staff.get(f"{HOME}/{one}/{form}.csv")
    assert "訓練_" in file_name(answer)
    table = rows(answer)
    assert table
    assert next(iter(table[0])) == "訓練"
    assert {line["訓練"] for line in table} == {"訓練"}


def test_every_export_is_in_the_log(staff: ConsoleVisitor) -> None:
    one = a_night()
    for form in ("eei", "places", "counts"):
        staff.get(f"{HOME}/{one}/{form}.csv")
    db.session.rollback()
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "disaster.exported").order_by("number")
    ).all()
    assert [event.detail for event in events] == [
        f'{{"format":"{form}"}}' for form in ("eei", "places", "counts")
    ]
    assert {event.subject for event in events} == {f"disaster:{one}"}


def test_the_page_tells_peaks_silences_and_needs_without_the_slip(staff: ConsoleVisitor) -> None:
    page = staff.get(f"{HOME}/{a_night()}").text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "避難者の最大 88 人" in words
    assert "1,200" not in words
    assert "同時に開設した最大 2 か所" in words
    assert "足りなかったもの" in words
    assert "水 1か所" in words
    assert re.search(r"中央小学校 .*? 85人 .*? 4 59分", words)
    assert "始めた コマンド" in words.replace("　", " ").replace("  ", " ")


def test_the_tables_say_what_the_page_says(staff: ConsoleVisitor) -> None:
    one = a_night()
    places = {line["施設名"]: line for line in rows(staff.get(f"{HOME}/{one}/places.csv"))}
    assert places["中央小学校"]["最多人数"] == "85"
    assert places["中央小学校"]["報告の数"] == "4"
    counts = rows(staff.get(f"{HOME}/{one}/counts.csv"))
    assert [line["避難者数"] for line in counts] == ["12", "12", "12", "82", "0", "85", "88"]
    assert [line["不足_water"] for line in counts] == ["0", "0", "0", "1", "0", "1", "1"]


def test_a_page_without_any_report_says_so(staff: ConsoleVisitor) -> None:
    page = staff.get(f"{HOME}/{begin()}").text
    assert "避難所からの報告は、まだありません。" in page
    assert "chart-people" not in page


def test_the_page_costs_a_few_queries_however_many_places_reported(staff: ConsoleVisitor) -> None:
    publish(*(row(f"A{n}", name=f"避難所{n}", lat=35 + n / 1000) for n in range(60)))
    one = begin()
    for n in range(60):
        say(f"避難所{n}", 60, opening=Opening.OPEN, people=n)
    page = staff.get(f"{HOME}/{one}").text
    assert page.count("避難所5") >= 10
    assert "同時に開設した最大" in page
