"""A survey's results: everybody sees steps that no single answer moves, staff what was answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from liff_app import clock, keys
from liff_app.audit.models import AuditEvent
from liff_app.config import Settings
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.procedures import dossiers
from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.figures import recounting, results, snapshots
from liff_app.procedures.figures.snapshots import Audience, Snapshot
from liff_app.procedures.figures.survey import Line, QuestionResult
from liff_app.procedures.models import Procedure, ProcedureVersion, Submission, SurveyCount
from liff_app.procedures.vocabulary import Status, VersionState
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.ground import choices, document, page, publish, question, submit

LIFF = "/liff/procedures/enquete/results"
CONSOLE = "/console/procedures/results"
OLD = {"age": "old", "likes": ["river", "hill"], "words": "ひみつ", "people": 4}
YOUNG = {"age": "young", "words": "ないしょ", "people": 12_345}
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # morning in Japan


def survey(**settings: Any) -> Document:  # noqa: ANN401 - any setting
    return document(
        page("asked", question("age", Kind.CHOOSE_ONE, choices=choices("young", "old")),
             question("likes", Kind.CHOOSE_MANY, choices=choices("river", "hill")),
             question("people", Kind.INTEGER),
             question("words", Kind.LONG_TEXT)),
        form_id="survey", kind="survey", anonymous=True, once_a_person=True, prefix="ア",
        **({"results_public": True} | settings),
    )  # fmt: skip


class Ground:
    """A survey whose results everybody may see."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.keys, self.versions = app, settings.keys, 0
        self.publish(survey())

    def publish(self, wanted: Document) -> None:
        self.versions += 1
        with transaction() as session:
            self.form = publish(session, wanted, slug="enquete", number=self.versions, now=NOW)
        db.session.close()

    def answer(self, *answers: dict[str, Any]) -> None:
        with transaction() as session:
            for one in answers:
                submit(session, self.form, one, keys=self.keys, status=Status.COMPLETED, now=NOW)
        db.session.close()

    def work(self, now: datetime = NOW) -> int:
        done = recounting.count_due(keys=self.keys, now=now)
        db.session.close()
        return done

    def shown(self) -> dict[str, list[int | None]]:
        found = results.everybodys(db.session, "enquete", keys=self.keys, now=clock.now())
        db.session.close()
        return {one.name: [line.count for line in one.lines] for one in found.results}

    def change(
        self, table: type[Procedure | ProcedureVersion | Submission], **values: object
    ) -> None:
        with transaction() as session:
            session.execute(update(table).values(values))
        db.session.close()


@pytest.fixture
def ground(app: Flask, settings: Settings) -> Ground:
    return Ground(app, settings)


def test_one_more_answer_moves_nothing_that_everybody_sees(ground: Ground) -> None:
    ground.answer(*[OLD] * 6, *[YOUNG] * 9)
    assert ground.work() == 1
    assert ground.shown()["age"] == [10, 5]
    for more in range(1, 5):  # the answers that would show a neighbour's, and the neighbour's
        ground.answer(OLD)
        ground.work(NOW + more * DAY)
        assert ground.shown()["age"] == [10, 5]
    ground.answer(OLD)
    ground.work(NOW + timedelta(hours=14))  # 23:30 in Japan, the same day
    assert ground.shown()["age"] == [10, 5]
    ground.work(NOW + timedelta(hours=15))
    assert ground.shown()["age"] == [10, 10]


def test_before_one_step_of_answers_there_is_nothing_to_see(
    ground: Ground, resident: FlaskClient
) -> None:
    ground.answer(*[OLD] * 4)
    ground.work()
    assert "まだ、出せる結果がありません。" in resident.get(LIFF).text
    ground.answer(OLD)
    ground.work()
    answer = resident.get(LIFF)
    assert faults(answer, LIFF) == []
    assert "およそ5" in answer.text
    assert "令和8年11月23日（月）に数えた数です。" in answer.text


def test_the_form_says_how_large_a_step_is(ground: Ground) -> None:
    ground.publish(survey(suppress_under=8))
    ground.answer(*[OLD] * 7)
    ground.work()
    assert ground.shown() == {}
    ground.answer(OLD)
    ground.work()
    assert ground.shown()["age"] == [None, 8]
    ground.publish(survey(suppress_under=1))
    ground.answer(*[OLD] * 2)
    ground.work(NOW + DAY)
    assert ground.shown()["age"] == [None, 8]
    ground.answer(OLD)
    ground.work(NOW + DAY)
    assert ground.shown()["age"] == [None, 12]


