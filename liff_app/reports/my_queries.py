"""One report as its reporter, or somebody who joined it, sees it: with its timeline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.photos import service as photos
from liff_app.reports import events, following, rules
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import Category, QuestionKind
from liff_app.reports.hanging import MOST_PHOTOS, PHOTOS_UNTIL
from liff_app.reports.incidents import asks_fix, given_answer, number, people
from liff_app.reports.models import Report, ReportEvent, ReportFollower, ReportPhoto
from liff_app.reports.taking_back import kept_number
from liff_app.reports.vocabulary import EventKind, FixAnswer, Mover, Status

__all__ = ["Can", "Moment", "MyPhoto", "MyReport", "may_see_photo", "one_mine"]

# What residents read in a timeline; everything else is the town hall's own business.
SHOWN = frozenset(
    {
        EventKind.FILED,
        EventKind.MOVED,
        EventKind.ANSWERED,
        EventKind.REPLIED,
        EventKind.MERGED,
        EventKind.SPLIT,
        EventKind.PHOTO_ADDED,
        EventKind.TAKEN_BACK,
        EventKind.FIX_CONFIRMED,
        EventKind.FIX_DENIED,
        EventKind.HIDDEN,
        EventKind.SHOWN,
    }
)
_REPORTERS = frozenset({EventKind.HIDDEN, EventKind.SHOWN, EventKind.TAKEN_BACK})
_ABOUT_ONE = frozenset({EventKind.MERGED, EventKind.SPLIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPhoto:
    """A photo the resident may see. `by_staff`: taken by the town hall, after the work say."""

    id: str
    by_staff: bool
    is_public: bool
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of the timeline. `status` is set where it was a step.

    `text` is the town hall's sentence, or what this resident wrote (`own`).
    """

    at: datetime
    kind: EventKind
    status: Status | None
    text: str
    by_staff: bool
    own: bool
    receiver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Can:
    """What the resident may do now."""

    reply: bool = False
    answer_fix: bool = False
    withdraw: bool = False
    take_back_text: bool = False
    take_back_photo: bool = False
    add_photo: bool = False
    leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReport:
    """A report as one of its followers sees it.

    `status` is the incident's; `text`, `answers` (pairs of words) and the place are the reporter's,
    and for who joined only what is public: nothing of a hidden one. `asks_fix`: 「直った／まだ」
    waits for an answer.
    """

    ref: str
    number: str
    category: str
    category_name: str
    status: Status
    is_merged: bool
    is_reporter: bool
    hidden: bool
    text: str
    text_public: bool
    answers: tuple[tuple[str, str], ...]
    lat: float
    lon: float
    place_text: str
    town_name: str
    asset_number: str
    photos: tuple[MyPhoto, ...]
    timeline: tuple[Moment, ...]
    asks_fix: bool
    fix_answer: FixAnswer | None
    asks_reply: bool
    people: int
    can: Can
    created_at: datetime
    updated_at: datetime


def one_mine(
    session: Session, ref: str, resident_id: str, *, now: datetime | None = None
) -> MyReport:
    """The report, for who reported or joined it. Raises NotFound for anybody else.

    Without `now` it does not say whether a photo may still be added.
    """
    report, row = _followed(session, ref, resident_id)
    root = session.get_one(Report, report.lead_id) if report.lead_id is not None else report
    category = categories.find(session, report.category)
    mine = row.is_reporter
    pictures = _photos(session, report, is_reporter=mine) if mine or not report.hidden else []
    wrote = _timeline(session, report, root, row)
    lat, lon = (
        (report.lat, report.lon)
        if mine
        else rules.public_position(report.lat, report.lon, checked=report.place_checked)
    )
    found = MyReport(
        ref=report.ref,
        number=number(report),
        category=report.category,
        category_name=category.name if category else report.category,
        status=Status(root.status),
        is_merged=root is not report,
        is_reporter=mine,
        hidden=report.hidden,
        text=report.description if mine or (report.text_public and not report.hidden) else "",
        text_public=report.text_public,
        answers=_answers(report, category) if mine else (),
        lat=lat,
        lon=lon,
        place_text=report.place_text if mine else "",
        town_name=report.town_name,
        asset_number=report.asset_number if mine else "",
        photos=tuple(pictures),
        timeline=tuple(wrote),
        asks_fix=asks_fix(root, row),
        fix_answer=given_answer(row),
        asks_reply=root.status == Status.ASKED and following.may_reply(session, root, resident_id),
        people=people(session, [root.id])[root.id],
        can=Can(),
        created_at=report.created_at,
        updated_at=max(report.updated_at, root.updated_at),
    )
    return replace(found, can=_can(session, found, report, root, now=now))


def _followed(session: Session, ref: str, resident_id: str) -> tuple[Report, ReportFollower]:
    report = session.scalar(select(Report).where(Report.ref == ref))
    row = session.get(ReportFollower, (report.id, resident_id)) if report is not None else None
    if report is None or row is None:
        raise NotFound("not theirs")
    return report, row


