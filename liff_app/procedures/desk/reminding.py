"""A word before the day by which a returned submission should be put right."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.procedures import forms, telling
from liff_app.procedures.models import Submission, SubmissionReturn
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import Status

__all__ = ["BEFORE", "remind"]

BEFORE = timedelta(days=3)  # long enough to find a paper over a weekend


def remind(session: Session, *, now: datetime) -> int:
    """Whoever must put something right within three days is told of it, once for each sending.

    Gives how many such there are, those who were told before too. Nothing happens to the
    submission: a person, never a timer, lets it lapse.
    """
    today = now.astimezone(JST).date()
    wanted = (
        select(Submission)
        .join(
            SubmissionReturn,
            and_(
                SubmissionReturn.submission_id == Submission.id,
                SubmissionReturn.revision == Submission.revision,
            ),
        )
        .where(
            Submission.status == Status.RETURNED.value,
            Submission.resident_id.is_not(None),
            SubmissionReturn.answered_at.is_(None),
            SubmissionReturn.due_on.between(today, today + BEFORE),
        )
    )
    rows = session.scalars(wanted.order_by(Submission.id)).all()
    return sum(
        telling.told(session, row, forms.version_form(session, row.version_id), Told.DUE_SOON, now)
        for row in rows
    )
