"""Pages of numbers, of a survey's results, of exports and of other systems' addresses."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.figures import counting, results
from liff_app.procedures.figures.counting import What
from liff_app.procedures.models import Procedure, SubmissionReturn
from liff_app.procedures.vocabulary import Status
from liff_app.procedures.webhooks import service
from liff_app.staff import service as staff
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.ground import choices, document, page, publish, question, submit

CONSOLE = "/console/procedures"
GOOD = {"name": "山田 花子", "kind": "sofa", "count": 2, "fee": 1600}


def survey(**settings: Any) -> Any:  # noqa: ANN401 - a document
    return document(
        page("asked", question("age", Kind.CHOOSE_ONE, choices=choices("young", "old")),
             question("likes", Kind.CHOOSE_MANY, choices=choices("river", "hill")),
             question("words", Kind.LONG_TEXT)),
        form_id="survey", kind="survey", anonymous=True, prefix="ア", **settings,
    )  # fmt: skip


class Ground:
    """An application with some submissions, and a survey."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.keys, self.surveys = app, settings.keys, 0
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

    def survey(self, answers: list[dict[str, Any]], **settings: Any) -> None:  # noqa: ANN401 - settings
        self.surveys += 1
        with transaction() as session:
            form = publish(
                session, survey(**settings), slug="enquete", number=self.surveys, now=clock.now()
            )
            for one in answers:
                submit(session, form, one, keys=self.keys, status=Status.COMPLETED,
                       now=clock.now())  # fmt: skip
        db.session.close()

    def count(self, what: What, name: str, times: int) -> None:
        with transaction() as session:
            for _ in range(times):
                counting.record(session, self.version, what, [name], clock.now().date())
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


def test_a_period_that_cannot_be_is_refused_with_a_sentence(ground: Ground) -> None:
    answer = ground.reviewer().get(f"{CONSOLE}/figures/mihon?from=x&to=2026-01-01")
    assert (answer.status_code, "日付を選びなおしてください。" in answer.text) == (422, True)


def test_staff_read_a_surveys_answers_and_the_log_has_who(ground: Ground) -> None:
    ground.survey([{"age": "old", "likes": ["river"], "words": "<b>よい町</b>"}] * 6)
    answer = ground.reviewer().get(f"{CONSOLE}/results/enquete")
    assert faults(answer, "results") == []
    assert "&lt;b&gt;よい町" in answer.text
    assert "<td>6</td><td>100.0%</td>" in answer.text
    assert ground.reviewer().get(f"{CONSOLE}/results/mihon").status_code == 404


def test_everybody_reads_steps_and_nobodys_words(ground: Ground) -> None:
    given = [{"age": "old", "likes": ["river", "hill"], "words": "ひみつ"}] * 7
    ground.survey([*given, {"age": "young", "words": "ひみつ"}], results_public=True)
    row = db.session.query(Procedure).filter_by(slug="enquete").one()
    shown = results.everybodys(db.session, row, keys=ground.keys)
    assert [(one.name, one.answered) for one in shown] == [("age", 5), ("likes", 10)]
    assert [line.count for line in shown[0].lines] == [None, 5]
    assert "ひみつ" not in repr(shown)
    ground.survey([])
    row = db.session.query(Procedure).filter_by(slug="enquete").one()
    assert results.everybodys(db.session, row, keys=ground.keys) == []


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
    for form in ("xlsx", "cp932"):
        with desk.post(f"{CONSOLE}/exports/mihon", data=said | {"format": form}) as made:
            assert made.get_data()[:2] == b"PK"


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
        ground.survey([])
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
