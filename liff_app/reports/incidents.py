"""What every reader of an incident is told of it alike: its number, its people, its question."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.reports import rules
from liff_app.reports.models import Report, ReportFollower
from liff_app.reports.vocabulary import FixAnswer, Status


def asks_fix(root: Report, row: ReportFollower | None) -> bool:
    """Whether this follower is still asked 「直った／まだ」."""
    return root.status == Status.FIXED and row is not None and row.fix_answer is None


def given_answer(row: ReportFollower | None) -> FixAnswer | None:
    """What they said so far."""
    return FixAnswer(row.fix_answer) if row is not None and row.fix_answer else None


def number(report: Report) -> str:
    """The number people read out."""
    return rules.number_of(report.id, report.created_at.astimezone(JST).year)


def people(session: Session, roots: Sequence[int]) -> dict[int, int]:
    """How many people stand behind each incident: those who reported, and those who joined."""
    counts = dict.fromkeys(roots, 0)
    root = func.coalesce(Report.lead_id, Report.id)
    for wanted in (Report.id.in_(roots), Report.lead_id.in_(roots)):
        sums = select(root, func.sum(Report.joined + 1)).where(wanted).group_by(root)
        for report_id, count in session.execute(sums):
            counts[report_id] = counts.get(report_id, 0) + int(count)
    return counts
