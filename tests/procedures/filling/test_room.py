"""Nobody fills the town's disk: files that no draft names, too many of them, too many drafts."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.procedures import dossiers, events
from liff_app.procedures.desk import returning
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Kind, Repeat
from liff_app.procedures.filling import attaching, begun, drafts
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.models import ProcedureDraft, SealedFile, Submission
from liff_app.procedures.vocabulary import DraftPurpose, EventKind, FilePurpose, Source, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import make_colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.ground import NOON, document, ja, page, publish, question
from tests.reports.reporting import picture

from .journeys import LIFF, Journey, begin, proof

ONE = page("papers", question("photo", Kind.PHOTO), question("words"))


@pytest.fixture
def one_photo(app: Flask) -> None:
    """A form that asks for one photo."""
    with transaction() as session:
        publish(session, document(ONE))


def attach(journey: Journey, *reds: int, step: str = "attach") -> int:
    """The status of the answer to a page with these pictures."""
    sent = [(io.BytesIO(picture(red)), f"{red}.jpg") for red in reds]
    said = {"asked": "photo words", "step": step, "photo": sent}
    return journey.send_form("papers", said).status_code


def living() -> set[str]:
    db.session.rollback()
    wanted = select(SealedFile.id).where(SealedFile.purpose == FilePurpose.ANSWER.value)
    return set(db.session.scalars(wanted))


def stored(app: Flask) -> int:
    return len(list(app.extensions["file_store"].list("procedures")))


def detach(journey: Journey, file_id: str) -> None:
    said = {"asked": "photo words", "step": f"detach:photo:{file_id}"}
    assert journey.send_form("papers", said).status_code == 303


def test_a_photo_that_is_replaced_or_taken_away_is_gone_at_once(
    app: Flask, one_photo: None, resident: FlaskClient
) -> None:
    journey = begin(resident)
    seen = set()
    for red in range(4):
        assert attach(journey, red) == 303
        (only,) = living()
        seen.add(only)
        assert stored(app) == 2, "the photo and its small picture"
    assert len(seen) == 4
    attach(journey, 3)
    assert living() == {only}, "the same photo once more is the same file"
    detach(journey, only)
    assert (living(), stored(app)) == (set(), 0)


@on_sqlite
def test_an_instance_takes_its_files_along_and_a_file_named_elsewhere_stays(
    app: Flask, resident: FlaskClient
) -> None:
    things = Repeat(name="things", label=ja("もの"), items=(question("photo", Kind.PHOTO),))
    with transaction() as session:
        publish(session, document(page("papers", things)))
    journey = begin(resident)
    journey.send_form("papers", {"asked": "", "step": "add:things"})
    for number in (0, 1):
        path = f"things/{number}/photo"
        said = {"asked": path, "step": "attach", path: (io.BytesIO(picture(2)), "2.jpg")}
        assert journey.send_form("papers", said).status_code == 303
    assert len(living()) == 1, "the same bytes are one file"
    for left in (1, 0):
        journey.send_form("papers", {"asked": "", "step": "remove:things/0"})
        assert len(living()) == left


@on_sqlite
def test_a_newer_edition_that_asks_for_no_photo_keeps_none(
    app: Flask, one_photo: None, resident: FlaskClient
) -> None:
    journey = begin(resident)
    assert attach(journey, 1) == 303
    with transaction() as session:
        publish(session, document(page("papers", question("words"))), number=2)
    consent = journey.get("newer-edition").split('name="consent" value="')[1].split('"')[0]
    assert journey.send_form("newer-edition", {"consent": consent}).status_code == 303
    assert (living(), stored(app)) == (set(), 0)


def returned(settings: Settings) -> str:
    """Ref of the only submission, sent back for its photo."""
    db.session.rollback()
    ref = db.session.scalars(select(Submission.ref)).one()
    with transaction() as session:
        row = events.hold(session, ref)
        key = dossiers.key_of(session, settings.keys, row.dossier_id)
        item = Item(path="photo", comment="暗いです")
        returning.keep(session, row, [item], due_on=None, key=key, by="x", now=clock.now())
        events.append(session, row, EventKind.RETURNED, key=key, actor="x", now=clock.now(),
                      to=Status.RETURNED)  # fmt: skip
    return ref


def test_what_was_sent_stays_while_a_correction_replaces_it_and_when_that_is_thrown_away(
    app: Flask, one_photo: None, resident: FlaskClient, settings: Settings
) -> None:
    journey = begin(resident)
    assert attach(journey, 1, step="next") == 303
    assert journey.send().status_code == 303
    sent = living()
    path = f"{LIFF}/sent/{returned(settings)}/correct"
    for way in ("take-away", "check-answers"):
        answer = resident.post(path, data=proof(resident))
        correcting = Journey(resident, answer.headers["Location"].rsplit("/", 1)[1])
        for red in (2, 3):
            assert attach(correcting, red, step="next") == 303
            assert len(living() - sent) == 1
        assert living() > sent
        assert correcting.send_form(way, {}).status_code == 303
        if way == "take-away":
            assert living() == sent
    assert len(living() - sent) == 1
    assert living() > sent


@on_sqlite
def test_a_draft_takes_what_its_form_asks_for_and_a_few_more(
    app: Flask, resident: FlaskClient
) -> None:
    two = question("photo", Kind.PHOTO, most_files=2)
    with transaction() as session:
        publish(session, document(page("papers", two, question("words"))))
    journey = begin(resident)
    for reds in ((0, 1, 2), (3, 4)):
        assert attach(journey, *reds) == 303
    sent = [(io.BytesIO(picture(1, (70, wide))), "x.jpg") for wide in (50, 60, 70)]
    said = {"asked": "photo words", "step": "attach", "photo": sent, "words": "だいじな文"}
    refused = journey.send_form("papers", said)
    assert refused.status_code == 422
    assert "ファイルが多すぎます" in refused.text
    assert "だいじな文" in refused.text
    assert faults(refused, f"{LIFF}/x") == []
    assert len(living()) == 2 + attaching.SPARE_FILES
    detach(journey, min(living()))
    assert attach(journey, 5) == 303


@on_sqlite
def test_files_that_a_resident_has_not_sent_are_bounded_over_all_drafts(
    one_photo: None, resident: FlaskClient, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST_UNSENT", 1)
    first, second = begin(resident), begin(resident)
    assert attach(first, 1, step="next") == 303
    assert attach(second, 2) == 422
    assert "まだ送っていないファイル" in second.post("papers", photo=_file(2)).text
    assert attach(begin(stranger), 2) == 303
    assert first.send().status_code == 303
    assert attach(second, 2) == 303, "what was sent is not counted"
    assert second.send_form("take-away", {}).status_code == 303
    assert attach(begin(resident), 3) == 303, "nor what was thrown away"


def _file(red: int) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture(red)), "x.jpg"


@on_sqlite
def test_what_a_correction_finds_in_its_dossier_takes_no_room(
    one_photo: None, resident: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST_UNSENT", 1)
    journey = begin(resident)
    attach(journey, 1, step="next")
    assert journey.send().status_code == 303
    path = f"{LIFF}/sent/{returned(settings)}/correct"
    answer = resident.post(path, data=proof(resident))
    correcting = Journey(resident, answer.headers["Location"].rsplit("/", 1)[1])
    assert attach(correcting, 2, step="next") == 303


def again(resident: FlaskClient, slug: str = "mihon") -> TestResponse:
    """The answer to one more beginning."""
    consent = resident.get(f"{LIFF}/{slug}").text.split('name="consent" value="')[1][:64]
    return resident.post(f"{LIFF}/{slug}", data={"consent": consent} | proof(resident))


def test_a_fourth_draft_of_a_form_is_not_begun_and_nothing_is_lost(
    one_photo: None, resident: FlaskClient, stranger: FlaskClient
) -> None:
    journeys = [begin(resident) for _ in range(begun.MOST_OF_FORM)]
    refused = again(resident)
    assert refused.status_code == 409
    assert "この手続きの書きかけが3件あります" in refused.text
    assert "書きかけのつづきから" in refused.text
    assert faults(refused, f"{LIFF}/mihon") == []
    begin(stranger)
    assert [one.get("papers") for one in journeys]
    assert journeys[0].send_form("take-away", {}).status_code == 303
    begin(resident)
    with transaction() as session:
        old = clock.now() - begun.KEPT - timedelta(minutes=1)
        mine = ProcedureDraft.ref == journeys[1].ref
        session.execute(update(ProcedureDraft).where(mine).values(updated_at=old))
    begin(resident)


@on_sqlite
def test_drafts_of_all_forms_are_bounded_together(
    one_photo: None, resident: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begun, "MOST_OPEN", 2)
    with transaction() as session:
        publish(session, document(ONE, form_id="other"), slug="other")
    begin(resident)
    begin(resident, "other")
    refused = again(resident)
    assert refused.status_code == 409
    assert "書きかけの手続きが2件あります" in refused.text
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ProcedureDraft)) == 2


@on_sqlite
def test_a_correction_is_begun_however_much_is_half_written(
    one_photo: None, resident: FlaskClient, settings: Settings
) -> None:
    sent = begin(resident)
    attach(sent, 1, step="next")
    sent.send()
    for _ in range(begun.MOST_OF_FORM):
        kept = begin(resident)
    answer = resident.post(f"{LIFF}/sent/{returned(settings)}/correct", data=proof(resident))
    assert answer.status_code == 303
    assert kept.send_form("take-away", {}).status_code == 303
    begin(resident)
    assert again(resident).status_code == 409


@on_sqlite
def test_colleagues_begin_for_as_many_as_come(app: Flask, settings: Settings) -> None:
    account, _cookie = make_colleague(Role.PROCEDURE_REVIEWER)
    with transaction() as session:
        form = publish(session, document(ONE))
        for _ in range(begun.MOST_OF_FORM + 1):
            drafts.begin(
                session, form, filler=Filler(account_id=account), purpose=DraftPurpose.PROXY,
                source=Source.COUNTER, language="ja", keys=settings.keys, now=NOON,
            )  # fmt: skip
    assert len(begun.of_colleague(db.session, account, now=NOON)) == begun.MOST_OF_FORM + 1


@on_sqlite
def test_a_list_of_drafts_has_an_end_and_begins_with_the_newest(
    one_photo: None, resident: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begun, "MOST_LISTED", 2)
    refs = [begin(resident).ref for _ in range(3)]
    who = db.session.scalars(select(ProcedureDraft.resident_id)).first()
    listed = begun.mine(db.session, str(who), now=clock.now())
    assert [one.ref for one in listed] == refs[:0:-1]
