"""Proposals of faces on the page where a photo is painted black: shown, never acted upon."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.photos import faces
from liff_app.photos import service as photos
from liff_app.photos.face_rules import Face
from liff_app.photos.faces import Finder, Looked, Missed, NotLooked
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.reports import ground

from .photo_on_desk import with_photo

LABEL = "顔らしい所の候補（見落としがあります。かならず目で確かめてください）"
BUTTON = "顔らしい所をさがす"
pytestmark = on_sqlite


class Fake:
    """A finder that has its answer ready, and keeps what it was shown."""

    def __init__(self, *found: Face, missed: Missed | None = None) -> None:
        self.found, self.missed = found, missed
        self.shown: list[bytes] = []

    def look(self, copy: bytes) -> Looked:
        """What it was told to find."""
        self.shown.append(copy)
        if self.missed:
            raise NotLooked(self.missed)
        return Looked(faces=self.found)


FACE = Face(0.4, 0.4, 0.2, 0.2, 0.9)
ITS_ROW = ("37.000", "37.000", "26.000", "26.000")


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.REPORT_REVIEWER)


def have(app: Flask, finder: Finder | None) -> None:
    """The installation has that finder, or none."""
    app.extensions["face_finder"] = finder


def ask(visitor: ConsoleVisitor, address: str, **typed: str) -> TestResponse:
    """The answer to the button; it is as every page of ours must be."""
    answer = visitor.post(f"{address}/faces", data={"version": "2"} | typed)
    assert answer.status_code == 200, answer.text
    assert faults(answer, "/console/reports/x/mask") == []
    return answer


def events() -> int:
    """How many changes the log has."""
    found = db.session.query(AuditEvent).count()
    db.session.rollback()
    return found


def test_without_the_extra_the_page_works_and_has_no_button(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    address, _photo = with_photo(app)
    have(app, None)
    page = reviewer.get(address)
    assert page.status_code == 200
    assert BUTTON not in page.text
    assert "候補をさがせませんでした" in ask(reviewer, address).text


def test_this_installation_offers_it_exactly_where_the_extra_is(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    address, _photo = with_photo(app)
    assert (BUTTON in reviewer.get(address).text) is (faces.model_file() is not None)


def test_proposals_are_boxes_of_the_form_under_their_label(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    address, photo = with_photo(app)
    fake = Fake(FACE)
    have(app, fake)
    assert LABEL not in reviewer.get(address).text
    page = ask(reviewer, address).text
    assert LABEL in page
    assert "候補は1か所です" in page
    for value in ITS_ROW:
        assert f'value="{value}"' in page
    assert page.count('"row" data-proposed') == 1
    inside = photos.read(db.session, app.extensions["file_store"], photo, "large", public=False)
    assert fake.shown == [inside]


def test_no_connection_is_held_while_the_model_looks(app: Flask, reviewer: ConsoleVisitor) -> None:
    address, _photo = with_photo(app)
    reading: list[bool] = []

    class Watching(Fake):
        def look(self, copy: bytes) -> Looked:
            reading.append(db.session.in_transaction())
            return super().look(copy)

    have(app, Watching(FACE))
    assert "候補は1か所です" in ask(reviewer, address).text
    assert reading == [False]


def test_nothing_is_hidden_released_or_noted_by_a_proposal(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    address, photo = with_photo(app)
    have(app, Fake(FACE))
    before, was = events(), photos.photo_view(db.session, photo)
    db.session.rollback()
    ask(reviewer, address)
    assert photos.photo_view(db.session, photo) == was
    assert not was.is_public
    db.session.rollback()
    assert events() == before


def test_what_was_typed_stays_and_is_not_proposed_twice(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    address, _photo = with_photo(app)
    have(app, Fake(FACE, Face(0.05, 0.05, 0.1, 0.1, 0.5)))
    typed = dict(zip(("left", "top", "width", "height"), ("36", "36", "28", "28"), strict=True))
    page = ask(reviewer, address, **typed).text
    assert 'value="36"' in page
    assert "候補は1か所です" in page
    assert 'value="37.000"' not in page


def test_a_typed_row_that_is_no_box_stays_to_be_mended(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    address, _photo = with_photo(app)
    have(app, Fake(FACE))
    page = ask(reviewer, address, left="x", top="1", width="1", height="1").text
    assert 'value="x"' in page
    assert 'value="37.000"' in page


def test_a_crowd_fills_the_form_and_the_rest_is_told(app: Flask, reviewer: ConsoleVisitor) -> None:
    address, _photo = with_photo(app)
    have(app, Fake(*(Face(at / 20, 0.5, 0.02, 0.02, 0.9 - at / 100) for at in range(15))))
    page = ask(reviewer, address).text
    assert "候補は12か所です" in page
    assert "ほかにも候補が3か所あります" in page
    assert page.count('"row" data-proposed') == 12


@pytest.mark.parametrize(
    ("fake", "sentence"),
    [
        (Fake(), "顔がないという意味ではありません"),
        (Fake(missed=Missed.SLOW), "さがすのをやめました"),
        (Fake(missed=Missed.BUSY), "もう一度押してください"),
        (Fake(missed=Missed.FAILED), "候補をさがせませんでした"),
    ],
)
def test_without_proposals_a_sentence_says_why(
    app: Flask, reviewer: ConsoleVisitor, fake: Fake, sentence: str
) -> None:
    address, _photo = with_photo(app)
    have(app, fake)
    page = ask(reviewer, address).text
    assert sentence in page
    assert LABEL in page
    assert '"row" data-proposed' not in page


def test_somebody_else_s_photo_is_not_looked_at(app: Flask, reviewer: ConsoleVisitor) -> None:
    address, _photo = with_photo(app)
    other = ground.file(ground.resident()).ref
    fake = Fake(FACE)
    have(app, fake)
    ref = address.split("/")[3]
    assert reviewer.post(f"{address.replace(ref, other)}/faces").status_code == 404
    outsider = colleague(app, Role.SHELTER_STAFF)
    assert outsider.post(f"{address}/faces").status_code in {403, 404}
    assert fake.shown == []
