"""What is forgotten of procedures, when, and what must stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from liff_app.config import Settings
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.procedures import dossiers, events, retention, revisions
from liff_app.procedures.desk import marks
from liff_app.procedures.engine.document import Kind, Normalise
from liff_app.procedures.filling import participation, remembering
from liff_app.procedures.forms import Form
from liff_app.procedures.models import (
    Dossier,
    Participation,
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
    RememberedAnswer,
    SealedFile,
    Submission,
    SubmissionEvent,
    SubmissionMark,
    SubmissionRevision,
)
from liff_app.procedures.vocabulary import EventKind, FilePurpose, Status
from tests.conftest import on_sqlite
from tests.procedures.desk.desk import somebody
from tests.procedures.filling.journeys import begin
from tests.procedures.ground import (
    NOON,
    children,
    document,
    page,
    publish,
    question,
    small_pages,
    submit,
)

ANSWERS: dict[str, Any] = {"name": "山田 花子", "kind": "sofa", "count": 1}


def made(form: Form, settings: Settings, status: Status, at: datetime, **more: Any) -> str:  # noqa: ANN401 - of a submission
    """Ref of a submission that came to `status` then."""
    with transaction() as session:
        row, _key = submit(
            session, form, more.pop("answers", ANSWERS), keys=settings.keys, status=status, now=at,
            **more,
        )  # fmt: skip
        return row.ref


def row_of(ref: str) -> Submission:
    db.session.rollback()
    return db.session.scalars(select(Submission).where(Submission.ref == ref)).one()


def opens(ref: str, keys: KeyRing) -> bool:
    """Whether its answers can still be read."""
    row = row_of(ref)
    try:
        key = dossiers.key_of(db.session, keys, row.dossier_id)
    except dossiers.Forgotten:
        return False
    return bool(revisions.read(db.session, row, row.revision, key=key))


def test_each_form_keeps_closed_submissions_for_its_own_time(
    app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        short = publish(session, document(retention_days=100), slug="mijikai")
        long = publish(session, document(retention_days=1000, form_id="b"), slug="nagai")
    who = somebody()
    old = NOON - timedelta(days=101)
    gone = made(short, settings, Status.COMPLETED, old, resident_id=who)
    kept = [
        made(short, settings, Status.COMPLETED, NOON - timedelta(days=99), resident_id=who),
        made(short, settings, Status.REVIEWING, old),
        made(long, settings, Status.REJECTED, old),
    ]
    with transaction() as session:
        assert retention.forget(session, settings.keys, now=NOON) == 1
    with transaction() as session:
        assert retention.forget(session, settings.keys, now=NOON) == 0
    assert not opens(gone, settings.keys)
    row = row_of(gone)
    assert (row.resident_id, row.status, row.emptied_at) == (None, "completed", NOON)
    wanted = select(SubmissionEvent).where(SubmissionEvent.submission_id == row.id)
    events = list(db.session.scalars(wanted.order_by(SubmissionEvent.number)))
    assert [one.kind for one in events] == ["submitted", "moved", "forgotten"]
    assert {one.public_sealed for one in events} | {one.private_sealed for one in events} == {None}
    assert all(opens(one, settings.keys) for one in kept)


def test_an_answer_of_shorter_time_goes_alone_with_its_files_and_marks(
    app: Flask, settings: Settings
) -> None:
    pages = (
        page(
            "one",
            question("name", normalise=Normalise.NAME, retention_days=30),
            question("other"),
            question("photo", Kind.PHOTO, retention_days=30),
        ),
        page("two", children()),
    )
    with transaction() as session:
        form = publish(session, document(*pages, retention_days=1000))
    answers = {"name": "山田 花子", "other": "のこる", "photo": ["f" * 32]}
    ref = made(form, settings, Status.COMPLETED, NOON - timedelta(days=31), answers=answers)
    young = made(form, settings, Status.COMPLETED, NOON - timedelta(days=29), answers=answers)
    with transaction() as session:
        row = session.scalars(select(Submission).where(Submission.ref == ref)).one()
        marks.keep(session, row, form.document, answers, settings.keys)
        session.add(
            SealedFile(
                id="f" * 32, dossier_id=row.dossier_id, purpose=FilePurpose.ANSWER.value,
                media_type="image/jpeg", size=1, name_sealed=b"", digest=b"x", store_key="a/b",
                by="resident", created_at=NOON,
            )
        )  # fmt: skip
    store = app.extensions["file_store"]
    with transaction() as session:
        assert retention.forget_answers(session, store, settings.keys, now=NOON) == 2
    with transaction() as session:
        assert retention.forget_answers(session, store, settings.keys, now=NOON) == 0
    row = row_of(ref)
    key = dossiers.key_of(db.session, settings.keys, row.dossier_id)
    assert revisions.read(db.session, row, 1, key=key) == {"other": "のこる"}
    assert db.session.scalars(select(SealedFile.purpose)).one() == FilePurpose.GONE
    assert db.session.scalars(select(SubmissionMark)).all() == []
    assert opens(young, settings.keys)
    assert len(db.session.scalars(select(SubmissionRevision)).all()) == 2


def test_an_answer_of_shorter_time_that_was_sent_again_goes_again(
    app: Flask, settings: Settings
) -> None:
    pages = page("one", question("name", retention_days=30), question("other"))
    with transaction() as session:
        form = publish(session, document(pages, retention_days=1000))
    ref = made(form, settings, Status.COMPLETED, NOON - timedelta(days=31), answers={"name": "花"})
    store, keys = app.extensions["file_store"], settings.keys

    def forgotten(at: datetime) -> int:
        with transaction() as session:
            return retention.forget_answers(session, store, keys, now=at)

    assert [forgotten(NOON), forgotten(NOON)] == [1, 0]
    with transaction() as session:  # opened again, corrected and closed within one moment
        row = events.hold(session, ref)
        key = dossiers.key_of(session, keys, row.dossier_id)
        for step in (Status.REVIEWING, Status.RETURNED):
            events.append(session, row, EventKind.MOVED, key=key, actor="x", now=NOON, to=step)
        row.revision += 1
        revisions.add(session, row, {"name": "花"}, key=key, by="resident", now=NOON)
        for step in (Status.RECEIVED, Status.REJECTED):
            events.append(session, row, EventKind.MOVED, key=key, actor="x", now=NOON, to=step)
    assert forgotten(NOON + timedelta(days=29)) == 0
    late = NOON + timedelta(days=31)
    assert [forgotten(late), forgotten(late)] == [1, 0]
    row = row_of(ref)
    key = dossiers.key_of(db.session, keys, row.dossier_id)
    assert [revisions.read(db.session, row, number, key=key) for number in (1, 2)] == [{}, {}]


def test_drafts_go_after_thirty_days_and_a_corrections_dossier_stays(
    app: Flask, settings: Settings, resident: FlaskClient
) -> None:
    with transaction() as session:
        form = publish(session, document())
    old, young = begin(resident), begin(resident)
    ref = made(form, settings, Status.RETURNED, NOON)
    row = row_of(ref)
    with transaction() as session:
        first = session.get_one(ProcedureDraft, old.ref)
        correcting = ProcedureDraft(
            ref="c" * 32, dossier_id=row.dossier_id, procedure_id=form.procedure_id,
            version_id=form.version_id, purpose="correction", submission_id=row.id, source="liff",
            language="ja", body_sealed=b"", request_key="k", created_at=NOON, updated_at=NOON,
        )  # fmt: skip
        session.add(correcting)
        session.flush()
        now = first.updated_at
        months = now - timedelta(days=31)
        wanted = update(ProcedureDraft).where(ProcedureDraft.ref.in_([old.ref, "c" * 32]))
        session.execute(wanted.values(updated_at=months))
        dossier_id = first.dossier_id
    with transaction() as session:
        assert retention.purge_drafts(session, now=now) == 2
    db.session.rollback()
    assert list(db.session.scalars(select(ProcedureDraft.ref))) == [young.ref]
    assert db.session.get_one(Dossier, dossier_id).key_sealed is None
    assert opens(ref, settings.keys)


def test_dossiers_that_belong_to_nothing_are_destroyed_and_go_with_their_files(
    app: Flask, settings: Settings
) -> None:
    with transaction() as session:
        empty, _key = dossiers.new(session, settings.keys, now=NOON - timedelta(days=3))
        full, _key = dossiers.new(session, settings.keys, now=NOON - timedelta(days=3))
        dossiers.new(session, settings.keys, now=NOON)
        session.add(
            SealedFile(
                id="f" * 32, dossier_id=full, purpose="answer", media_type="x", size=1,
                name_sealed=b"", digest=b"x", store_key="a/b", by="resident", created_at=NOON,
            )
        )  # fmt: skip
    with transaction() as session:
        assert retention.purge_dossiers(session, now=NOON) == 2
    db.session.rollback()
    assert db.session.get(Dossier, empty) is None
    assert db.session.get_one(Dossier, full).key_sealed is None
    assert len(db.session.scalars(select(Dossier)).all()) == 2


def test_trials_go_wholly_and_real_ones_stay(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        form = publish(session, document())
    old = NOON - timedelta(days=31)
    made(form, settings, Status.RECEIVED, old, is_test=True)
    real = made(form, settings, Status.RECEIVED, old)
    made(form, settings, Status.RECEIVED, NOON, is_test=True)
    with transaction() as session:
        assert retention.purge_trials(session, now=NOON) == 1
    assert opens(real, settings.keys)
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 2


def test_marks_of_who_took_part_go_with_the_survey(app: Flask, settings: Settings) -> None:
    with transaction() as session:
        for slug in ("now", "closed", "ended"):
            form = publish(
                session, document(*small_pages(), kind="survey", form_id=slug), slug=slug
            )
            participation.take_part(session, form.procedure_id, "r" * 32, keys=settings.keys)
        old = NOON - timedelta(days=31)
        session.execute(
            update(Procedure)
            .where(Procedure.slug == "closed")
            .values(is_closed=True, updated_at=old)
        )
        wanted = select(Procedure.id).where(Procedure.slug == "ended").scalar_subquery()
        session.execute(
            update(ProcedureVersion)
            .where(ProcedureVersion.procedure_id == wanted)
            .values(open_until=old)
        )
    with transaction() as session:
        assert retention.purge_participations(session, now=NOON) == 2
    wanted_slugs = select(Procedure.slug).join(
        Participation, Participation.procedure_id == Procedure.id
    )
    assert list(db.session.scalars(wanted_slugs)) == ["now"]


@on_sqlite
def test_what_is_offered_again_goes_when_nobody_used_it_and_moves_to_a_new_key(
    app: Flask, settings: Settings
) -> None:
    who = somebody()
    with transaction() as session:
        form = publish(session, document())
        remembering.keep(
            session, form, {"name": "山田 花子", "phone": "+819012345678"}, resident_id=who,
            keys=settings.keys, now=NOON,
        )  # fmt: skip
        remembering.use(session, who, "name", now=NOON + timedelta(days=300))
    spelled = "new:" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567890123456"
    newer = KeyRing.parse(spelled)
    both = KeyRing({**newer._keys, **settings.keys._keys})  # noqa: SLF001 - a ring in the middle of a rotation
    with transaction() as session:
        assert remembering.reseal(session, both, dry_run=True) == 2
        assert remembering.reseal(session, both, dry_run=False) == 2
        assert remembering.reseal(session, both, dry_run=False) == 0
    words = {one.words for one in remembering.kept(db.session, who, keys=newer)}
    assert words == {"山田 花子", "090-1234-5678"}
    with transaction() as session:
        late = NOON + remembering.KEPT + timedelta(days=1)
        assert retention.purge_remembered(session, now=late) == 1
    assert list(db.session.scalars(select(RememberedAnswer.prefill))) == ["name"]
