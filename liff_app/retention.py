"""What is kept for how long: one rule per kind of data, run by the worker every hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from liff_app import idempotency
from liff_app.audit import service as audit
from liff_app.db import forget_deleted, transaction
from liff_app.identity import service as identity
from liff_app.messaging import outbox
from liff_app.photos import sweeping
from liff_app.procedures import retention as procedures
from liff_app.procedures.definitions import benches
from liff_app.procedures.files import sweeping as procedure_files
from liff_app.procedures.filling import participation
from liff_app.procedures.webhooks import service as hooks
from liff_app.reports import retention as reports
from liff_app.shelters.checkin import service as checkin
from liff_app.shelters.imports import uploads
from liff_app.staff import browsers, doors, setting_up
from liff_app.staff import sessions as staff_sessions

RULES: dict[str, Callable[[Session, datetime], int]] = {
    "login_sessions": lambda session, now: identity.purge_sessions(session, now=now),
    "used_tokens": lambda session, now: identity.purge_tokens(session, now=now),
    "kept_answers": lambda session, now: idempotency.purge(session, now=now),
    "staff_sessions": lambda session, now: staff_sessions.purge(session, now=now),
    "staff_links": lambda session, now: setting_up.purge(session, now=now),
    "staff_doors": lambda session, now: doors.purge(session, now=now),
    "staff_known_browsers": lambda session, now: browsers.purge(session, now=now),
    "checkins": lambda session, now: checkin.purge(
        session, keep=timedelta(days=current_app.config["SETTINGS"].checkin_keep_days), now=now
    ),
    "checkin_codes": lambda session, now: checkin.purge_codes(session, now=now),
    "line_messages": lambda session, now: outbox.purge(session, now=now),
    "report_contacts": lambda session, now: reports.purge_contacts(session, now=now),
    "reports": lambda session, now: reports.forget(
        session, current_app.extensions["file_store"], now=now
    ),
    "procedure_drafts": lambda session, now: procedures.purge_drafts(session, now=now),
    "procedure_remembered": lambda session, now: procedures.purge_remembered(session, now=now),
    "procedure_trials": lambda session, now: procedures.purge_trials(session, now=now),
    "procedure_participations": lambda session, now: procedures.purge_participations(
        session, now=now
    ),
    "procedure_answers": lambda session, now: procedures.forget_answers(
        session,
        current_app.extensions["file_store"],
        current_app.config["SETTINGS"].keys,
        now=now,
    ),
    "procedure_submissions": lambda session, now: procedures.forget(
        session, current_app.config["SETTINGS"].keys, now=now
    ),
    "procedure_dossiers": lambda session, now: procedures.purge_dossiers(session, now=now),
    "procedure_benches": lambda session, now: benches.purge(session, now=now),
    "procedure_hook_calls": lambda session, now: hooks.purge(session, now=now),
    "shelter_list_uploads": lambda session, now: uploads.purge(session, now=now),
    "photos": lambda session, now: sweeping.purge(session, now=now),
    "audit_events": lambda session, now: audit.purge(
        session, keys=current_app.config["SETTINGS"].keys, now=now
    ),
}

# What lies outside the database: after the rows, outside their transaction, never in a dry run.
SWEEPS: dict[str, Callable[[datetime], int]] = {
    "procedure_files": lambda now: procedure_files.sweep(
        current_app.extensions["file_store"], now=now
    ),
    "photo_files": lambda now: sweeping.sweep(current_app.extensions["file_store"], now=now),
}


class _Rehearsed(Exception):
    """Undoes a dry run."""


def run(*, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """What is past its time is gone; gives how many rows of each kind. Dry: counted, not gone."""
    counts: dict[str, int] = {}
    try:
        with transaction() as session:
            counts = {name: purge(session, now) for name, purge in RULES.items()}
            _undo_if(dry_run)
    except _Rehearsed:
        return counts
    counts |= {name: sweep(now) for name, sweep in SWEEPS.items()}
    with transaction() as session:
        participation.mix(session)
        idempotency.mix(session)
    forget_deleted()  # also what residents took back themselves since the last run
    return counts


def _undo_if(dry_run: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if dry_run:
        raise _Rehearsed
