"""Pages of numbers, of exports and of other systems' addresses."""

from __future__ import annotations

import csv
import io
from datetime import date
from types import SimpleNamespace
from typing import IO, Any

import pytest
from flask import Flask

from liff_app import clock
from liff_app.clock import JST
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.periods import Period
from liff_app.procedures.exports import files
from liff_app.procedures.exports.console import exports
from liff_app.procedures.figures import counting, statistics
from liff_app.procedures.figures.counting import What
from liff_app.procedures.models import Procedure, SubmissionReturn
from liff_app.procedures.vocabulary import Status
from liff_app.procedures.webhooks import service
from liff_app.staff import service as staff
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.ground import document, publish, submit

CONSOLE = "/console/procedures"
GOOD = {"name": "山田 花子", "kind": "sofa", "count": 2, "fee": 1600}


class Ground:
    """An application with some submissions, and a survey."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.keys = app, settings.keys
        now = clock.now()
        with transaction() as session:
            form = publish(session, document(), now=now)
            self.version = form.version_id
            for status in (Status.RECEIVED, Status.RETURNED, Status.COMPLETED):
                row, key = submit(session, form, GOOD, keys=self.keys, status=status, now=now)
            session.add(SubmissionReturn(
                submission_id=row.id, revision=1, items_sealed=key.seal(b"[]", "x"), at=now,
                by="staff:x",
            ))  # fmt: skip
            submit(session, form, GOOD, keys=self.keys, is_test=True, now=now)
        db.session.close()

    def survey(self) -> None:
        with transaction() as session:
            publish(session, document(form_id="survey", prefix="ア", kind="survey"), slug="enquete")
        db.session.close()

    def count(self, what: What, name: str, times: int, day: date | None = None) -> None:
        with transaction() as session:
            for _ in range(times):
                counting.record(
                    session, self.version, what, [name], day or clock.now().astimezone(JST).date()
                )
        db.session.close()

    def reviewer(self, *roles: Role) -> ConsoleVisitor:
        return colleague(self.app, *(roles or (Role.PROCEDURE_REVIEWER,)))


@pytest.fixture
def ground(app: Flask, settings: Settings) -> Ground:
    return Ground(app, settings)


def test_the_numbers_of_a_procedure(ground: Ground) -> None:
    answer = ground.reviewer().get(f"{CONSOLE}/figures/mihon")
    assert faults(answer, "figures") == []
    assert "<dt>受け付けた</dt><dd>3</dd>" in answer.text
    assert "<dt>終わっていない</dt><dd>2</dd>" in answer.text
    assert "<dt>差し戻しがあった</dt><dd>1</dd>" in answer.text
    assert "山田" not in answer.text


def test_the_same_numbers_as_csv(ground: Ground) -> None:
    text = ground.reviewer().get(f"{CONSOLE}/figures/mihon.csv").get_data().decode("utf-8-sig")
    rows = {tuple(row[:2]): row[2] for row in csv.reader(io.StringIO(text, newline=""))}
    assert rows["すべて", ""] == "3"
    assert rows["状態", "完了"] == "1"


def test_where_people_leave_is_told_in_steps_of_five(ground: Ground) -> None:
    ground.count(What.REACHED, "who", 23)
    ground.count(What.PASSED, "who", 18)
    ground.count(What.REACHED, "what", 4)
    ground.count(What.REFUSED, "name", 6)
    text = ground.reviewer().get(f"{CONSOLE}/figures/mihon").text
    assert "<td>約25</td><td>約20</td>" in text
    assert "<td>5未満</td>" in text
    assert "name：約5" in text
    for exact in ("23", "18"):
        assert f"<td>{exact}</td>" not in text


def test_two_periods_tell_of_no_single_day(ground: Ground) -> None:
    for day in (1, 14, 15, 30):
        ground.count(What.REACHED, "who", 5, date(2026, 4, day))
    desk = ground.reviewer()
    for since, until in (("04-01", "04-30"), ("04-14", "04-14"), ("04-30", "04-30")):
        text = desk.get(f"{CONSOLE}/figures/mihon?from=2026-{since}&to=2026-{until}").text
        assert "<td>約20</td>" in text
        assert "2026年4月から2026年4月までの数です。" in text
    beside = desk.get(f"{CONSOLE}/figures/mihon?from=2026-05-01&to=2026-05-31").text
    assert "約20" not in beside


def test_months_are_whole_and_the_running_one_is_as_far_as_it_has_come() -> None:
    today = date(2026, 12, 9)
    for since, until, last in (
        (date(2026, 2, 28), date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 11, 30), date(2026, 12, 1), today),
        (date(2025, 12, 31), date(2999, 12, 31), today),
    ):
        found = statistics.whole_months(Period(since, until), today)
        assert (found.since, found.until) == (since.replace(day=1), last)


def test_a_period_that_cannot_be_is_refused_with_a_sentence(ground: Ground) -> None:
    answer = ground.reviewer().get(f"{CONSOLE}/figures/mihon?from=x&to=2026-01-01")
    assert (answer.status_code, "日付を選びなおしてください。" in answer.text) == (422, True)


def test_an_export_asks_what_for_and_the_log_has_it(ground: Ground) -> None:
    desk = ground.reviewer()
    assert faults(desk.get(f"{CONSOLE}/exports/mihon"), "exports") == []
    refused = desk.post(f"{CONSOLE}/exports/mihon", data={"format": "csv"})
    assert (refused.status_code, "何に使うかをえらんでください。" in refused.text) == (422, True)
    said = {"format": "csv", "purpose": "work"}
    with desk.post(f"{CONSOLE}/exports/mihon", data=said) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.get_data().decode("utf-8-sig").count("山田 花子") == 3
    empty = desk.post(f"{CONSOLE}/exports/mihon", data=said | {"until": "2020-01-01"})
    assert (empty.status_code, "この条件に合う申請はありません。" in empty.text) == (422, True)
    for impossible in ({"since": "0001-01-01"}, {"until": "9999-12-31"}, {"since": "きのう"}):
        refused = desk.post(f"{CONSOLE}/exports/mihon", data=said | impossible)
        assert (refused.status_code, "日付を選びなおしてください。" in refused.text) == (422, True)
    for form in ("xlsx", "cp932"):
        with desk.post(f"{CONSOLE}/exports/mihon", data=said | {"format": form}) as made:
            assert made.get_data()[:2] == b"PK"


@on_sqlite
def test_an_export_that_the_log_does_not_take_leaves_no_file(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[IO[bytes]] = []

    def written(*args: Any) -> IO[bytes]:  # noqa: ANN401 - handed on
        made.append(files.written(*args))
        return made[0]

    def note(*_args: object, **_more: object) -> None:
        raise RuntimeError("full")

    monkeypatch.setattr(exports, "note", note)
    monkeypatch.setattr(exports, "files", SimpleNamespace(written=written))
    with pytest.raises(RuntimeError, match="full"):
        ground.reviewer().post(
            f"{CONSOLE}/exports/mihon", data={"format": "csv", "purpose": "work"}
        )
    assert made[0].closed


@on_sqlite
def test_who_is_narrowed_to_another_department_sees_none_of_it(ground: Ground) -> None:
    with transaction() as session:
        elsewhere = staff.add_department(session, "よその課")
    narrowed = colleague(ground.app, (Role.PROCEDURE_REVIEWER, {"department": elsewhere}))
    for path in ("figures/mihon", "figures/mihon.csv", "exports/mihon"):
        assert narrowed.get(f"{CONSOLE}/{path}").status_code == 404


class TestHooks:
    """Where other systems are told."""

    HOOKS = f"{CONSOLE}/hooks/mihon"

    @pytest.fixture
    def settings_of(self, settings_of: dict[str, str]) -> dict[str, str]:
        return settings_of | {"WEBHOOK_ORIGINS": "https://a.example.jp"}

    def test_an_address_is_added_tried_switched_and_removed(self, ground: Ground) -> None:
        desk = ground.reviewer(Role.ADMINISTRATOR)
        assert faults(desk.get(self.HOOKS), "hooks") == []
        made = desk.post(self.HOOKS, data={"url": "https://a.example.jp/x"})
        assert "この画面でしか見られません" in made.text
        [hook] = _hooks(ground)
        assert desk.post(f"{self.HOOKS}/{hook}/try").status_code == 303
        assert "送信待ち" in desk.get(self.HOOKS).text
        desk.post(f"{self.HOOKS}/{hook}/switch", data={"on": "0"})
        assert "止めています" in desk.get(self.HOOKS).text
        desk.post(f"{self.HOOKS}/{hook}/remove")
        assert _hooks(ground) == []

    def test_an_address_that_the_settings_do_not_allow_is_refused(self, ground: Ground) -> None:
        desk = ground.reviewer(Role.ADMINISTRATOR)
        answer = desk.post(self.HOOKS, data={"url": "https://evil.example/"})
        assert answer.status_code == 422
        assert "https://evil.example/" in answer.text  # what was typed is kept
        assert _hooks(ground) == []

    def test_another_procedures_hook_is_not_there(self, ground: Ground) -> None:
        ground.survey()
        desk = ground.reviewer(Role.ADMINISTRATOR)
        desk.post(self.HOOKS, data={"url": "https://a.example.jp/x"})
        [hook] = _hooks(ground)
        assert desk.post(f"{CONSOLE}/hooks/enquete/{hook}/remove").status_code == 404


def _hooks(ground: Ground) -> list[str]:
    db.session.close()
    row = db.session.query(Procedure).filter_by(slug="mihon").one()
    found = [one.id for one in service.hooks_of(db.session, row.id)]
    db.session.close()
    return found
