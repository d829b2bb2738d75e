"""What the public may see of a report, decided by a colleague who has looked at it."""

from __future__ import annotations

from typing import Unpack

from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.i18n import gettext as _
from liff_app.photos import service as photos
from liff_app.reports import events, hanging, telling
from liff_app.reports.acts import By, begin, sentence
from liff_app.reports.errors import StepRefused
from liff_app.reports.models import ReportPhoto
from liff_app.reports.telling import Told
from liff_app.reports.vocabulary import EventKind

__all__ = ["add_staff_photo", "check_photo", "check_public", "hide", "show"]


def check_public(
    session: Session,
    ref: str,
    *,
    text: bool | None = None,
    place: bool | None = None,
    **by: Unpack[By],
) -> int:
    """The public sees the words, and the exact place, or does not; None leaves it as it is."""
    report = begin(session, ref, by).report
    detail: dict[str, object] = {}
    if text is not None and report.text_public != text:
        report.text_public = detail["text"] = text
    if place is not None and report.place_checked != place:
        report.place_checked = detail["place"] = place
    if detail:
        events.append(
            session,
            report,
            EventKind.CHECKED,
            actor=by["actor"],
            now=by["now"],
            detail=detail,
        )
    return report.version


def check_photo(
    session: Session, ref: str, photo_id: str, *, public: bool, **by: Unpack[By]
) -> int:
    """The public sees that photo's public copy, or does not. Raises NotFound.

    Masks are drawn before (`photos.mask`).
    """
    report = begin(session, ref, by).report
    if session.get(ReportPhoto, (report.id, photo_id)) is None:
        raise NotFound("no photo of this report")
    if photos.photo_view(session, photo_id).is_public == public:
        return report.version
    if public:
        photos.release(session, photo_id, now=by["now"])
    else:
        photos.unrelease(session, photo_id)
    events.append(
        session,
        report,
        EventKind.CHECKED,
        actor=by["actor"],
        now=by["now"],
        detail={"photo": photo_id, "public": public},
    )
    return report.version


def hide(session: Session, ref: str, reason: str, **by: Unpack[By]) -> int:
    """The public sees nothing of the report; its reporter is told so and reads the reason."""
    report = begin(session, ref, by).report
    said = sentence(reason, field="reason")
    if report.hidden:
        raise StepRefused("hidden", code="hidden", title=_("もう見えないようになっています。"))
    report.hidden = True
    event = events.append(
        session, report, EventKind.HIDDEN, actor=by["actor"], now=by["now"], public=said
    )
    own = telling.reporters(events.followers(session, report, whole=False))
    telling.told_of(session, event, Told.HIDDEN, own, now=by["now"])
    return report.version


def show(session: Session, ref: str, **by: Unpack[By]) -> int:
    """The public sees the report again, and its reporter is told so."""
    report = begin(session, ref, by).report
    if not report.hidden:
        raise StepRefused("shown", code="shown", title=_("もう見えるようになっています。"))
    report.hidden = False
    event = events.append(session, report, EventKind.SHOWN, actor=by["actor"], now=by["now"])
    own = telling.reporters(events.followers(session, report, whole=False))
    telling.told_of(session, event, Told.SHOWN, own, now=by["now"])
    return report.version


def add_staff_photo(session: Session, ref: str, photo_id: str, **by: Unpack[By]) -> int:
    """A photo the town hall took, after the work say, belongs to the report; again: nothing."""
    report = begin(session, ref, by).report
    if session.get(ReportPhoto, (report.id, photo_id)) is not None:
        return report.version
    hanging.hang_staff_photo(session, report, photo_id, owner=by["actor"], now=by["now"])
    events.append(
        session,
        report,
        EventKind.PHOTO_ADDED,
        actor=by["actor"],
        now=by["now"],
        detail={"photo": photo_id},
    )
    return report.version
