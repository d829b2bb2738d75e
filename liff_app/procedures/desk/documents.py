"""Documents that the town hall gives out with a decision: notices, certificates."""

from __future__ import annotations

from typing import Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.gateways.file_store import FileStore
from liff_app.i18n import gettext as _
from liff_app.procedures import telling
from liff_app.procedures.desk.acts import By, begin, write
from liff_app.procedures.files import service as files
from liff_app.procedures.files.service import Prepared
from liff_app.procedures.files.views import FileView
from liff_app.procedures.models import SealedFile, Submission
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import EventKind, FilePurpose, Status

__all__ = ["MOST", "OUT", "add", "all_of", "given", "remove"]

MOST = 10
# Where a submission stands when its applicant may see the documents: not before the decision.
OUT = frozenset({Status.ACCEPTED, Status.REJECTED, Status.COMPLETED})


def all_of(session: Session, row: Submission, key: DataKey) -> list[FileView]:
    """Every document of the case, the oldest first, whether its applicant sees them yet or not."""
    wanted = select(SealedFile.id).where(
        SealedFile.dossier_id == row.dossier_id,
        SealedFile.purpose == FilePurpose.DECISION.value,
    )
    ids = session.scalars(wanted.order_by(SealedFile.created_at, SealedFile.id)).all()
    found = files.views(session, key, ids)
    return [found[one] for one in ids if one in found]


def given(session: Session, row: Submission, key: DataKey) -> list[FileView]:
    """The documents that the applicant may see now: none before the decision."""
    return all_of(session, row, key) if Status(row.status) in OUT else []


def add(
    session: Session, ref: str, store: FileStore, prepared: Prepared, **by: Unpack[By]
) -> FileView:
    """The applicant gets the document with the decision; after the decision they hear of it.

    Raises InputInvalid for one more than `MOST`. The same bytes again: nothing happens.
    """
    held = begin(session, ref, by)
    there = all_of(session, held.row, held.key)
    if len(there) >= MOST:
        message = _("書類は%(n)sまでです。使わないものを消してください。", n=MOST)
        raise InputInvalid([FieldError("document", "many", message)])
    view = files.keep(
        session,
        store,
        prepared,
        dossier_id=held.row.dossier_id,
        key=held.key,
        purpose=FilePurpose.DECISION,
        by=by["colleague"].actor,
        now=by["now"],
    )
    if view.id in {one.id for one in there}:
        return view
    detail = {"file": view.id}
    write(session, held, EventKind.DOCUMENT_ADDED, by, private=view.name, detail=detail)
    if Status(held.row.status) in OUT:
        telling.told(session, held.row, held.form, Told.DOCUMENT_ADDED, by["now"])
    return view


def remove(session: Session, ref: str, store: FileStore, file_id: str, **by: Unpack[By]) -> None:
    """Nobody can open the document any more. Raises NotFound for one that is not of this case."""
    held = begin(session, ref, by)
    found = next((one for one in all_of(session, held.row, held.key) if one.id == file_id), None)
    if found is None:
        raise NotFound("no such document", title=_("その書類は、もうありません。"))
    files.drop(session, store, [file_id], dossier_id=held.row.dossier_id)
    detail = {"file": file_id}
    write(session, held, EventKind.DOCUMENT_REMOVED, by, private=found.name, detail=detail)
