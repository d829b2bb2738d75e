"""Who is told what, in LINE, when a report moves on.

A message says that something happened and leads to the page. Nothing that anybody typed is in it,
neither the resident's words nor the staff's sentence, and no place (design, decision 10).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.messaging import outbox
from liff_app.reports import rules
from liff_app.reports.categories import service as categories
from liff_app.reports.models import Report, ReportEvent, ReportFollower
from liff_app.reports.vocabulary import Status

__all__ = ["Told", "Words", "reporters", "told_of", "words"]


class Told(StrEnum):
    """What a resident may be told of, besides the statuses, which go by their own names."""

    FILED = "filed"
    ANSWERED = "answered"
    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Words:
    """A message as its reader sees it: the text, and the button under it."""

    text: str
    label: str


def words(what: Told | Status, *, category: str, number: str) -> Words:
    """The message about `what`. `category` is a name, `number` the reader's own receipt number."""
    # The number has a line of its own: a talk breaks lines at its hyphen.
    about = _("「%(category)s」の件\n受付番号 %(number)s", category=category, number=number)
    label = _("直った・まだを答える") if what is Status.FIXED else _("くわしく見る")
    whole = Words(f"{_sentence(what)}\n{about}", label)
    try:
        outbox.require_tellable(whole.text, link=None, link_label=label)
    except ValueError:  # a category that staff named after a web address
        plain = _("受付番号 %(number)s", number=number)
        return Words(f"{_sentence(what)}\n{plain}", label)
    return whole


def _sentence(what: Told | Status) -> str:
    return {
        Told.FILED: _("お知らせを受け付けました。ありがとうございます。"),
        Told.ANSWERED: _("町からお返事があります。"),
        Told.HIDDEN: _("ほかの人には見えないようにしました。理由をご覧ください。"),
        Told.SHOWN: _("ほかの人にも、また見えるようにしました。"),
        Status.RECEIVED: _("お知らせを受け付けました。"),
        Status.CHECKING: _("担当の者が、内容の確認を始めました。"),
        Status.ASKED: _("おたずねしたいことがあります。お返事をお願いします。"),
        Status.PLANNED: _("対応の予定が決まりました。"),
        Status.WORKING: _("作業を始めました。"),
        Status.FIXED: _("直しました。直ったかどうか、教えてください。"),
        Status.NO_ACTION: _("対応しないことになりました。理由をご覧ください。"),
        Status.FORWARDED: _("担当する機関に引き継ぎました。"),
        Status.DUPLICATE: _("同じ件のお知らせと、いっしょに対応します。"),
        Status.WITHDRAWN: _("取り下げました。"),
        Status.REOPENED: _("もう一度、対応します。"),
    }[what]


@dataclass(frozen=True, slots=True)
class _Reader:
    resident_id: str
    ref: str
    number: str
    category: str


def told_of(
    session: Session,
    event: ReportEvent,
    what: Told | Status,
    followers: Iterable[ReportFollower],
    *,
    now: datetime,
    but: str | None = None,
) -> int:
    """Each of these followers is told once, whatever they follow; gives how many.

    The link leads to the report they follow themselves. `but`: who did it knows it already. A
    question goes to those who reported: nobody else may answer it.
    """
    names = categories.names(session)
    asked = what is Status.ASKED
    readers = _readers(session, reporters(followers) if asked else followers)
    for one in readers:
        if one.resident_id == but:
            continue
        said = words(what, category=names.get(one.category, one.category), number=one.number)
        outbox.queue(
            session,
            resident_id=one.resident_id,
            text=said.text,
            link=f"/reports/{one.ref}",
            link_label=said.label,
            event=f"report:{event.report_id}:{event.number}",
            now=now,
        )
    return sum(one.resident_id != but for one in readers)


def _readers(session: Session, followers: Iterable[ReportFollower]) -> list[_Reader]:
    """One line for each resident; who follows two: the one they reported, else the first."""
    chosen: dict[str, ReportFollower] = {}
    for one in followers:
        kept = chosen.get(one.resident_id)
        if kept is None or (one.is_reporter and not kept.is_reporter):
            chosen[one.resident_id] = one
    ids = {one.report_id for one in chosen.values()}
    wanted = select(Report.id, Report.ref, Report.category, Report.created_at)
    rows = {row.id: row for row in session.execute(wanted.where(Report.id.in_(ids)))}
    return [
        _Reader(resident_id, row.ref, _number(row.id, row.created_at), row.category)
        for resident_id, one in sorted(chosen.items())
        if (row := rows.get(one.report_id))
    ]


def _number(report_id: int, created_at: datetime) -> str:
    return rules.number_of(report_id, created_at.astimezone(JST).year)


def reporters(followers: Iterable[ReportFollower]) -> list[ReportFollower]:
    """Those who reported it themselves."""
    return [one for one in followers if one.is_reporter]
