"""The log's page: found by period, hand, deed and thing; paged; taken out, which is logged."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from liff_app import clock
from liff_app.audit import service
from liff_app.db import db, transaction
from liff_app.staff import sessions
from liff_app.staff.models import StaffSession
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, make_colleague, on_sqlite
from tests.house.page import Page, faults

NIGHT = datetime(2025, 11, 22, 14, 59, tzinfo=UTC)  # 23:59 in Japan
REASON = {"reason": "review", "reference": "総務第12号"}


def write(app: Flask, count: int = 1, **said: object) -> None:
    words: dict[str, object] = {
        "actor": "system", "action": "disaster.stopped", "subject": "disaster:x1", "now": NIGHT,
    }  # fmt: skip
    with transaction() as session:
        for _ in range(count):
            service.record(
                session, keys=app.config["SETTINGS"].keys, **(words | said)  # type: ignore[arg-type]  # words of the test
            )  # fmt: skip


@pytest.fixture
def boss(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.ADMINISTRATOR)


def numbers(browser: ConsoleVisitor, address: str) -> list[int]:
    """Numbers of the events on the page, as they stand."""
    answer = browser.get(address)
    assert answer.status_code == 200
    rows = [e.attrs.get("id", "") for e in Page(answer).all("tr")]
    return [int(one.removeprefix("event-")) for one in rows if one]


def test_an_empty_log_says_so(app: Flask, boss: ConsoleVisitor) -> None:
    assert "記録はまだありません。" in boss.get("/console/audit").text


def test_the_newest_stand_first_and_pages_go_both_ways(app: Flask, boss: ConsoleVisitor) -> None:
    write(app, 120)
    assert numbers(boss, "/console/audit") == list(range(120, 70, -1))
    assert numbers(boss, "/console/audit?before=71") == list(range(70, 20, -1))
    assert numbers(boss, "/console/audit?before=21") == list(range(20, 0, -1))
    assert numbers(boss, "/console/audit?after=20") == list(range(70, 20, -1))
    assert numbers(boss, "/console/audit?after=70") == list(range(120, 70, -1))
    first, middle, last = (
        boss.get(f"/console/audit{query}").text for query in ("", "?before=71", "?before=21")
    )
    assert "古いほうへ" in first
    assert "新しいほうへ" not in first
    assert "古いほうへ" in middle
    assert "新しいほうへ" in middle
    assert "古いほうへ" not in last
    assert "新しいほうへ" not in boss.get("/console/audit?after=70").text


def test_the_page_is_as_every_page_must_be(app: Flask, boss: ConsoleVisitor) -> None:
    write(app, 60, persons=3, detail={"people": 120, "drill": True, "level": None})
    answer = boss.get("/console/audit?actor=system")
    assert not faults(answer, "/console/audit")


@pytest.fixture
def mixed(app: Flask) -> Flask:
    """Six events of different hands, deeds, things and days."""
    account, _ = make_colleague(Role.VIEWER)
    write(app, actor=f"staff:{account}", subject="shelter:a1")
    write(app, actor="staff:other", action="disaster.started", subject="disaster:x1")
    write(app, actor="system", subject="disaster:x1")
    write(app, actor="command:ops_1", subject="shelter:a1", now=NIGHT + timedelta(minutes=1))
    write(app, actor="command:opsx1", subject="shelter:a2", now=NIGHT + timedelta(days=3))
    write(app, actor="key:k1", subject="list:gsi_sites:402184", now=NIGHT + timedelta(days=3))
    app.extensions["account"] = account
    return app


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=staff", [2, 1]),
        ("actor=staff:other", [2]),
        ("actor=command:ops_1", [4]),
        ("actor=command", [5, 4]),
        ("actor=comman", []),
        ("actor=%25", []),
        ("actor=system", [3]),
        ("action=disaster.started", [2]),
        ("subject=shelter:a1", [4, 1]),
        ("subject=shelter", [5, 4, 1]),
        ("subject=list:gsi_sites:402184", [6]),
        ("until=2025-11-22", [3, 2, 1]),
        ("since=2025-11-23", [6, 5, 4]),
        ("since=2025-11-23&until=2025-11-23", [4]),
        ("since=2025-11-23&actor=staff", []),
        ("actor=command&subject=shelter:a1", [4]),
    ],
)
def test_conditions_narrow_what_is_shown(
    mixed: Flask, boss: ConsoleVisitor, query: str, found: list[int]
) -> None:
    """A day is one of Japan's; a condition left out asks for nothing."""
    assert numbers(boss, f"/console/audit?{query}") == found


@on_sqlite
def test_colleagues_keys_and_kinds_are_shown_by_their_names(
    mixed: Flask, boss: ConsoleVisitor
) -> None:
    page = boss.get("/console/audit").text
    assert "職員 窓口 一郎" in page
    assert "職員 other" in page, "a colleague nobody knows any more keeps their number"
    assert "コマンド ops_1" in page
    assert "自動" in page
    assert "災害を始めた" in page


