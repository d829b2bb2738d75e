"""The documents of a case as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from liff_app.procedures.desk import documents
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import answers
from liff_app.procedures.fields import attached
from liff_app.procedures.fields.views import FileShown
from liff_app.procedures.models import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """`are_out`: the applicant sees them now. `is_full`: no further one is taken."""

    files: tuple[FileShown, ...]
    are_out: bool
    is_full: bool


def papers(session: Session, case: Case) -> Papers:
    """What the town hall has laid ready for the applicant."""
    if case.key is None:
        return Papers(files=(), are_out=False, is_full=True)
    found = documents.all_of(session, session.get_one(Submission, case.id), case.key)
    return Papers(
        files=tuple(
            attached.one(view, lambda one, thumb: answers.address(case, one, thumb=thumb))
            for view in found
        ),
        are_out=case.status in documents.OUT,
        is_full=len(found) >= documents.MOST,
    )