def test_a_look_at_the_results_opens_no_answer(ground: Ground, resident: FlaskClient) -> None:
    ground.answer(*[OLD] * 5)
    ground.work()
    with transaction() as session:
        for dossier_id in session.scalars(select(Submission.dossier_id)).all():
            dossiers.destroy(session, dossier_id)
    db.session.close()
    assert "およそ5" in resident.get(LIFF).text


def test_everybody_sees_no_words_no_numbers_and_no_choice_of_before_that_few_made(
    ground: Ground,
) -> None:
    gone = {"age": "middle", "likes": ["lake"]}
    ground.answer(*[OLD] * 7, YOUNG, gone, *[{"likes": ["sea"]}] * 5)
    ground.work()
    found = results.everybodys(db.session, "enquete", keys=ground.keys, now=NOW)
    assert [(one.name, one.answered) for one in found.results] == [("age", 5), ("likes", 15)]
    assert [line.count for line in found.results[0].lines] == [None, 5]
    assert [line.label for line in found.results[1].lines] == ["riverです", "hillです", "sea"]
    for hidden in ("ひみつ", "ないしょ", "12,345", "middle", "lake"):
        assert hidden not in repr(found)


@pytest.mark.parametrize("ended", ["closed", "over", "retired"])
def test_at_its_end_a_survey_is_counted_once_more_and_stays_to_be_seen(
    ended: str, ground: Ground, resident: FlaskClient
) -> None:
    ground.answer(*[OLD] * 5)
    ground.work()
    ground.answer(*[OLD] * 5)
    assert ground.work() == 0
    if ended == "closed":
        ground.change(Procedure, is_closed=True)
    elif ended == "over":
        ground.change(ProcedureVersion, open_until=NOW - timedelta(minutes=1))
    else:
        ground.change(ProcedureVersion, state="retired")
    assert ground.work() == 1
    assert ground.shown()["age"] == [None, 10]
    ground.answer(OLD)  # a last one alone would be told by a last count
    ground.work(NOW + DAY)
    assert ground.shown()["age"] == [None, 10]
    assert "およそ10" in resident.get(LIFF).text


def test_results_are_for_everybody_only_where_the_form_says_so_now(
    ground: Ground, resident: FlaskClient
) -> None:
    ground.answer(*[OLD] * 5)
    ground.work()
    assert resident.get(LIFF).status_code == 200
    ground.publish(survey(results_public=False))
    ground.answer(*[OLD] * 5)
    ground.work(NOW + DAY)
    assert resident.get(LIFF).status_code == 404
    assert resident.get("/liff/procedures/nothing/results").status_code == 404
    assert [one.audience for one in counts()] == ["everybody", "staff"]
    assert {one.people for one in counts()} == {5, 10}


def counts() -> list[SurveyCount]:
    return list(db.session.scalars(select(SurveyCount).order_by(SurveyCount.audience)))


def test_the_worker_counts_what_is_new_and_nothing_twice(ground: Ground) -> None:
    with transaction() as session:
        publish(session, document(), slug="mihon", now=NOW)
        publish(session, survey(), slug="drafted", state=VersionState.DRAFT, now=NOW)
    assert ground.work() == 0
    ground.answer(OLD)
    assert (ground.work(), ground.work()) == (1, 0)
    assert ground.work(NOW + DAY) == 0
    assert [(one.audience, one.people) for one in counts()] == [("staff", 1)]


def last(people: int, at: datetime = NOW) -> Snapshot:
    return Snapshot(people=people, counted_at=at, results=[])


@pytest.mark.parametrize(
    ("before", "people", "is_over", "due"),
    [
        (None, 4, False, False),
        (None, 5, False, True),
        (last(5), 10, False, False),
        (last(5, NOW - DAY), 10, False, True),
        (last(5, NOW - DAY), 9, False, False),
        (last(5), 10, True, True),
        (last(5), 9, True, False),
        (None, 4, True, False),
    ],
)
def test_when_a_count_is_due(
    before: Snapshot | None, people: int, *, is_over: bool, due: bool
) -> None:
    assert recounting.is_due(before, people, least=5, now=NOW, is_over=is_over) is due