@on_sqlite
def test_an_action_without_words_shows_its_code(app: Flask, boss: ConsoleVisitor) -> None:
    write(app, action="ghost.walked", subject="ghost:1")
    page = boss.get("/console/audit").text
    assert "ghost.walked" in page
    assert "ghost 1" in page


@on_sqlite
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=yesterday", "日付を選びなおしてください。"),
        ("since=2025-11-24&until=2025-11-23", "終わりの日を、始めの日より後にしてください。"),
    ],
)
def test_a_period_that_is_none_is_told(
    mixed: Flask, boss: ConsoleVisitor, query: str, sentence: str
) -> None:
    assert sentence in boss.get(f"/console/audit?{query}").text


@on_sqlite
@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=-1",
        "before=99999999999999999999",
        "after=٣",
        "since=9999-99-99",
        "until=9999-12-31",
        "actor=" + "x" * 3000,
        "actor=%00",
        "subject=%FF%FE",
        "action=<script>",
    ],
)
def test_whatever_is_typed_gives_a_page(mixed: Flask, boss: ConsoleVisitor, query: str) -> None:
    answer = boss.get(f"/console/audit?{query}")
    assert answer.status_code in {200, 400}, "400: a character no address may have"
    assert "<script>" not in answer.text.replace("&lt;script&gt;", "")


def rows(text: bytes) -> list[list[str]]:
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_a_file_holds_what_was_found_and_its_taking_is_in_the_log(
    mixed: Flask, boss: ConsoleVisitor
) -> None:
    answer = boss.post("/console/audit/audit.csv", data=REASON | {"actor": "command"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    table = rows(answer.data)
    assert [row[0] for row in table] == ["番号", "4", "5"]
    assert table[1][1] == "2025-11-23T00:00:00+09:00"
    assert table[1][2:4] == ["command:ops_1", "コマンド ops_1"]
    assert table[1][10] == (service.seal_of(db.session, 4) or b"").hex()
    *_, last = service.events(db.session)
    assert last.action == "audit.exported"
    assert last.actor.startswith("staff:")
    assert last.detail == '{"reason":"review","reference":"総務第12号","rows":2}'
    db.session.rollback()
    assert service.verify(db.session, mixed.config["SETTINGS"].keys).broken is None


@on_sqlite
def test_a_file_holds_every_page(app: Flask, boss: ConsoleVisitor) -> None:
    write(app, 1234)
    table = rows(boss.post("/console/audit/audit.csv", data=REASON).data)
    assert [int(row[0]) for row in table[1:]] == list(range(1, 1235))


@on_sqlite
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "書き出す理由を選んでください。"),
        ({"reason": "because"}, "書き出す理由を選んでください。"),
        ({"reason": "review", "reference": "あ" * 41}, "40字までで書いてください。"),
        ({"reason": "review", "since": "2025-11-24", "until": "2025-11-23"}, "始めの日より後に"),
    ],
)
def test_without_a_reason_nothing_goes_out(
    mixed: Flask, boss: ConsoleVisitor, given: dict[str, str], sentence: str
) -> None:
    answer = boss.post("/console/audit/audit.csv", data=given)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert sentence in answer.text
    assert len(list(service.events(db.session))) == 6


@on_sqlite
def test_more_than_a_spreadsheet_takes_asks_for_a_shorter_period(
    mixed: Flask, boss: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liff_app.audit.queries.MOST_ROWS", 5)
    answer = boss.post("/console/audit/audit.csv", data=REASON)
    assert answer.status_code == 422
    assert "期間を短くしてください" in answer.text


@on_sqlite
def test_an_event_in_a_file_runs_nothing(app: Flask, boss: ConsoleVisitor) -> None:
    write(app, detail={"code": "=1+1"}, subject="list:=cmd")
    for row in rows(boss.post("/console/audit/audit.csv", data=REASON).data):
        assert not [cell for cell in row if cell[:1] in "=+-@" and cell], row


@on_sqlite
def test_who_has_not_shown_a_code_lately_takes_no_file(mixed: Flask, boss: ConsoleVisitor) -> None:
    with transaction() as session:
        mine = session.get_one(StaffSession, sessions.digest_of(boss.cookie))
        mine.confirmed_at = clock.now() - timedelta(minutes=11)
    assert boss.get("/console/audit").status_code == 200
    answer = boss.post("/console/audit/audit.csv", data=REASON)
    assert answer.status_code != 200
    assert len(list(service.events(db.session))) == 6


@on_sqlite
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_the_log(mixed: Flask, role: Role) -> None:
    browser = colleague(mixed, role)
    assert browser.get("/console/audit").status_code == 403
    assert browser.post("/console/audit/audit.csv", data=REASON).status_code == 403
