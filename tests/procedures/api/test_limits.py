"""What a program may send in an hour, and how much it may leave lying unsent."""

from __future__ import annotations

import io
import json

from flask.testing import FlaskClient

from liff_app.procedures.engine.document import Kind
from liff_app.procedures.filling import attaching, begun, limiting
from tests.conftest import on_sqlite
from tests.procedures.api.test_api import API, GOOD, Caller, body, hanako, put
from tests.procedures.ground import document, page, question, small_pages
from tests.reports.reporting import picture

__all__ = ["hanako"]  # the fixture
pytestmark = on_sqlite


def test_answers_that_are_refused_are_counted_under_whatever_key(
    client: FlaskClient, hanako: Caller
) -> None:
    for slug in ("mihon", "other"):
        put(document(*small_pages(), form_id=slug), slug=slug)
    wrong = json.dumps(body(client, {"name": "x"}))
    found = [
        hanako.send(f"{API}/mihon/submissions", data=wrong, content_type="application/json",
                    key=f"{number % 5:020d}").status_code
        for number in range(limiting.TRIED_AN_HOUR + 1)
    ]  # fmt: skip
    assert found == [422] * limiting.TRIED_AN_HOUR + [429]
    right = hanako.send(f"{API}/other/submissions", json=body(client, GOOD), key="0" * 20)
    assert right.status_code == 201, "the other form has its own count"


def test_a_place_for_one_file_takes_no_heap_of_them(client: FlaskClient, hanako: Caller) -> None:
    put(document(page("paper", question("paper", Kind.PHOTO), question("words"))))
    draft = hanako.send(f"{API}/mihon/drafts").get_json()
    most = 1 + attaching.SPARE_FILES
    answers = [
        hanako.send(f"{draft['files_url']}?path=paper", data=io.BytesIO(picture(1, (60, 40 + n))))
        for n in range(most + 1)
    ]
    assert [one.status_code for one in answers] == [201] * most + [422]
    (fault,) = answers[-1].get_json()["errors"]
    assert (fault["field"], fault["code"]) == ("path", "too_many_files")
    named = {"paper": [answers[0].get_json()["id"]]}
    said = body(client, named, draft=draft["draft"])
    assert hanako.send(f"{API}/mihon/submissions", json=said, key="k" * 20).status_code == 201


def test_places_are_few(hanako: Caller) -> None:
    put(document())
    answers = [hanako.send(f"{API}/mihon/drafts") for _ in range(begun.MOST_OF_FORM + 1)]
    assert [one.status_code for one in answers] == [201] * begun.MOST_OF_FORM + [409]
    assert answers[-1].get_json()["code"] == "too_many_drafts"
