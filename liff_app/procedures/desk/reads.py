"""What a colleague has read: later versions of a case stand as unread."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from liff_app.procedures.models import SubmissionRead

__all__ = ["mark"]


def mark(session: Session, account_id: str, submission_id: int, version: int) -> None:
    """The colleague has read the case up to that version; 0: it stands as unread."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    new = dialect.insert(SubmissionRead).values(
        account_id=account_id, submission_id=submission_id, version=version
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=[SubmissionRead.account_id, SubmissionRead.submission_id],
            set_={"version": new.excluded.version},
        )
    )
