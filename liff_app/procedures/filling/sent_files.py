"""Which files were sent: those that any sending of a submission names."""

from __future__ import annotations

from sqlalchemy.orm import Session

from liff_app.procedures import revisions
from liff_app.procedures.engine.document import Document
from liff_app.procedures.filling.submitting import files_in
from liff_app.procedures.models import Submission
from liff_app.procedures.sealing import DataKey

__all__ = ["sent_files"]


def sent_files(
    session: Session, row: Submission, document: Document, *, key: DataKey
) -> frozenset[str]:
    """Ids of the files of every sending, the first one included."""
    return frozenset(
        one
        for number in range(1, row.revision + 1)
        for one in files_in(document, revisions.read(session, row, number, key=key))
    )
