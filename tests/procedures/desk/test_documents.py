"""Documents for the applicant: laid ready, given out with the decision, taken back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.procedures import dossiers, revisions
from liff_app.procedures.desk import casework, documents
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.files import service as files
from liff_app.procedures.models import SealedFile, SubmissionRevision
from liff_app.procedures.vocabulary import FilePurpose, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.files.papers import pdf, with_script
from tests.procedures.ground import NOON

from .desk import (
    ANSWERS,
    do,
    kinds,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
    town,
    version_of,
)

pytestmark = [pytest.mark.usefixtures("app"), on_sqlite]
HOME = "/console/procedures/cases"
NAME = "決定通知書_山田.pdf"


@pytest.fixture
def desk(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.PROCEDURE_REVIEWER)


def picture() -> bytes:
    """A photo."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(out, "JPEG")
    return out.getvalue()


def lay(who: ConsoleVisitor, ref: str, raw: bytes, name: str = NAME) -> Any:  # noqa: ANN401 - Werkzeug's
    """The document is sent as the page's form sends it."""
    sent = {"version": str(version_of(ref)), "document": (io.BytesIO(raw), name)}
    return who.post(f"{HOME}/{ref}/documents", data=sent)


def given(ref: str) -> list[str]:
    """Names of the documents that the applicant may see now."""
    found = row(ref)
    key = dossiers.key_of(db.session, town().keys, found.dossier_id)
    names = [one.name for one in documents.given(db.session, found, key)]
    db.session.close()
    return names


def ids() -> list[str]:
    """Ids of all documents there are."""
    wanted = select(SealedFile.id).where(SealedFile.purpose == FilePurpose.DECISION.value)
    found = list(db.session.scalars(wanted))
    db.session.close()
    return found


def test_a_document_waits_for_the_decision_and_is_opened_by_both(desk: ConsoleVisitor) -> None:
    resident = somebody()
    ref = made_case(made_form(), resident_id=resident)
    assert lay(desk, ref, pdf(2)).status_code == 303
    assert (kinds(ref), given(ref), messages(resident)) == (["submitted", "document_added"], [], [])
    page = desk.get(f"{HOME}/{ref}").text
    assert NAME in page
    assert "決定のあとで" in page
    do(casework.move, ref, Status.ACCEPTED, who=reviewer())
    assert given(ref) == [NAME]
    answer = desk.get(f"{HOME}/{ref}/files/{ids()[0]}/whole")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (
        "attachment"
        in desk.get(f"{HOME}/{ref}/files/{ids()[0]}/save").headers["Content-Disposition"]
    )
    looked = db.session.scalars(select(AuditEvent.action)).all()
    assert looked.count("procedure.document_viewed") == 1
    assert NAME not in str(db.session.scalars(select(AuditEvent.detail)).all())


def test_after_the_decision_the_applicant_hears_of_a_further_one(desk: ConsoleVisitor) -> None:
    resident = somebody()
    ref = made_case(made_form(), resident_id=resident, status=Status.COMPLETED)
    assert lay(desk, ref, picture(), "証明.jpg").status_code == 303
    assert [text.split("\n")[0] for text, _link in messages(resident)] == [
        "受け取れる書類があります。"
    ]
    assert lay(desk, ref, picture(), "証明.jpg").status_code == 303
    assert kinds(ref)[2:] == ["document_added"], "the same bytes again are no second document"
    assert len(messages(resident)) == 1


