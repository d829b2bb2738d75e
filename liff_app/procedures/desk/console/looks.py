"""Whoever looks at a case is in the log: once per colleague, case and day of the calendar."""

from __future__ import annotations

from datetime import timedelta

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.staff.guard import colleague, note

VIEWED = "procedure.viewed"  # action in the audit log
FILE_VIEWED = "procedure.document_viewed"


def note_look(ref: str, action: str = VIEWED) -> None:
    """The log has it that the colleague saw that case today, or a file of it."""
    midnight = clock.now().astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    subject = f"procedure:{ref}"
    if audit.noted_lately(
        db.session,
        actor=colleague().actor,
        action=action,
        subject=subject,
        since=midnight - timedelta(microseconds=1),
    ):
        return
    with transaction() as session:
        note(session, action, subject, persons=1)
