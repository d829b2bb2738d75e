"""Forms as the rest of procedures reads them: which is open now, and what a version asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.procedures.engine.document import Document, from_json
from liff_app.procedures.models import Procedure, ProcedureVersion
from liff_app.procedures.vocabulary import VersionState

__all__ = ["Form", "form_of", "open_form", "open_forms", "version_form"]


PUBLISHED = (
    select(Procedure, ProcedureVersion)
    .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
    .where(ProcedureVersion.state == VersionState.PUBLISHED.value)
)
NEWEST = ProcedureVersion.number.desc()


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
    rows = session.execute(PUBLISHED.order_by(Procedure.position, Procedure.slug, NEWEST))
    newest: dict[str, tuple[Procedure, ProcedureVersion]] = {}
    for procedure, version in rows:
        if _has_begun(version, now):
            newest.setdefault(procedure.id, (procedure, version))
    return [form_of(*row) for row in newest.values() if _is_open(*row, now)]


def open_form(session: Session, slug: str, *, now: datetime) -> Form:
    """The form that residents may begin at that address. Raises NotFound if none is open.

    Of several published versions the newest whose time has come; once that is over, none: the
    ones before it do not come back.
    """
    rows = session.execute(PUBLISHED.where(Procedure.slug == slug).order_by(NEWEST))
    found = next(((one, version) for one, version in rows if _has_begun(version, now)), None)
    if found is None or not _is_open(*found, now):
        raise NotFound("no such form is open")
    return form_of(*found)


def version_form(session: Session, version_id: str) -> Form:
    """That version, whatever its state: drafts and submissions keep to theirs. Raises NotFound."""
    wanted = (
        select(Procedure, ProcedureVersion)
        .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
        .where(ProcedureVersion.id == version_id)
    )
    row = session.execute(wanted).first()
    if row is None:
        raise NotFound("no such version")
    return form_of(*row)


def form_of(procedure: Procedure, version: ProcedureVersion) -> Form:
    """The two rows as one; the document is read from its JSON once in a process."""
    return Form(
        procedure_id=procedure.id,
        slug=procedure.slug,
        department_id=procedure.department_id,
        version_id=version.id,
        number=version.number,
        state=VersionState(version.state),
        open_from=version.open_from,
        open_until=version.open_until,
        document=from_json(version.document),
    )


def _has_begun(version: ProcedureVersion, now: datetime) -> bool:
    return version.open_from is None or version.open_from <= now


def _is_open(procedure: Procedure, version: ProcedureVersion, now: datetime) -> bool:
    ended = version.open_until is not None and version.open_until <= now
    return not ended and not procedure.is_closed
