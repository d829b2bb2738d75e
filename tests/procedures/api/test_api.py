"""The API: forms for everybody, submissions for who sent them, pages for systems with a key."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from pypdf import PdfWriter
from sqlalchemy import select, update

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.models import Procedure, ProcedureDraft, Submission
from liff_app.staff import api_keys
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.vocabulary import KeyScope
from tests.conftest import HANAKO, TARO, Tokens, Visitor
from tests.procedures.ground import document, page, publish, question, small_pages

API = "/api/v1/procedures"
ODD = "𠮷野\u3000神\ufa19葛\U000e0100é한"
GOOD = {"name": ODD, "kind": "sofa", "count": 2}


def pdf() -> bytes:
    """A document of one empty page."""
    made, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(90, 90)
    writer.write(made)
    return made.getvalue()


def put(wanted: Document, **more: Any) -> None:  # noqa: ANN401 - of `publish`
    with transaction() as session:
        publish(session, wanted, now=clock.now(), **more)
    db.session.close()


def bearer(tokens: Tokens, sub: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.make(sub)}"}


class Caller:
    """A program that acts for a resident with a LINE ID token."""

    def __init__(self, app: Flask, tokens: Tokens, sub: str) -> None:
        self.client, self.tokens, self.sub = Visitor(app), tokens, sub

    def send(self, path: str, *, key: str | None = None, **more: Any) -> Any:  # noqa: ANN401 - the answer
        headers = bearer(self.tokens, self.sub) | ({"Idempotency-Key": key} if key else {})
        return self.client.post(path, headers=headers, **more)

    def get(self, path: str) -> Any:  # noqa: ANN401 - the answer
        return self.client.get(path, headers=bearer(self.tokens, self.sub))


@pytest.fixture
def hanako(app: Flask, tokens: Tokens) -> Caller:
    return Caller(app, tokens, HANAKO)


@pytest.fixture
def taro(app: Flask, tokens: Tokens) -> Caller:
    return Caller(app, tokens, TARO)


def body(client: FlaskClient, answers: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    whole = client.get(f"{API}/mihon").get_json()
    return {
        "version": whole["version"], "consent": whole["consent"]["sha256"], "answers": answers,
    } | more  # fmt: skip


def test_everybody_reads_which_forms_are_open_and_what_they_ask(client: FlaskClient) -> None:
    put(document(minutes=5))
    [line] = client.get(API).get_json()["procedures"]
    assert (line["slug"], line["version"], line["minutes"]) == ("mihon", 1, 5)
    assert line["url"] == "http://localhost/liff/procedures/mihon"
    answer = client.get(f"{API}/mihon")
    assert [one["name"] for one in answer.get_json()["document"]["pages"]] == ["who", "what"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    missing = client.get(f"{API}/nothing")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")


def test_the_schema_describes_what_may_be_sent(client: FlaskClient, hanako: Caller) -> None:
    put(document())
    answer = client.get(f"{API}/mihon/schema")
    assert answer.content_type == "application/schema+json"
    schema = answer.get_json()
    Draft202012Validator.check_schema(schema)
    hanako.send(f"{API}/mihon/submissions", json=body(client, GOOD), key="k" * 20)
    with transaction() as session:
        number = session.scalars(select(Submission.number)).one()
    answers = hanako.get(f"/api/v1/submissions/{number}").get_json()["answers"]
    Draft202012Validator(schema).validate(answers)


def test_answers_become_one_submission_however_often_they_are_sent(
    client: FlaskClient, hanako: Caller
) -> None:
    put(document())
    said = body(client, GOOD)
    first = hanako.send(f"{API}/mihon/submissions", json=said, key="k" * 20)
    again = hanako.send(f"{API}/mihon/submissions", json=said, key="k" * 20)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["fee_yen"] == 1600
    other = hanako.send(f"{API}/mihon/submissions", key="k" * 20,
                        json=said | {"answers": GOOD | {"count": 3}})  # fmt: skip
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    with transaction() as session:
        assert len(session.scalars(select(Submission.id)).all()) == 1


def test_what_comes_back_is_what_was_typed_code_point_by_code_point(
    client: FlaskClient, hanako: Caller
) -> None:
    put(document())
    made = hanako.send(f"{API}/mihon/submissions", json=body(client, GOOD), key="k" * 20)
    found = hanako.get(f"/api/v1/submissions/{made.get_json()['number']}")
    assert found.get_json()["answers"] == GOOD | {"fee": 1600}
    assert found.headers["Cache-Control"] == "no-store"


def test_every_fault_is_named_and_nothing_is_stored(client: FlaskClient, hanako: Caller) -> None:
    put(document())
    wrong = {"kind": "other", "count": 11, "nothing": 1}
    answer = hanako.send(f"{API}/mihon/submissions", json=body(client, wrong), key="k" * 20)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.get_json()["errors"]] == ["nothing"]
    del wrong["nothing"]
    answer = hanako.send(f"{API}/mihon/submissions", json=body(client, wrong), key="k" * 20)
    found = {one["field"]: (one["code"], one["message"]) for one in answer.get_json()["errors"]}
    assert set(found) == {"name", "other", "count"}
    assert found["count"] == ("constraint", "1から10までの数を入れてください。")
    with transaction() as session:
        assert session.scalars(select(Submission.id)).all() == []


def test_hidden_answers_are_not_sent_on(client: FlaskClient, hanako: Caller) -> None:
    put(document())
    said = body(client, GOOD | {"other": "見えない答え", "fee": 1})
    number = hanako.send(f"{API}/mihon/submissions", json=said, key="k" * 20).get_json()["number"]
    assert hanako.get(f"/api/v1/submissions/{number}").get_json()["answers"] == GOOD | {"fee": 1600}


def test_an_old_version_or_another_purpose_is_refused(client: FlaskClient, hanako: Caller) -> None:
    put(document())
    said = body(client, GOOD)
    put(document(minutes=9), number=2)
    answer = hanako.send(f"{API}/mihon/submissions", json=said, key="k" * 20)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "version_gone")
    answer = hanako.send(
        f"{API}/mihon/submissions", json=body(client, GOOD) | {"consent": "0" * 64}, key="k" * 20
    )
    assert answer.status_code == 409


def test_a_number_opens_nothing_to_anybody_else(
    client: FlaskClient, hanako: Caller, taro: Caller
) -> None:
    put(document())
    made = hanako.send(f"{API}/mihon/submissions", json=body(client, GOOD), key="k" * 20)
    path = f"/api/v1/submissions/{made.get_json()['number']}"
    assert (taro.get(path).status_code, client.get(path).status_code) == (404, 401)


def test_a_file_is_sent_first_and_named_in_the_answers(
    client: FlaskClient, hanako: Caller, taro: Caller
) -> None:
    put(document(*small_pages(), page("paper", question("paper", Kind.FILE, required="true()"))))
    draft = hanako.send(f"{API}/mihon/drafts").get_json()
    file = hanako.send(f"{draft['files_url']}?path=paper&name=shorui.pdf", data=pdf())
    assert file.status_code == 201, file.text
    assert taro.send(f"{draft['files_url']}?path=paper", data=pdf()).status_code == 404
    assert hanako.send(f"{draft['files_url']}?path=name", data=pdf()).status_code == 422
    assert hanako.send(f"{draft['files_url']}?path=paper", data=b"MZ no pdf").status_code == 422
    answers = GOOD | {"paper": [file.get_json()["id"]]}
    alone = hanako.send(f"{API}/mihon/submissions", json=body(client, answers), key="k" * 20)
    assert alone.status_code == 422
    said = body(client, answers, draft=draft["draft"])
    assert taro.send(f"{API}/mihon/submissions", json=said, key="t" * 20).status_code == 404
    made = hanako.send(f"{API}/mihon/submissions", json=said, key="l" * 20)
    assert made.status_code == 201, made.text
    with transaction() as session:
        assert session.scalars(select(ProcedureDraft.ref)).all() == []


class TestSystems:
    """Other systems with a key."""

    @staticmethod
    def key(*slugs: str, scope: KeyScope = KeyScope.SUBMISSIONS_READ) -> dict[str, str]:
        """How a system proves itself that may read those procedures."""
        with transaction() as session:
            wanted = select(Procedure.id).where(Procedure.slug.in_(slugs))
            ids = frozenset(session.scalars(wanted))
            draft = KeyDraft(name="基幹システム", scopes=frozenset({scope}), procedures=ids)
            _view, text = api_keys.issue(
                session, draft, by="command:ops", now=clock.now(), readable=ids
            )
        return {"Authorization": f"Bearer {text}"}

    def test_read_submissions_of_every_version_and_the_log_has_it(
        self, client: FlaskClient, hanako: Caller, app: Flask
    ) -> None:
        put(document())
        hanako.send(f"{API}/mihon/submissions", json=body(client, GOOD), key="a" * 20)
        put(document(*small_pages(), page("more", question("mail"))), number=2)
        second = GOOD | {"mail": "a@example.jp"}
        hanako.send(f"{API}/mihon/submissions", json=body(client, second), key="b" * 20)
        headers = self.key("mihon")
        told = client.get(f"{API}/mihon/submissions", headers=headers).get_json()
        assert [one["version"] for one in told["submissions"]] == [1, 2]
        assert told["submissions"][0]["answers"]["name"] == ODD
        assert told["submissions"][1]["answers"]["mail"] == "a@example.jp"
        assert told["after"] is None
        first = told["submissions"][0]["number"]
        rest = client.get(f"{API}/mihon/submissions?after={first}", headers=headers).get_json()
        assert [one["version"] for one in rest["submissions"]] == [2]
        with app.app_context():
            seen = [one for one in audit.events(db.session) if "read_by_key" in one.action]
        assert [one.persons for one in seen] == [2, 1]

    def test_without_the_scope_nothing_is_read(self, client: FlaskClient) -> None:
        put(document())
        wrong = self.key(scope=KeyScope.REPORTS_READ)
        assert client.get(f"{API}/mihon/submissions", headers=wrong).status_code == 403
        assert client.get(f"{API}/mihon/submissions").status_code == 401

    def test_a_number_that_is_none_of_the_procedures_is_told(self, client: FlaskClient) -> None:
        put(document())
        headers = self.key("mihon")
        answer = client.get(f"{API}/mihon/submissions?after=x", headers=headers)
        assert json.loads(answer.text)["errors"][0]["field"] == "after"

    def test_a_procedure_that_the_key_does_not_name_is_not_there(
        self, client: FlaskClient, hanako: Caller, app: Flask
    ) -> None:
        put(document())
        put(document(prefix="別", form_id="betsu"), slug="betsu")
        hanako.send(f"{API}/mihon/submissions", json=body(client, GOOD), key="a" * 20)
        headers = self.key("betsu")
        answers = [
            client.get(f"{API}/{slug}/submissions", headers=headers)
            for slug in ("betsu", "mihon", "nothing")
        ]
        assert [one.status_code for one in answers] == [200, 404, 404]
        assert answers[1].get_json()["code"] == answers[2].get_json()["code"]
        assert answers[1].get_json()["title"] == answers[2].get_json()["title"]
        with app.app_context():
            seen = [one for one in audit.events(db.session) if "read_by_key" in one.action]
        assert [one.subject for one in seen] == ["procedure:betsu"]

    def test_of_an_anonymous_survey_only_the_day_is_told(
        self, client: FlaskClient, hanako: Caller
    ) -> None:
        put(document(kind="survey", anonymous=True))
        hanako.send(f"{API}/mihon/submissions", json=body(client, GOOD), key="a" * 20)
        late = datetime(2026, 11, 22, 15, 5, tzinfo=UTC)  # five past midnight in Japan
        with transaction() as session:
            session.execute(update(Submission).values(created_at=late, closed_at=late))
        headers = self.key("mihon")
        [told] = client.get(f"{API}/mihon/submissions", headers=headers).get_json()["submissions"]
        assert (told["received_at"], told["closed_at"]) == ("2026-11-23", "2026-11-23")
