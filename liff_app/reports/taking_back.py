"""Residents take back what they wrote or photographed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.gateways.file_store import FileStore
from liff_app.photos import service as photos
from liff_app.reports import events
from liff_app.reports.events import Held
from liff_app.reports.models import Report, ReportEvent, ReportPhoto
from liff_app.reports.places import service as places
from liff_app.reports.places.numbers import number_key
from liff_app.reports.receipts import Receipt, receipt_of
from liff_app.reports.vocabulary import EventKind


def take_back_text(session: Session, ref: str, *, resident_id: str, now: datetime) -> Receipt:
    """What the resident wrote is gone: words, place in words, answers, contact, later replies.

    Category, position, the number of a known thing and the town hall's own words stay. Who joined
    takes back only what they wrote themselves. Again: nothing more. Raises NotFound.
    """
    held = hold_followed(session, ref, resident_id)
    report = held.report
    found = own_events(session, held, resident_id)
    is_own = report.resident_id == resident_id
    if not any(one.private_text for one in found) and not (is_own and _has_text(session, report)):
        return receipt_of(report, repeated=True)
    for one in found:
        one.private_text = ""
    if is_own:
        report.description = report.place_text = ""
        report.asset_number = kept_number(session, report.asset_number)
        report.answers, report.contact_sealed, report.text_public = "{}", None, False
    events.append(
        session,
        report,
        EventKind.TAKEN_BACK,
        actor=events.RESIDENT,
        now=now,
        detail={"what": "text", "by": events.mark(report, resident_id)},
    )
    return receipt_of(report)


def take_back_photo(
    session: Session,
    store: FileStore,
    ref: str,
    photo_id: str,
    *,
    resident_id: str,
    now: datetime,
) -> Receipt:
    """The resident's own photo is gone for everybody; again: nothing more. Raises NotFound."""
    report = events.hold(session, ref).report
    if report.resident_id != resident_id:
        raise NotFound("somebody else's report")
    row = session.get(ReportPhoto, (report.id, photo_id))
    if row is None:
        return receipt_of(report, repeated=True)
    if row.by_staff:
        raise NotFound("not their photo")
    session.delete(row)
    photos.delete(session, store, photo_id, now=now)
    events.append(
        session,
        report,
        EventKind.TAKEN_BACK,
        actor=events.RESIDENT,
        now=now,
        detail={"what": "photo", "photo": photo_id, "by": events.mark(report, resident_id)},
    )
    return receipt_of(report)


def hold_followed(session: Session, ref: str, resident_id: str) -> Held:
    """The report, if the resident reported or follows it. Raises NotFound."""
    held = events.hold(session, ref)
    if events.follower(session, held.report, resident_id) is None:
        raise NotFound("not followed")
    return held


def kept_number(session: Session, typed: str) -> str:
    """What stays of a number that was typed: a known thing's own, else nothing.

    The field takes any words, also a name and a telephone number.
    """
    found = places.find_assets(session, typed)
    return next((one.number for one in found if number_key(one.number) == number_key(typed)), "")


def _has_text(session: Session, report: Report) -> bool:
    written = report.description or report.place_text or report.answers != "{}"
    if written or report.contact_sealed is not None:
        return True
    return report.asset_number != kept_number(session, report.asset_number)


def own_events(session: Session, held: Held, resident_id: str) -> list[ReportEvent]:
    """Events of the report that carry this resident's own words."""
    wanted = select(ReportEvent).where(
        ReportEvent.report_id == held.report.id, ReportEvent.actor == events.RESIDENT
    )
    mine = events.mark(held.report, resident_id)
    return [one for one in session.scalars(wanted) if events.detail_of(one).get("by") == mine]
