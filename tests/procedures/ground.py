"""Forms and submissions of an invented town, put straight into the database."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.procedures import dossiers, events, forms, numbers, revisions
from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Item,
    Kind,
    Normalise,
    Page,
    Question,
    Repeat,
    Settings,
    digest_of,
    to_json,
)
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Procedure, ProcedureVersion, Submission
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import EventKind, Source, Status, VersionState

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # noon in Japan, a Monday


def ja(words: str) -> dict[str, str]:
    """A text in Japanese only."""
    return {"ja": words}


def question(name: str, kind: Kind = Kind.TEXT, **more: Any) -> Question:  # noqa: ANN401 - any column
    """A question that is labelled with its name."""
    return Question(name=name, kind=kind, **({"label": ja(name)} | more))


def choices(*values: str) -> tuple[Choice, ...]:
    """Choices that are labelled with their values."""
    return tuple(Choice(value=one, label=ja(f"{one}です")) for one in values)


def document(*pages: Page, form_id: str = "sample", **settings: Any) -> Document:  # noqa: ANN401 - any setting
    """A form of these pages; without any, the small one below."""
    given = {"consent": ja("申請の審査だけに使います。"), "prefix": "例"} | settings
    return Document(
        form_id=form_id,
        title=ja("見本の手続き"),
        languages=("ja",),
        default_language="ja",
        settings=Settings(**given),
        pages=pages or small_pages(),
    )


def page(name: str, *items: Item, **more: Any) -> Page:  # noqa: ANN401 - any column
    """A page that is labelled with its name."""
    return Page(name=name, items=items, **({"label": ja(name)} | more))


def small_pages() -> tuple[Page, ...]:
    """Two pages: who, and what; sofas cost more, and only others are described."""
    return (
        page(
            "who",
            question("name", required="true()", normalise=Normalise.NAME, prefill="name"),
            question("phone", normalise=Normalise.PHONE, prefill="phone"),
        ),
        page(
            "what",
            question(
                "kind", Kind.CHOOSE_ONE, required="true()", choices=choices("sofa", "bed", "other")
            ),
            question("other", relevant="${kind} = 'other'", required="true()"),
            question("count", Kind.INTEGER, required="true()", constraint=". > 0 and . <= 10",
                     constraint_message=ja("1から10までの数を入れてください。")),
            question("fee", Kind.CALCULATED, is_fee=True,
                     calculation="if(${kind} = 'sofa', 800, 400) * ${count}"),
        ),
    )  # fmt: skip


def children() -> Repeat:
    """Children with names and birth dates."""
    return Repeat(
        name="children",
        label=ja("お子さん"),
        items=(
            question("child", required="true()"),
            question("birth", Kind.DATE, required="true()", constraint=". <= today()"),
        ),
    )


def publish(
    session: Session,
    wanted: Document,
    *,
    slug: str = "mihon",
    number: int = 1,
    department_id: str | None = None,
    state: VersionState = VersionState.PUBLISHED,
    now: datetime = NOON,
) -> Form:
    """The document is a version of the procedure `slug`; an earlier open one is retired."""
    row = session.query(Procedure).filter_by(slug=slug).one_or_none()
    if row is None:
        row = Procedure(
            id=secrets.token_hex(6), slug=slug, title=wanted.title["ja"],
            kind=wanted.settings.kind, department_id=department_id, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
    if state is VersionState.PUBLISHED:
        session.query(ProcedureVersion).filter_by(procedure_id=row.id, state="published").update(
            {"state": "retired"}
        )
    text = to_json(wanted)
    version = ProcedureVersion(
        id=secrets.token_hex(6), procedure_id=row.id, number=number, state=state.value,
        document=text, sha256=digest_of(text), workbook=b"", created_at=now, created_by="system",
        published_at=now, published_by="system",
    )  # fmt: skip
    session.add(version)
    session.flush()
    return forms.version_form(session, version.id)


def submit(
    session: Session,
    form: Form,
    answers: dict[str, Any],
    *,
    keys: KeyRing,
    resident_id: str | None = None,
    status: Status = Status.RECEIVED,
    now: datetime = NOON,
    is_test: bool = False,
    source: Source = Source.LIFF,
) -> tuple[Submission, DataKey]:
    """A submission of those answers, as they are, and the key of its dossier."""
    dossier_id, key = dossiers.new(session, keys, now=now)
    prefix = form.document.settings.prefix
    row = Submission(
        ref=secrets.token_hex(16), number=numbers.give(session, prefix, is_test=is_test, now=now),
        dossier_id=dossier_id, procedure_id=form.procedure_id, version_id=form.version_id,
        resident_id=resident_id, source=source.value, language="ja", is_test=is_test,
        status=Status.RECEIVED.value, is_open=True, revision=1, version=0,
        department_id=form.department_id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    revisions.add(session, row, answers, key=key, by="resident", now=now)
    events.append(session, row, EventKind.SUBMITTED, key=key, actor="resident", now=now)
    if status is not Status.RECEIVED:
        events.append(session, row, EventKind.MOVED, key=key, actor="system", now=now, to=status)
    return row, key
