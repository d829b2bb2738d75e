"""What is forgotten of reports, and when: contacts first, then everything that tells of a person.

A report's category, position, steps and dates stay for the town's figures; words, photos, who
reported and who joined do not. Open reports keep theirs: they are still worked on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from liff_app.crypto import KeyRing
from liff_app.gateways.file_store import FileStore
from liff_app.photos import service as photos
from liff_app.reports import events
from liff_app.reports.filing import contact_context
from liff_app.reports.models import Report, ReportEvent, ReportFollower, ReportPhoto
from liff_app.reports.taking_back import kept_number

__all__ = ["CONTACT_KEPT", "KEEP_YEARS", "forget", "purge_contacts", "reseal"]

CONTACT_KEPT = timedelta(days=90)  # after the closing: a question back comes within weeks
KEEP_YEARS = 5  # as most towns keep such papers
MOST_AT_ONCE = 500  # reports in one run: the next hour goes on
RESEAL_PAGE = 1000


def purge_contacts(session: Session, *, now: datetime) -> int:
    """Contacts of incidents closed `CONTACT_KEPT` ago are gone; gives how many."""
    lead = aliased(Report)
    found = session.scalars(
        select(Report.id)
        .outerjoin(lead, lead.id == Report.lead_id)
        .where(Report.contact_sealed.is_not(None), Report.closed_at <= now - CONTACT_KEPT)
        .where(or_(Report.lead_id.is_(None), lead.closed_at <= now - CONTACT_KEPT))
    ).all()
    session.execute(update(Report).where(Report.id.in_(found)).values(contact_sealed=None))
    return len(found)


def forget(session: Session, store: FileStore, *, now: datetime, years: int = KEEP_YEARS) -> int:
    """Nothing in incidents closed `years` ago tells of a person any more; gives how many reports.

    A merged report goes with its lead.
    """
    until = now - timedelta(days=365 * years)
    ids = _past(session, until)
    if not ids:
        return 0
    for photo in session.scalars(select(ReportPhoto).where(ReportPhoto.report_id.in_(ids))):
        photos.delete(session, store, photo.photo_id, now=now)
    for table in (ReportPhoto, ReportFollower):
        session.execute(delete(table).where(table.report_id.in_(ids)))
    _empty_events(session, ids)
    _empty_numbers(session, ids)
    session.execute(
        update(Report)
        .where(Report.id.in_(ids))
        .values(
            resident_id=None,
            description="",
            answers="{}",
            place_text="",
            contact_sealed=None,
            text_public=False,
            emptied_at=now,
        )
    )
    return len(ids)


def _past(session: Session, until: datetime) -> Sequence[int]:
    lead = aliased(Report)
    wanted = (
        select(Report.id)
        .outerjoin(lead, lead.id == Report.lead_id)
        # What was closed then was made before: the index `ix_reports_kept` finds it.
        .where(Report.created_at <= until, Report.emptied_at.is_(None))
        .where(Report.closed_at <= until)
        .where(or_(Report.lead_id.is_(None), lead.closed_at <= until))
        .order_by(Report.created_at)
        .limit(MOST_AT_ONCE)
    )
    return session.scalars(wanted).all()


def _empty_events(session: Session, ids: Sequence[int]) -> None:
    """Texts go, with the marks of residents and the names of photos; codes and dates stay."""
    for event in session.scalars(select(ReportEvent).where(ReportEvent.report_id.in_(ids))):
        event.public_text = event.private_text = ""
        detail = events.detail_of(event)
        kept = {name: value for name, value in detail.items() if name not in ("by", "photo")}
        if kept != detail:
            event.detail = json.dumps(kept, ensure_ascii=False)


def _empty_numbers(session: Session, ids: Sequence[int]) -> None:
    """Words typed where a number was asked for go; the numbers of known things stay."""
    for report in session.scalars(
        select(Report).where(Report.id.in_(ids), Report.asset_number != "")
    ):
        report.asset_number = kept_number(session, report.asset_number)


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Contacts sealed under an older key are sealed under the first: how many. Dry: counts."""
    count, last = 0, 0
    page = select(Report).where(Report.contact_sealed.is_not(None)).order_by(Report.id)
    while rows := session.scalars(page.where(Report.id > last).limit(RESEAL_PAGE)).all():
        last = rows[-1].id
        for row in rows:
            count += _resealed(row, keys, dry_run=dry_run)
        session.flush()
        session.expunge_all()
    return count


def _resealed(row: Report, keys: KeyRing, *, dry_run: bool) -> bool:
    sealed = row.contact_sealed
    if sealed is None or keys.is_current(sealed):
        return False
    if not dry_run:
        context = contact_context(row.ref)
        row.contact_sealed = keys.seal(keys.open(sealed, context), context)
    return True
