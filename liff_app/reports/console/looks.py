"""Whoever looks at a report is in the log: once per colleague, report and day of the calendar."""

from __future__ import annotations

from datetime import timedelta

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.staff.guard import colleague, note

VIEWED = "report.viewed"  # action in the audit log


def note_look(ref: str) -> None:
    """The log has it that the colleague saw that report today: words, photos, place."""
    midnight = clock.now().astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    subject = f"report:{ref}"
    if audit.noted_lately(
        db.session,
        actor=colleague().actor,
        action=VIEWED,
        subject=subject,
        since=midnight - timedelta(microseconds=1),
    ):
        return
    with transaction() as session:
        note(session, VIEWED, subject, persons=1)
