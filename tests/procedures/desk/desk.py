"""Cases of an invented town and the colleagues who work on them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.gateways.line_login import LineIdentity
from liff_app.identity import service as identity
from liff_app.messaging.models import LineMessage
from liff_app.procedures import dossiers, events
from liff_app.procedures.desk import marks
from liff_app.procedures.engine.document import Document, Kind, Normalise
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Submission, SubmissionEvent
from liff_app.procedures.scope import EVERYWHERE, Scope
from liff_app.procedures.vocabulary import Source, Status
from liff_app.staff import service as staff
from liff_app.staff.models import Department
from liff_app.staff.rules import Colleague, Grant
from liff_app.staff.vocabulary import Role
from tests.procedures.ground import (
    NOON,
    children,
    choices,
    document,
    page,
    publish,
    question,
    submit,
)

ANSWERS: dict[str, Any] = {
    "name": "山田 花子",
    "kana": "ヤマダ ハナコ",
    "phone": "+819012345678",
    "kind": "sofa",
    "children": [
        {"child": "山田 一郎", "birth": "2020-05-05"},
        {"child": "山田 二郎", "birth": "2022-05-05"},
    ],
}


def form_document(**settings: Any) -> Document:  # noqa: ANN401 - any setting
    """Who, what, and which children; one answer that only others give is hidden."""
    return document(
        page(
            "who",
            question("name", required="true()", normalise=Normalise.NAME),
            question("kana", normalise=Normalise.KANA),
            question("phone", normalise=Normalise.PHONE),
            question("fixed", correctable=False),
        ),
        page(
            "what",
            question("kind", Kind.CHOOSE_ONE, required="true()", choices=choices("sofa", "other")),
            question("other", relevant="${kind} = 'other'", required="true()"),
            question("photo", Kind.PHOTO, most_files=2),
        ),
        page("family", children()),
        **settings,
    )


def made_form(slug: str = "mihon", *, department_id: str | None = None, **settings: Any) -> Form:  # noqa: ANN401 - any setting
    """A published form of that kind."""
    with transaction() as session:
        return publish(session, form_document(**settings), slug=slug, department_id=department_id)


def made_case(
    form: Form,
    answers: dict[str, Any] | None = None,
    *,
    resident_id: str | None = None,
    status: Status = Status.RECEIVED,
    source: Source = Source.LIFF,
    is_test: bool = False,
    minutes: int = 0,
) -> str:
    """Ref of a submission that stands at `status`; whoever sent it is found by name."""
    said = ANSWERS if answers is None else answers
    with transaction() as session:
        row, _key = submit(
            session, form, said, keys=town().keys, resident_id=resident_id, status=status,
            now=NOON + timedelta(minutes=minutes), is_test=is_test, source=source,
        )  # fmt: skip
        marks.keep(session, row, form.document, said, town().keys)
        return row.ref


def somebody() -> str:
    """Id of a resident who is told things in LINE."""
    known = LineIdentity(
        sub=f"U{secrets.token_hex(16)}",
        audience="1234567890",
        issued_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        token_digest=secrets.token_bytes(32),
    )
    with transaction() as session:
        return identity.recognise(session, known, keys=town().keys, now=NOON)


def town() -> Settings:
    """The settings of the town."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def department(name: str) -> str:
    """Id of a new department."""
    with transaction() as session:
        row = Department(name=name)
        session.add(row)
        session.flush()
        return row.id


def reviewer(name: str = "佐藤 さくら", *, department_id: str | None = None) -> Colleague:
    """A colleague with an account who reviews procedures."""
    grant = Grant(Role.PROCEDURE_REVIEWER, department=department_id)
    login = f"rev{secrets.token_hex(4)}"
    with transaction() as session:
        account_id = staff.add_account(
            session, staff.AccountDraft(login=login, name=name, grants=(grant,)), now=NOON
        )
        staff.account(session, account_id).password_hash = "!"  # as after their link; fits nothing
    return Colleague(
        id=account_id, name=name, login=login, grants=(grant,), session_id="s", confirmed_at=NOON
    )


def version_of(ref: str) -> int:
    """The version that the case has now."""
    return row(ref).version


def row(ref: str) -> Submission:
    """The case's row, as it is in the database."""
    db.session.close()
    found = db.session.scalars(select(Submission).where(Submission.ref == ref)).one()
    db.session.expunge(found)
    db.session.close()
    return found


def do(
    work: Callable[..., Any],
    ref: str,
    *args: Any,  # noqa: ANN401 - whatever the operation takes
    who: Colleague,
    scope: Scope = EVERYWHERE,
    version: int | None = None,
    minutes: int = 60,
    **more: Any,  # noqa: ANN401 - see above
) -> Any:  # noqa: ANN401 - whatever it gives
    """The operation in a transaction of its own, at the case's version now unless one is given."""
    seen = version_of(ref) if version is None else version
    with transaction() as session:
        return work(
            session, ref, *args, version=seen, colleague=who, scope=scope, keys=town().keys,
            now=NOON + timedelta(minutes=minutes), **more,
        )  # fmt: skip


def history(ref: str) -> list[tuple[str, str, str]]:
    """Kind, public and private words of every event, the oldest first."""
    db.session.close()
    found = row(ref)
    key = dossiers.key_of(db.session, town().keys, found.dossier_id)
    wanted = select(SubmissionEvent).where(SubmissionEvent.submission_id == found.id)
    said = [
        (one.kind, events.public_text(one, key), events.private_text(one, key))
        for one in db.session.scalars(wanted.order_by(SubmissionEvent.number))
    ]
    db.session.close()
    return said


def kinds(ref: str) -> list[str]:
    """What happened, the oldest first."""
    return [kind for kind, _public, _private in history(ref)]


def messages(resident_id: str) -> list[tuple[str, str]]:
    """Text and link of what the resident is told, in order."""
    db.session.close()
    wanted = select(LineMessage).where(LineMessage.resident_id == resident_id)
    found = [
        (one.text, one.link or "") for one in db.session.scalars(wanted.order_by(LineMessage.id))
    ]
    db.session.close()
    return found