def test_staff_read_what_was_answered_and_the_log_has_who(ground: Ground) -> None:
    ground.answer(*[OLD | {"words": "<b>よい町</b>"}] * 6)
    ground.work()
    ground.answer(OLD | {"words": "あとから"})
    desk = colleague(ground.app, Role.PROCEDURE_REVIEWER)
    answer = desk.get(f"{CONSOLE}/enquete")
    assert faults(answer, "results") == []
    assert "いままでに7人が答えました。" in answer.text
    assert "11月23日（月）9:30 に6人分を数えたものです。" in answer.text
    assert "<td>6</td><td>100.0%</td>" in answer.text
    assert "&lt;b&gt;よい町" in answer.text
    assert answer.text.index("あとから") < answer.text.index("よい町"), "the newest first"
    assert desk.post(f"{CONSOLE}/enquete").status_code == 303
    answer = desk.get(f"{CONSOLE}/enquete")
    assert "に7人分を数えたものです。" in answer.text
    assert "<td>7</td><td>100.0%</td>" in answer.text
    assert {one.people for one in counts()} == {6, 7}, "what everybody sees stands still"
    actions = set(db.session.scalars(select(AuditEvent.action)))
    assert {"procedure.results_viewed", "procedure.results_counted"} <= actions


@on_sqlite
def test_words_are_those_of_the_newest_answers_alone(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_READ", 2)
    ground.answer(*[OLD | {"words": f"{at}番目"} for at in range(4)])
    row = db.session.query(Procedure).filter_by(slug="enquete").one()
    found = results.staffs(db.session, row, keys=ground.keys, now=NOW)
    assert (found.answered, found.people, found.counted_at) == (4, 0, None)
    assert [(one.label, one.texts) for one in found.words] == [("words", ["3番目", "2番目"])]


def test_a_survey_that_nobody_published_has_nothing_to_read(ground: Ground) -> None:
    with transaction() as session:
        publish(session, survey(), slug="drafted", state=VersionState.DRAFT)
        session.execute(
            update(ProcedureVersion)
            .where(ProcedureVersion.state == "draft")
            .values(published_at=None)
        )
        publish(session, document(), slug="mihon")
    desk = colleague(ground.app, Role.PROCEDURE_REVIEWER)
    assert "まだ答えがありません。" in desk.get(f"{CONSOLE}/drafted").text
    assert desk.post(f"{CONSOLE}/drafted").status_code == 404
    assert desk.get(f"{CONSOLE}/mihon").status_code == 404
    assert desk.post(f"{CONSOLE}/mihon").status_code == 404


def test_counts_are_sealed_and_go_with_the_ring(ground: Ground) -> None:
    old, new = f"old:{'a' * 42}E", f"new:{'b' * 42}E"
    lines = (Line(label="ひみつ", count=5), Line(label="なし", count=None))
    one = QuestionResult(name="age", label="何歳か", several=False, answered=5, lines=lines)
    made = Snapshot(people=5, counted_at=NOW, results=[one])
    asked = ground.form.procedure_id, Audience.STAFF
    with transaction() as session:
        snapshots.keep(session, *asked, made, keys=KeyRing.parse(old))
    assert "ひみつ".encode() not in counts()[0].results_sealed
    for count in (1, 0):
        with transaction() as session:
            told = keys.rotate(session, KeyRing.parse(f"{new},{old}"))
        assert told["procedure_survey_counts"] == count
    assert snapshots.kept(db.session, *asked, keys=KeyRing.parse(new)) == made


def test_once_answers_are_gone_the_last_count_stays(ground: Ground) -> None:
    ground.answer(*[OLD] * 5)
    ground.work()
    before = ground.shown()
    ground.change(Submission, emptied_at=NOW)
    ground.answer(*[YOUNG] * 10)
    assert ground.work(NOW + DAY) == 0
    assert ground.shown() == before
    reader = colleague(ground.app, Role.PROCEDURE_REVIEWER)
    refused = reader.post(f"{CONSOLE}/enquete")
    assert refused.status_code == 409
    assert "数え直せません" in refused.text
