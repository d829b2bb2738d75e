"""Papers of the matrix's town: what two applicants sent, half wrote and were asked to put right.

One form is of no department and the resident's, the other of a department and a stranger's; of
both there is one of everything that an address can name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.crypto import KeyRing
from liff_app.db import transaction
from liff_app.gateways.file_store import FileStore
from liff_app.procedures import dossiers
from liff_app.procedures.definitions import benches, service
from liff_app.procedures.definitions.checking import Checked
from liff_app.procedures.definitions.holding import Maker
from liff_app.procedures.definitions.service import Edition, NewProcedure
from liff_app.procedures.desk import returning, sentences
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.desk.sentences import SentenceDraft
from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.files import service as files
from liff_app.procedures.files.service import Prepared
from liff_app.procedures.filling import consent, drafts, sending
from liff_app.procedures.filling.bodies import Body
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.following import documents
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Submission
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import DraftPurpose, FilePurpose, Source, Status
from liff_app.procedures.webhooks import service as webhooks
from liff_app.procedures.workbooks import writing
from liff_app.procedures.workbooks.grid import Grid, sheet_of
from tests.procedures.ground import document, page, publish, question, small_pages, submit
from tests.reports.console.case_desk import jpeg

OUTSIDE = "https://hooks.example.jp"
TYPIST = "every role"  # the colleague whose drafts and receipts are "own"
BY = "staff:0123456789ab"
MAKER = Maker(actor=BY)
WAY_IN = timedelta(days=1)  # a document's link opens for minutes; a slow run must not outlive it
PAGES = ("who", "what", "papers")
ANSWERS: dict[str, Any] = {
    "name": "山田 花子", "phone": "+819012345678", "kind": "sofa", "count": 2,
}  # fmt: skip
GRID = Grid(
    survey=sheet_of(
        ("type", "name", "label"),
        (
            {"type": "text", "name": "name", "label": "お名前"},
            {"type": "text", "name": "phone", "label": "電話番号"},
        ),
    ),
    settings=sheet_of(
        ("form_title", "form_id", "machimado_consent"),
        ({"form_title": "見本の手続き", "form_id": "sample", "machimado_consent": "審査のため"},),
    ),
)
ROW = 2  # of the first question on the sheet
WORKBOOK = writing.write(GRID)
NUMBER = 3  # of the version that is still a draft; 2 is open, 1 was replaced by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """For whom a set of papers is made."""

    slug: str
    prefix: str  # of its receipt numbers
    department_id: str | None
    resident_id: str
    typist: str  # id of the colleague's account


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """One form with everything that hangs on it."""

    slug: str
    version_id: str  # of the open version
    consent: str
    draft: str  # the resident's, begun on the version before
    draft_file: str
    sent: str  # ref of the draft that became the case
    ref: str  # the case: received, nobody has touched it
    version: int
    receipt: str
    file: str  # of its answers
    notice: str  # a document beside it, for its applicant
    returned: str
    given: str  # a way to a document that its applicant may have
    typed: str  # a colleague's draft
    typed_file: str
    typed_sent: str
    bench: str
    hook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Both sets, and what belongs to neither."""

    own: Papers
    other: Papers
    survey: str  # its results are for everybody
    sentence: str

    def of(self, which: str) -> Papers:
        """The papers of a question's object; what is absent is asked for with one's own."""
        return self.other if which == "other" else self.own


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes one set, inside a transaction, by the app's own ways where there is one."""

    session: Session
    whose: Whose
    photo: Prepared
    keys: KeyRing
    store: FileStore
    now: datetime

    @property
    def resident(self) -> Filler:
        return Filler(resident_id=self.whose.resident_id)

    @property
    def typist(self) -> Filler:
        return Filler(account_id=self.whose.typist)

    def published(self, number: int) -> Form:
        return publish(
            self.session, _edition(self.whose, number), slug=self.whose.slug, number=number,
            department_id=self.whose.department_id, now=self.now,
        )  # fmt: skip

    def draft(self, form: Form, filler: Filler, purpose: DraftPurpose) -> tuple[str, str]:
        """Ref of a draft that could be sent as it is, and the id of its photo."""
        source = Source.COUNTER if filler.account_id else Source.LIFF
        draft = drafts.begin(
            self.session, form, filler=filler, purpose=purpose, source=source, language="ja",
            keys=self.keys, now=self.now, consent_sha256=consent.digest(form, "ja"),
        )  # fmt: skip
        photo = self.file(draft.dossier_id, draft.key, FilePurpose.ANSWER)
        said = Body(
            answers=ANSWERS | {"photo": [photo]}, reached=PAGES, passed=PAGES, is_checked=True
        )
        drafts.save(self.session, draft, said, now=self.now)
        return draft.ref, photo

    def send(self, form: Form, filler: Filler, purpose: DraftPurpose) -> tuple[str, str, str]:
        """Ref of a draft that was sent, that of its submission, and the id of the photo."""
        ref, photo = self.draft(form, filler, purpose)
        receipt = sending.send(
            self.session, ref, filler=filler, keys=self.keys, store=self.store, now=self.now
        )
        return ref, receipt.ref, photo

    def file(self, dossier_id: str, key: DataKey, purpose: FilePurpose) -> str:
        return files.keep(
            self.session, self.store, self.photo, dossier_id=dossier_id, key=key, purpose=purpose,
            by=BY, now=self.now,
        ).id  # fmt: skip

    def case(self, form: Form, status: Status) -> tuple[Submission, DataKey]:
        return submit(
            self.session, form, ANSWERS, keys=self.keys, resident_id=self.whose.resident_id,
            status=status, now=self.now,
        )  # fmt: skip

    def returned(self, form: Form) -> str:
        """Ref of a case whose applicant is asked to write the name again."""
        row, key = self.case(form, Status.RETURNED)
        items = [Item(path="name", comment="お名前を確かめてください。")]
        returning.keep(self.session, row, items, due_on=None, key=key, by=BY, now=self.now)
        return row.ref

    def given(self, form: Form) -> tuple[str, str]:
        """A document that its applicant may have, and the ref of its case."""
        row, key = self.case(form, Status.ACCEPTED)
        return self.file(row.dossier_id, key, FilePurpose.DECISION), row.ref

    def bench(self) -> str:
        """Ref of a workbook in work, which has no fault."""
        checked = Checked(workbook=WORKBOOK, grid=GRID, document=_edition(self.whose, NUMBER))
        new = NewProcedure(slug=self.whose.slug, department_id=self.whose.department_id)
        return benches.begin(self.session, checked, new, by=MAKER, now=self.now)

    def hook(self, form: Form) -> str:
        hook_id, _secret = webhooks.add(
            self.session, form.procedure_id, f"{OUTSIDE}/told", origins=[OUTSIDE], keys=self.keys,
            now=self.now,
        )  # fmt: skip
        return hook_id