def may_see_photo(session: Session, ref: str, photo_id: str, resident_id: str) -> None:
    """Raises NotFound unless `one_mine` shows this resident the photo, whole and unmasked.

    Reporters see their own as they sent them; everything else only as the public does.
    """
    report, row = _followed(session, ref, resident_id)
    photo = session.get(ReportPhoto, (report.id, photo_id))
    if photo is None or photo.by_staff or not row.is_reporter:
        raise NotFound("not their photo")


def _photos(session: Session, report: Report, *, is_reporter: bool) -> list[MyPhoto]:
    rows = session.scalars(
        select(ReportPhoto).where(ReportPhoto.report_id == report.id).order_by(ReportPhoto.position)
    ).all()
    views = photos.photos_of(session, [row.photo_id for row in rows])
    return [
        MyPhoto(
            id=row.photo_id,
            by_staff=row.by_staff,
            is_public=view.is_public,
            width=view.width,
            height=view.height,
        )
        for row in rows
        if (view := views.get(row.photo_id))
        and ((is_reporter and not row.by_staff) or view.is_public)
    ]


def _timeline(session: Session, report: Report, root: Report, row: ReportFollower) -> list[Moment]:
    """What happened to the report, and to its lead since it was merged; oldest first."""
    own = session.scalars(_events_of(report)).all()
    lines = [(one, report) for one in own]
    if root is not report:
        since = max(
            (one.at for one in own if one.kind == EventKind.MERGED), default=report.created_at
        )
        lines += [
            (one, root)
            for one in session.scalars(_events_of(root).where(ReportEvent.at >= since))
            if EventKind(one.kind) not in _ABOUT_ONE | _REPORTERS | {EventKind.FILED}
        ]
    moments = [_moment(one, about, row) for one, about in lines if _is_for(one, report, row)]
    return sorted(moments, key=lambda one: one.at)


def _events_of(report: Report):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a select of events
    kinds = [kind.value for kind in SHOWN]
    return (
        select(ReportEvent)
        .where(ReportEvent.report_id == report.id, ReportEvent.kind.in_(kinds))
        .order_by(ReportEvent.number)
    )


def _is_for(event: ReportEvent, report: Report, row: ReportFollower) -> bool:
    """Whether the follower reads that line: a move along with another lead is no news to them."""
    detail = events.detail_of(event)
    if detail.get("along"):
        return False
    if detail.get("at") == report.ref:  # the lead's echo of what stands at the own report
        return False
    return row.is_reporter or EventKind(event.kind) not in _REPORTERS


def _moment(event: ReportEvent, about: Report, row: ReportFollower) -> Moment:
    detail = events.detail_of(event)
    own = detail.get("by") == events.mark(about, row.resident_id)
    by_staff = event.actor != events.RESIDENT
    return Moment(
        at=event.at,
        kind=EventKind(event.kind),
        status=Status(event.to_status) if event.to_status else None,
        text=event.public_text if by_staff else event.private_text if own else "",
        by_staff=by_staff,
        own=own,
        receiver=str(detail.get("receiver") or ""),
    )


def _answers(report: Report, category: Category | None) -> tuple[tuple[str, str], ...]:
    """Question and answer in words; what the category no longer asks stands by its code."""
    found: list[tuple[str, str]] = []
    for code, said in json.loads(report.answers).items():
        question = category.question(code) if category else None
        option = question.option(said) if question else None
        is_choice = question is not None and question.kind is QuestionKind.CHOICE
        words = option.label if option and is_choice else said
        found.append((question.label if question else code, words))
    return tuple(found)


def _can(
    session: Session, found: MyReport, report: Report, root: Report, *, now: datetime | None
) -> Can:
    own_photos = [one for one in found.photos if not one.by_staff]
    may_withdraw = rules.step(Status(report.status), Status.WITHDRAWN, Mover.RESIDENT) is not None
    young = now is not None and now - report.created_at <= PHOTOS_UNTIL
    return Can(
        reply=found.asks_reply,
        answer_fix=root.status == Status.FIXED,
        withdraw=found.is_reporter
        and may_withdraw
        and people(session, [report.id])[report.id] == 1,
        take_back_text=_wrote(session, found, report),
        take_back_photo=found.is_reporter and bool(own_photos),
        add_photo=found.is_reporter and young and len(own_photos) < MOST_PHOTOS,
        leave=not found.is_reporter,
    )


def _wrote(session: Session, found: MyReport, report: Report) -> bool:
    said: Iterable[Moment] = (one for one in found.timeline if one.own and one.text)
    own_words = found.is_reporter and (
        found.text
        or found.place_text
        or found.answers
        or report.contact_sealed is not None
        or found.asset_number != kept_number(session, found.asset_number)
    )
    return bool(own_words) or any(said)
