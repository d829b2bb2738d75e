"""A procedure that takes nothing now says so, when it will, and whom to ask; of drafts nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from liff_app.clock import JST, now
from liff_app.db import transaction
from liff_app.i18n import jst_moment
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.vocabulary import VersionState
from tests.house.page import faults
from tests.procedures.ground import document, ja, publish

from .journeys import LIFF, begin, proof


@pytest.fixture(autouse=True)
def form(app: Flask) -> None:
    """A form with somebody to ask."""
    with transaction() as session:
        publish(session, document(contact=ja("まど市 環境課 000-000-2001")))


def changed(**values: object) -> None:
    """Every version is like that."""
    with transaction() as session:
        session.execute(update(ProcedureVersion).values(**values))


def shown(resident: FlaskClient, status: int) -> str:
    """What stands at its address."""
    answer = resident.get(f"{LIFF}/mihon")
    assert answer.status_code == status
    assert faults(answer, LIFF) == []
    return answer.text.split("<main")[1]


def test_one_that_is_over_says_so_and_whom_to_ask(app: Flask, resident: FlaskClient) -> None:
    begun = begin(resident)
    changed(open_until=now() - timedelta(hours=1))
    text = shown(resident, 410)
    for words in ("見本の手続き", "受付は終わりました", "環境課 000-000-2001"):
        assert words in text
    assert f'href="{LIFF}"' in text
    assert "避難所" not in text
    late = resident.post(f"{LIFF}/mihon", data=proof(resident) | {"consent": "x"})
    assert late.status_code == 410
    assert begun.get("who")


def test_one_that_staff_closed_or_whose_versions_are_all_retired_is_over(
    app: Flask, resident: FlaskClient
) -> None:
    with transaction() as session:
        session.execute(update(Procedure).values(is_closed=True))
    assert "受付は終わりました" in shown(resident, 410)
    changed(state=VersionState.RETIRED.value)
    assert "受付は終わりました" in shown(resident, 410)


def test_one_that_opens_later_says_when(app: Flask, resident: FlaskClient) -> None:
    ahead = (now() + timedelta(days=9)).astimezone(JST).replace(second=0, microsecond=0)
    changed(open_from=ahead)
    text = shown(resident, 404)
    assert "まだ受け付けていません" in text
    assert jst_moment(ahead) in text
    with transaction() as session:
        session.execute(update(Procedure).values(is_closed=True))
    assert "受付は終わりました" in shown(resident, 410), "nothing will open that staff closed"


def test_what_was_never_published_is_not_there(app: Flask, resident: FlaskClient) -> None:
    changed(state=VersionState.DRAFT.value, published_at=None, published_by=None)
    answer = resident.get(f"{LIFF}/mihon")
    assert answer.status_code == 404
    assert "見本の手続き" not in answer.text
    assert resident.get(f"{LIFF}/none").status_code == 404


def test_of_a_survey_that_is_over_the_results_are_a_tap_away(
    app: Flask, resident: FlaskClient
) -> None:
    said = {"kind": "survey", "once_a_person": True, "results_public": True}
    with transaction() as session:
        publish(session, document(form_id="koe", **said), slug="koe")
    changed(open_until=now() - timedelta(hours=1))
    over = resident.get(f"{LIFF}/koe")
    assert over.status_code == 410
    assert f'href="{LIFF}/koe/results"' in over.text
    assert resident.get(f"{LIFF}/koe/results").status_code == 200
