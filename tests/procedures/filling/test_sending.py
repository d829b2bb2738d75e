"""Sending: once in whatever way, judged as a whole, and never with somebody else's papers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from liff_app.config import Settings
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.errors import InputInvalid, NotFound
from liff_app.messaging.models import LineMessage
from liff_app.procedures import dossiers, revisions
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.filling import drafts, participation, sending
from liff_app.procedures.filling.bodies import Body
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.sending import Receipt, Sender
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Participation, SealedFile, Submission
from liff_app.procedures.vocabulary import DraftPurpose, Source
from tests.procedures.desk.desk import somebody
from tests.procedures.ground import NOON, document, page, publish, question, small_pages

GOOD: dict[str, Any] = {"name": "葛\U000e0100城 𠮷 神", "kind": "sofa", "count": 2}


def draft(form: Form, who: str, settings: Settings, answers: dict[str, Any]) -> Draft:
    """A draft with these answers."""
    with transaction() as session:
        made = drafts.begin(
            session, form, filler=Filler(resident_id=who), purpose=DraftPurpose.NEW,
            source=Source.LIFF, language="ja", keys=settings.keys, now=NOON,
        )  # fmt: skip
        return drafts.save(session, made, Body(answers=answers), now=NOON)


def send(app: Flask, ref: str, who: str) -> Receipt:
    """As a request of its own sends it."""
    with app.app_context(), transaction() as session:
        return sending.send(
            session, ref, filler=Filler(resident_id=who), keys=app.config["SETTINGS"].keys,
            store=app.extensions["file_store"], now=NOON,
        )  # fmt: skip


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_eight_sendings_at_once_are_one_submission_with_one_number(
    app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        form = publish(session, document())
    who = somebody()
    ready = draft(form, who, settings, GOOD)
    db.session.close()
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _n: send(app, ready.ref, who), range(8)))
    assert len({one.number for one in receipts}) == 1
    assert sorted(one.repeated for one in receipts) == [False] + [True] * 7
    assert count(Submission) == 1
    assert count(LineMessage) == 1


def test_two_drafts_of_a_survey_sent_at_once_by_one_person_are_one_answer(
    app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        form = publish(session, document(*small_pages(), kind="survey", once_a_person=True))
    who = somebody()
    ready = [draft(form, who, settings, GOOD) for _ in range(3)]
    db.session.close()

    def one(made: Draft) -> bool:
        try:
            send(app, made.ref, who)
        except participation.AlreadyAnswered:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(one, ready)) == [False, False, True]
    assert count(Submission) == count(Participation) == 1


def test_letters_come_back_as_they_were_typed(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        form = publish(session, document())
    who = somebody()
    receipt = send(app, draft(form, who, settings, GOOD).ref, who)
    row = db.session.scalars(select(Submission).where(Submission.ref == receipt.ref)).one()
    key = dossiers.key_of(db.session, settings.keys, row.dossier_id)
    said = revisions.read(db.session, row, 1, key=key)["name"]
    assert said.encode() == GOOD["name"].encode()


def test_what_is_wrong_is_named_by_its_path_and_nothing_is_stored(
    app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        form = publish(session, document())
    sender = Sender(actor="key:1", source=Source.API, language="ja")
    with pytest.raises(InputInvalid) as refused, transaction() as session:
        sending.submit_answers(
            session, form, {"count": 99}, sender=sender, keys=settings.keys, now=NOON
        )
    assert {(one.field, one.code) for one in refused.value.errors} == {
        ("name", "required"), ("kind", "required"), ("count", "constraint"),
    }  # fmt: skip
    assert count(Submission) == 0
    who = somebody()
    wrong = draft(form, who, settings, {"name": "x"})
    with pytest.raises(InputInvalid):
        send(app, wrong.ref, who)
    with transaction() as session:
        kept = drafts.read(
            session, wrong.ref, filler=Filler(resident_id=who), keys=settings.keys, now=NOON
        )
    assert kept.body.answers == {"name": "x"}


def attached(draft: Draft, file_id: str) -> None:
    """A file lies in the draft's dossier."""
    with transaction() as session:
        session.add(
            SealedFile(
                id=file_id, dossier_id=draft.dossier_id, purpose="answer", media_type="x", size=1,
                name_sealed=b"", digest=b"", store_key=f"a/{file_id[0]}", by="resident",
                created_at=NOON,
            )
        )  # fmt: skip


def papers() -> Form:
    with transaction() as session:
        return publish(session, document(page("one", question("paper", Kind.FILE))))


def test_a_file_of_another_dossier_is_not_taken(app: Flask, settings: Settings) -> None:
    form = papers()
    other, mine = (draft(form, somebody(), settings, {}) for _ in range(2))
    attached(other, "a" * 32)
    attached(mine, "b" * 32)
    sender = Sender(actor="resident", source=Source.API, language="ja")

    def submit(file_id: str) -> None:
        with transaction() as session:
            sending.submit_answers(
                session, form, {"paper": [file_id]}, sender=sender, keys=settings.keys, now=NOON,
                draft=mine,
            )  # fmt: skip

    for wrong in ("a" * 32, "c" * 32):
        with pytest.raises(InputInvalid) as refused:
            submit(wrong)
        assert [one.field for one in refused.value.errors] == ["paper"]
    submit("b" * 32)
    assert count(Submission) == 1


def test_files_that_no_answer_names_are_kept_by_nobody(app: Flask, settings: Settings) -> None:
    form, who = papers(), somebody()
    one = draft(form, who, settings, {"paper": ["b" * 32]})
    for file_id in ("a" * 32, "b" * 32):
        attached(one, file_id)
    send(app, one.ref, who)
    left = db.session.scalars(select(SealedFile.id).where(SealedFile.purpose == "answer"))
    assert list(left) == ["b" * 32]


def test_a_receipt_is_for_whoever_sent_it(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        form = publish(session, document())
    who, other = somebody(), somebody()
    ref = draft(form, who, settings, GOOD).ref
    with pytest.raises(NotFound):
        send(app, ref, other)
    send(app, ref, who)
    assert sending.receipt_of(db.session, ref, filler=Filler(resident_id=who)) is not None
    assert sending.receipt_of(db.session, ref, filler=Filler(resident_id=other)) is None
    with pytest.raises(NotFound):
        send(app, ref, other)


def test_nobody_answers_twice_because_the_key_was_changed(app: Flask) -> None:
    old, new = (f"{name}:{'AbCdEfGhIjKlMnOpQrStUvWxYz' + name}{'0' * 15}" for name in ("o1", "n1"))
    rings = [KeyRing.parse(old), KeyRing.parse(f"{new},{old}"), KeyRing.parse(new)]
    who, other = somebody(), somebody()
    with transaction() as session:
        form = publish(session, document(*small_pages(), kind="survey"))
        participation.take_part(session, form.procedure_id, who, keys=rings[0])
    for dry_run, left in ((True, 1), (False, 1), (False, 0)):
        with transaction() as session:
            assert participation.reseal(session, rings[1], dry_run=dry_run) == left
    for ring, expected in zip(rings, (False, True, True), strict=True):
        asked = participation.has_taken_part(db.session, form.procedure_id, who, keys=ring)
        assert asked == expected
        assert not participation.has_taken_part(db.session, form.procedure_id, other, keys=ring)