def test_what_is_no_document_is_refused_with_a_sentence(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    for raw, name in ((b"", "a.pdf"), (b"MZ\x90", "a.pdf"), (with_script(), "a.pdf"), (b"x", "")):
        answer = lay(desk, ref, raw, name)
        assert answer.status_code == 422
        assert "エラー：" in answer.text
        assert faults(answer, HOME) == []
    assert kinds(ref) == ["submitted"]


def test_there_are_so_many_and_no_more(desk: ConsoleVisitor, monkeypatch: Any) -> None:  # noqa: ANN401 - pytest's
    monkeypatch.setattr(documents, "MOST", 2)
    ref = made_case(made_form())
    assert [lay(desk, ref, pdf(n + 1)).status_code for n in range(3)] == [303, 303, 422]
    assert len(ids()) == 2


def test_a_document_taken_back_opens_for_nobody(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form(), status=Status.ACCEPTED)
    other = made_case(made_form("other"), status=Status.ACCEPTED)
    lay(desk, ref, pdf())
    (one,) = ids()
    assert desk.get(f"{HOME}/{other}/files/{one}/whole").status_code == 404
    sent = desk.post(f"{HOME}/{other}/documents/{one}/remove", data={"version": version_of(other)})
    assert sent.status_code == 404
    sent = desk.post(f"{HOME}/{ref}/documents/{one}/remove", data={"version": version_of(ref)})
    assert sent.status_code == 303
    assert (given(ref), kinds(ref)[-1]) == ([], "document_removed")
    assert desk.get(f"{HOME}/{ref}/files/{one}/whole").status_code == 404


def test_a_stale_page_lays_nothing(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    do(casework.note, ref, "x", who=reviewer())
    sent = {"version": "1", "document": (io.BytesIO(pdf()), NAME)}
    assert desk.post(f"{HOME}/{ref}/documents", data=sent).status_code == 409
    assert ids() == []


def with_photo(app: Flask) -> tuple[str, str]:
    """A case whose answer has a photo; ref and the photo's id."""
    ref = made_case(made_form(), ANSWERS)
    found, store = row(ref), app.extensions["file_store"]
    key = dossiers.key_of(db.session, town().keys, found.dossier_id)
    db.session.close()
    shelved = files.shelve(
        store, files.prepare(picture(), Kind.PHOTO, "いえ.jpg"), key=key, now=NOON
    )
    with transaction() as session:
        kept = files.keep(session, store, shelved, dossier_id=found.dossier_id, key=key,
                          purpose=FilePurpose.ANSWER, by="resident", now=NOON)  # fmt: skip
        old = session.get_one(SubmissionRevision, (found.id, 1))
        session.delete(old)
        session.flush()
        revisions.add(session, session.merge(found), ANSWERS | {"photo": [kept.id]}, key=key,
                      by="resident", now=NOON)  # fmt: skip
    return ref, kept.id


def test_a_photo_is_shown_small_and_large_and_can_be_marked(
    app: Flask, desk: ConsoleVisitor
) -> None:
    ref, photo = with_photo(app)
    page = desk.get(f"{HOME}/{ref}").text
    assert f"/files/{photo}/thumb" in page
    assert "いえ.jpg" in page
    for size in ("thumb", "whole"):
        answer = desk.get(f"{HOME}/{ref}/files/{photo}/{size}")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert desk.get(f"{HOME}/{ref}/files/{photo}/huge").status_code == 404
    asked = desk.get(f"{HOME}/{ref}/return")
    assert faults(asked, HOME) == []
    assert f'name="spot.photo.{photo}.left"' in asked.text
    spot = {f"spot.photo.{photo}.{side}": "25" for side in ("left", "top", "width", "height")}
    sent = {"version": "1", "item": "photo", "comment.photo": "ぼやけています",
            "picture.photo": photo} | spot  # fmt: skip
    assert desk.post(f"{HOME}/{ref}/return", data=sent).status_code == 303
    marked = desk.get(f"{HOME}/{ref}").text
    assert '<rect data-part="line" x="160.0" y="120.0" width="160.0" height="120.0">' in marked
    assert f'<image href="{HOME}/{ref}/files/{photo}/thumb" width="640" height="480">' in marked
    paper = desk.get(f"{HOME}/{ref}/sheet").text
    assert f'<img class="desk-thumb" src="{HOME}/{ref}/files/{photo}/thumb"' in paper
