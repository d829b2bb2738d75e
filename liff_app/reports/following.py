"""What residents do with reports after they were filed: 「わたしも」, answers, taking back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports import events, rules, telling
from liff_app.reports.drafts import clean
from liff_app.reports.errors import StepRefused
from liff_app.reports.events import Held
from liff_app.reports.models import Report, ReportEvent, ReportFollower
from liff_app.reports.receipts import Receipt, receipt_of
from liff_app.reports.taking_back import (
    hold_followed,
    own_events,
    take_back_photo,
    take_back_text,
)
from liff_app.reports.vocabulary import EventKind, FixAnswer, Mover, Status

__all__ = [
    "ANSWER_UNTIL",
    "LONGEST_REPLY",
    "answer_fix",
    "join",
    "leave",
    "may_reply",
    "reply",
    "take_back_photo",
    "take_back_text",
    "withdraw",
]

ANSWER_UNTIL = timedelta(days=30)  # so long may 「直った」 be turned into 「まだ」
LONGEST_REPLY = 1000


def join(session: Session, ref: str, *, resident_id: str, now: datetime) -> Receipt:
    """The resident is told of the incident's progress from now; again, or their own: nothing more.

    Who joins a merged report joins its lead. No event and no new version: a hundred neighbours
    must not make the reviewer's answer stale. Raises NotFound for what is hidden or withdrawn,
    StepRefused for what is closed.
    """
    held = events.hold(session, ref)
    root = held.root
    if root.hidden or held.report.hidden or root.status == Status.WITHDRAWN:
        raise NotFound("not shown")
    already = events.following(session, root, resident_id)
    if already:
        report = session.get_one(Report, _first(already).report_id)
        return receipt_of(report, repeated=True)
    if not root.is_open:
        title = _("この件は終わっています。新しく知らせてください。")
        raise StepRefused("closed", code="report_closed", title=title)
    session.add(
        ReportFollower(
            report_id=root.id, resident_id=resident_id, is_reporter=False, followed_at=now
        )
    )
    root.joined += 1
    root.updated_at = now
    session.flush()
    return receipt_of(root)


def leave(session: Session, ref: str, *, resident_id: str, now: datetime) -> None:
    """Who joined is told no more, and what they wrote there is gone. Raises NotFound, StepRefused.

    Who had left already: nothing. A report of one's own is not left: its questions must reach
    somebody.
    """
    held = events.hold(session, ref)
    report = held.report
    row = events.follower(session, report, resident_id)
    if row is None:
        return
    if row.is_reporter:
        title = _("自分で知らせた件からは、ぬけられません。")
        raise StepRefused("own", code="own_report", title=title)
    for one in own_events(session, held, resident_id):
        one.private_text = ""
    session.delete(row)
    report.joined -= 1
    report.updated_at = now
    session.flush()


def reply(session: Session, ref: str, text: str, *, resident_id: str, now: datetime) -> Receipt:
    """The answer to the town hall's question is there, and the incident is being checked again.

    Only who reported answers: a neighbour's words must not pass for theirs. The same words again:
    nothing more. Raises InputInvalid, NotFound, StepRefused where nothing was asked of them.
    """
    held = hold_followed(session, ref, resident_id)
    if not may_reply(session, held.root, resident_id):
        title = _("おたずねには、知らせた方だけが答えられます。")
        raise StepRefused("joined only", code="not_reporter", title=title)
    said = _said(text, required=True)
    if held.root.status != Status.ASKED:
        if _last_words(session, held.report, EventKind.REPLIED, resident_id) == said:
            return receipt_of(held.report, repeated=True)
        raise StepRefused("nobody asked", title=_("いまは、おたずねしていることはありません。"))
    _by_resident(session, held, EventKind.REPLIED, Status.CHECKING, resident_id, said, now)
    return receipt_of(held.report)


def may_reply(session: Session, root: Report, resident_id: str) -> bool:
    """Whether the resident reported anything in the incident."""
    wanted = (
        select(ReportFollower.report_id)
        .join(Report, Report.id == ReportFollower.report_id)
        .where(ReportFollower.resident_id == resident_id, ReportFollower.is_reporter)
        .where((Report.id == root.id) | (Report.lead_id == root.id))
    )
    return session.scalar(wanted.limit(1)) is not None


def withdraw(session: Session, ref: str, *, resident_id: str, now: datetime) -> Receipt:
    """The resident's own report is withdrawn; again: nothing more.

    Raises NotFound, and StepRefused once somebody works on it, or others wait for the same thing:
    then text and photos can still be taken back.
    """
    held = events.hold(session, ref, members=True)
    report = held.report
    if report.resident_id != resident_id:
        raise NotFound("somebody else's report")
    if report.status == Status.WITHDRAWN:
        return receipt_of(report, repeated=True)
    if report.joined or any(one.lead_id == report.id for one in held.members):
        title = _("ほかの方も待っている件なので、取り下げられません。文と写真は消せます。")
        raise StepRefused("others wait", code="others_wait", title=title)
    _require(report, Status.WITHDRAWN)
    events.append(
        session,
        report,
        EventKind.MOVED,
        actor=events.RESIDENT,
        now=now,
        to=Status.WITHDRAWN,
        detail={"by": events.mark(report, resident_id)},
    )
    return receipt_of(report)


def answer_fix(
    session: Session,
    ref: str,
    answer: FixAnswer,
    text: str,
    *,
    resident_id: str,
    now: datetime,
) -> Receipt:
    """What the resident says after 「直しました」 is kept; 「まだ」 reopens the whole incident.

    Anybody who follows may say it, and nobody can close the question for them. 「直った」 may turn
    into 「まだ」 for `ANSWER_UNTIL` after the closing. The same again: nothing more. Raises
    NotFound, InputInvalid, StepRefused where it is not said to be mended.
    """
    held = hold_followed(session, ref, resident_id)
    own = events.following(session, held.root, resident_id)
    said = _said(text, required=False)
    if any(one.fix_answer == answer for one in own):
        return receipt_of(held.report, repeated=True)
    _require_asking(held.root, own, now)
    for one in own:
        one.fix_answer, one.fix_answered_at = answer.value, now
    if answer is FixAnswer.NOT_YET:
        event = _by_resident(
            session, held, EventKind.FIX_DENIED, Status.REOPENED, resident_id, said, now
        )
        everybody = events.followers(session, held.root)
        telling.told_of(session, event, Status.REOPENED, everybody, now=now, but=resident_id)
    else:
        _by_resident(session, held, EventKind.FIX_CONFIRMED, None, resident_id, said, now)
    return receipt_of(held.report)


def _require_asking(root: Report, own: list[ReportFollower], now: datetime) -> None:
    if root.status != Status.FIXED:
        title = _("いまは「直しました」となっていません。いまの様子をご覧ください。")
        raise StepRefused("not mended", code="not_fixed", title=title)
    late = root.closed_at is not None and now - root.closed_at > ANSWER_UNTIL
    if late and any(one.fix_answer is not None for one in own):
        title = _("30日がすぎたので、答えを変えられません。もう一度知らせてください。")
        raise StepRefused("late", code="answer_late", title=title)


def _by_resident(
    session: Session,
    held: Held,
    kind: EventKind,
    to: Status | None,
    resident_id: str,
    said: str,
    now: datetime,
) -> ReportEvent:
    """The resident's words stand at the report they follow; the step is the lead's.

    Gives the event of the step, or the one there is.
    """
    if to is not None:
        _require(held.root, to)
    own_step = to if held.report is held.root else None
    event = events.append(
        session,
        held.report,
        kind,
        actor=events.RESIDENT,
        now=now,
        to=own_step,
        private=said,
        detail={"by": events.mark(held.report, resident_id)},
    )
    if held.report is held.root:
        return event
    # The lead says it too, without the words: whoever looks at the incident sees it.
    return events.append(
        session,
        held.root,
        kind,
        actor=events.RESIDENT,
        now=now,
        to=to,
        detail={"at": held.report.ref},
    )


def _require(report: Report, to: Status) -> None:
    if rules.step(Status(report.status), to, Mover.RESIDENT) is None:
        raise StepRefused(
            f"{report.status} -> {to}", title=_("担当の者が進めているので、いまはできません。")
        )


def _said(text: str, *, required: bool) -> str:
    said = clean(text)
    if required and not said:
        raise InputInvalid([FieldError("text", "required", _("お返事を書いてください。"))])
    if len(said) > LONGEST_REPLY:
        sentence = _("%(most)s字までで書いてください。", most=LONGEST_REPLY)
        raise InputInvalid([FieldError("text", "too_long", sentence)])
    return said


def _first(rows: list[ReportFollower]) -> ReportFollower:
    return min(rows, key=lambda one: (not one.is_reporter, one.report_id))


def _last_words(session: Session, report: Report, kind: EventKind, resident_id: str) -> str | None:
    wanted = (
        select(ReportEvent)
        .where(ReportEvent.report_id == report.id, ReportEvent.kind == kind.value)
        .order_by(ReportEvent.number.desc())
    )
    mine = events.mark(report, resident_id)
    found = (one for one in session.scalars(wanted) if events.detail_of(one).get("by") == mine)
    last = next(found, None)
    return last.private_text if last else None
