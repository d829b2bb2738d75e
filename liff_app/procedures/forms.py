"""Forms as the rest of procedures reads them: which is open now, and what a version asks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.procedures.engine.document import Document, from_json
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.vocabulary import VersionState

__all__ = ["Form", "announced", "numbered", "open_form", "open_forms", "version_form", "versions"]


_HEAD: Select[*tuple[Any, ...]] = (
    select(
        Procedure.id, Procedure.slug, Procedure.department_id, Procedure.is_closed,
        ProcedureVersion.id.label("version_id"), ProcedureVersion.number, ProcedureVersion.state,
        ProcedureVersion.open_from, ProcedureVersion.open_until, ProcedureVersion.sha256,
    )
    .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
)  # fmt: skip
_PUBLISHED = _HEAD.where(ProcedureVersion.state == VersionState.PUBLISHED.value)
_NEWEST = ProcedureVersion.number.desc()
_KEPT = 64  # documents in a process; the largest, 500 questions, takes some megabytes
_documents: OrderedDict[bytes, Document] = OrderedDict()  # by the digest of their text


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A version of a procedure, ready to be filled in."""

    procedure_id: str
    slug: str
    department_id: str | None
    version_id: str
    number: int
    state: VersionState
    open_from: datetime | None
    open_until: datetime | None
    document: Document


def open_forms(session: Session, *, now: datetime) -> list[Form]:
    """What residents may begin now, in the town's order."""
    rows = session.execute(_PUBLISHED.order_by(Procedure.position, Procedure.slug, _NEWEST))
    newest: dict[str, Any] = {}
    for row in rows:
        if _has_begun(row, now):
            newest.setdefault(row.id, row)
    return [_form(session, row) for row in newest.values() if _is_open(row, now)]


def open_form(session: Session, slug: str, *, now: datetime) -> Form:
    """The form that residents may begin at that address. Raises NotFound if none is open.

    Of several published versions the newest whose time has come; once that is over, none: the
    ones before it do not come back.
    """
    rows = session.execute(_PUBLISHED.where(Procedure.slug == slug).order_by(_NEWEST))
    found = next((row for row in rows if _has_begun(row, now)), None)
    if found is None or not _is_open(found, now):
        raise NotFound("no such form is open")
    return _form(session, found)


def announced(session: Session, slug: str, *, now: datetime) -> tuple[Form, datetime | None] | None:
    """The newest version that was ever published, and when it opens if that is still to come.

    None for what nobody has published: of drafts nothing is told.
    """
    known = _HEAD.where(Procedure.slug == slug, ProcedureVersion.published_at.is_not(None))
    row = session.execute(known.order_by(_NEWEST)).first()
    if row is None:
        return None
    is_ahead = not row.is_closed and not _has_begun(row, now)
    return _form(session, row), row.open_from if is_ahead else None


def version_form(session: Session, version_id: str) -> Form:
    """That version, whatever its state: drafts and submissions keep to theirs. Raises NotFound."""
    row = session.execute(_HEAD.where(ProcedureVersion.id == version_id)).first()
    if row is None:
        raise NotFound("no such version")
    return _form(session, row)


def numbered(session: Session, slug: str, number: int) -> Form | None:
    """The version of that number, whatever its state; None if there is none."""
    asked = _HEAD.where(Procedure.slug == slug, ProcedureVersion.number == number)
    row = session.execute(asked).first()
    return None if row is None else _form(session, row)


def versions(session: Session, procedure_id: str) -> list[Form]:
    """Every version of the procedure, newest first."""
    rows = session.execute(_HEAD.where(Procedure.id == procedure_id).order_by(_NEWEST))
    return [_form(session, row) for row in rows]


def _form(session: Session, row: Row[*tuple[Any, ...]]) -> Form:
    return Form(
        procedure_id=row.id,
        slug=row.slug,
        department_id=row.department_id,
        version_id=row.version_id,
        number=row.number,
        state=VersionState(row.state),
        open_from=row.open_from,
        open_until=row.open_until,
        document=_document(session, row),
    )


def _document(session: Session, row: Row[*tuple[Any, ...]]) -> Document:
    """Read and parsed once in a process: the same digest is the same document."""
    found = _documents.get(row.sha256)
    if found is None:
        wanted = select(ProcedureVersion.document).where(ProcedureVersion.id == row.version_id)
        found = _documents[row.sha256] = from_json(session.scalars(wanted).one())
        while len(_documents) > _KEPT:
            _documents.popitem(last=False)
    return found


def _has_begun(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    return row.open_from is None or row.open_from <= now


def _is_open(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    ended = row.open_until is not None and row.open_until <= now
    return not ended and not row.is_closed
