"""Forms that an older compiler let through: a sentence instead of a page that never comes."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app.db import transaction
from liff_app.procedures.engine.document import Choice, Kind
from tests.procedures.filling.journeys import Journey, begin
from tests.procedures.ground import document, ja, page, publish, question
from tests.reports.reporting import token

COUNTED = "string-length(concat(" + ",".join(["${q0}"] * 16) + "))"
SENTENCE = "短くして、もう一度お試しください。"
LONG = "葛" * 900


@pytest.fixture
def draft(app: Flask, resident: FlaskClient) -> Journey:
    """A draft of a form whose compiler weighed nothing."""
    wide = tuple(Choice(value=f"c{at}", label=ja(f"札{at}")) for at in range(200))
    asked = (
        question(f"s{at}", Kind.CHOOSE_ONE, choices=wide, choice_filter=f"{COUNTED} > {at}")
        for at in range(20)
    )
    more = (question(f"n{at}", relevant=" + ".join([COUNTED] * 14) + " < 0") for at in range(60))
    form = document(page("a", question("q0", Kind.LONG_TEXT)), page("b", *asked, *more))
    with transaction() as session:
        publish(session, form)
    return begin(resident)


def test_answers_that_cost_too_much_are_refused_in_a_sentence(draft: Journey) -> None:
    draft.get("a")
    refused = draft.send_form("a", {"asked": "q0", "step": "next", "q0": LONG})
    assert refused.status_code == 422
    assert SENTENCE in refused.text
    assert "葛葛葛" not in draft.get("a"), "what would open no page is not kept"
    assert draft.post("a", q0="短い").status_code == 303
    assert "s19" in draft.get("b")


def test_the_api_refuses_them_with_a_code(draft: Journey) -> None:
    """A program sends all answers at once."""
    whole = draft.browser.get("/api/v1/procedures/mihon").get_json()
    said = {"version": whole["version"], "consent": whole["consent"]["sha256"]}
    answer = draft.browser.post(
        "/api/v1/procedures/mihon/submissions",
        json=said | {"answers": {"q0": LONG}},
        headers={"Idempotency-Key": "k" * 20} | token(draft.browser),
    )
    assert answer.status_code == 422, answer.text
    assert answer.json
    assert answer.json["code"] == "answers_too_much"
    assert answer.json["title"].endswith(SENTENCE)
