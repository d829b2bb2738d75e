"""期限切れ: a returned case may lapse only once the day set with the return has passed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from liff_app import working_days
from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.procedures.desk.errors import StepRefused
from liff_app.procedures.fields import eras
from liff_app.procedures.models import Submission, SubmissionReturn

__all__ = ["barred", "require_over"]


def barred(due_on: date | None, today: date) -> str:
    """Why a case whose return is due that day cannot lapse today; "" where it can."""
    if due_on is None:
        return _(
            "差し戻しに期限がないので、期限切れで終了にはできません。"
            "審査に戻して、期限を決めて差し戻してください。"
        )
    if working_days.is_overdue(due_on, today):
        return ""
    day = eras.said(due_on)
    return _("期限切れで終了にできるのは、差し戻しの期限の%(day)sが過ぎてからです。", day=day)


def require_over(session: Session, row: Submission, now: datetime) -> None:
    """Raises StepRefused, saying until when, while the case's return may still be answered."""
    found = session.get(SubmissionReturn, (row.id, row.revision))
    title = barred(found.due_on if found else None, now.astimezone(JST).date())
    if title:
        raise StepRefused("not due yet", code="not_due_yet", title=title)