def _edition(whose: Whose, number: int) -> Document:
    """What the form asks; each edition one thing that no other does."""
    papers = page(
        "papers", question("photo", Kind.PHOTO, most_files=2), question(f"remark{number}")
    )
    return document(*small_pages(), papers, form_id=whose.slug, prefix=whose.prefix)


def made(app: Flask, own: Whose, other: Whose) -> Ground:
    """Both sets, a survey and a sentence are there."""
    photo = files.prepare(jpeg(), Kind.PHOTO, "写真.jpg")
    now = clock.now()
    with transaction() as session:
        survey = document(
            form_id="anketo", prefix="問", kind="survey", once_a_person=True, results_public=True
        )
        publish(session, survey, slug="anketo", now=now)
        sentence = sentences.save(session, SentenceDraft(title="見本", text="見本の文です。"))
    return Ground(
        own=_papers(app, own, photo, now),
        other=_papers(app, other, photo, now),
        survey="anketo",
        sentence=sentence,
    )


def _papers(app: Flask, whose: Whose, photo: Prepared, now: datetime) -> Papers:
    keys, store = app.config["SETTINGS"].keys, app.extensions["file_store"]
    with transaction() as session:
        making = _Making(session, whose, photo, keys, store, now)
        draft, draft_file = making.draft(making.published(1), making.resident, DraftPurpose.NEW)
        form = making.published(2)
        sent, ref, file = making.send(form, making.resident, DraftPurpose.NEW)
        row = session.scalars(select(Submission).where(Submission.ref == ref)).one()
        key = dossiers.key_of(session, keys, row.dossier_id)
        notice = making.file(row.dossier_id, key, FilePurpose.DECISION)
        paper, decided = making.given(form)
        typed, typed_file = making.draft(form, making.typist, DraftPurpose.PROXY)
        typed_sent, _ref, _file = making.send(form, making.typist, DraftPurpose.PROXY)
        edition = Edition(document=_edition(whose, NUMBER), workbook=WORKBOOK)
        service.upload_version(session, whose.slug, edition, by=MAKER, now=now)
        return Papers(
            slug=whose.slug, version_id=form.version_id, consent=consent.spelled(form, "ja"),
            draft=draft, draft_file=draft_file, sent=sent, ref=ref, version=row.version,
            receipt=row.number, file=file, notice=notice, returned=making.returned(form),
            given=_way(app, paper, decided, now), typed=typed, typed_file=typed_file,
            typed_sent=typed_sent, bench=making.bench(), hook=making.hook(form),
        )  # fmt: skip


def _way(app: Flask, file_id: str, ref: str, now: datetime) -> str:
    with app.test_request_context():
        return documents.link(file_id, ref, now=now + WAY_IN).rpartition("/")[2]
