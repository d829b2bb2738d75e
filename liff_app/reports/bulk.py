"""One change for many reports at once, and taking it back within half a minute.

A step cannot be taken back: residents are told of it. What was merged can be split at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import DomainError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports import casework, events
from liff_app.reports import scope as scopes
from liff_app.reports.acts import By
from liff_app.reports.errors import ReportChanged, StepRefused
from liff_app.reports.models import Report, ReportEvent, ReportRead
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import EventKind, Priority, Status

__all__ = ["MOST", "UNDO_WITHIN", "BulkChange", "BulkDone", "BulkKind", "apply", "undo"]

MOST = 200  # reports in one go: a page holds 50, an incident of a disaster a few pages
UNDO_WITHIN = timedelta(seconds=30)


class BulkKind(StrEnum):
    """What is done to all of them."""

    ASSIGN = "assign"
    PRIORITISE = "prioritise"
    SET_DUE = "set_due"
    MOVE = "move"
    MERGE = "merge"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """The change, with what its kind needs; everything else is not looked at.

    MERGE: all of them into `into_ref`, which need not be among them.
    """

    kind: BulkKind
    department_id: str | None = None
    assignee_id: str | None = None
    priority: Priority = Priority.NORMAL
    due_on: date | None = None
    to: Status | None = None
    text: str = ""
    receiver: str = ""
    into_ref: str = ""

    @property
    def can_be_undone(self) -> bool:
        """Whether `undo` sets it back."""
        return self.kind in _SET_BACK or self.kind in _TAKEN_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDone:
    """Reports that were changed with their new versions, and the others with a sentence each.

    `back`: those of the changed ones that `undo` would set back as they were.
    """

    done: tuple[tuple[str, int], ...]
    refused: tuple[tuple[str, str], ...]
    back: tuple[tuple[str, int], ...] = ()


_SET_BACK = {
    BulkKind.ASSIGN: EventKind.ASSIGNED,
    BulkKind.PRIORITISE: EventKind.PRIORITISED,
    BulkKind.SET_DUE: EventKind.DATED,
}
_TAKEN_BACK = (BulkKind.READ, BulkKind.MERGE)  # without a look at what it was before


def apply(
    session: Session,
    wanted: Sequence[tuple[str, int]],
    change: BulkChange,
    *,
    actor: str,
    account_id: str,
    scope: Scope,
    now: datetime,
) -> BulkDone:
    """Every report that can be changed is; each of the others is named with the reason.

    `wanted` are refs with the versions their page showed. Raises InputInvalid for a change that
    fits none of them (no sentence, say), and for more than `MOST`.
    """
    once = list(dict(wanted).items())
    if len(once) > MOST:
        raise _too_many()
    seen = _hold_seen(session, [*(ref for ref, _version in once), change.into_ref], scope)
    done: list[tuple[str, int]] = []
    refused: list[tuple[str, str]] = []
    changing = _changing(session, once, change, account_id)
    for ref, version in once:
        by = By(version=version, actor=actor, scope=scope, now=now)
        try:
            _require(ref, seen)
            with session.begin_nested():
                done.append((ref, _one(session, ref, change, by, account_id)))
        except (NotFound, StepRefused, ReportChanged) as error:
            refused.append((ref, error.shown_title))
    back = tuple(one for one in done if one[0] in changing)
    return BulkDone(done=tuple(done), refused=tuple(refused), back=back)


def _changing(
    session: Session, once: Sequence[tuple[str, int]], change: BulkChange, account_id: str
) -> set[str]:
    """Refs that `undo` may set back: no lead of the others, nothing that was read before."""
    if not change.can_be_undone:
        return set()
    refs = {ref for ref, _version in once} - {change.into_ref}
    if change.kind is not BulkKind.READ:
        return refs
    read = select(Report.ref).join(ReportRead, ReportRead.report_id == Report.id).where(
        Report.ref.in_(refs),
        ReportRead.account_id == account_id,
        ReportRead.version >= Report.version,
    )  # fmt: skip
    return refs - set(session.scalars(read))


def _too_many() -> DomainError:
    title = _("一度に選べるのは%(most)s件までです。", most=MOST)
    return StepRefused("too many", code="too_many_reports", title=title)


def _hold_seen(session: Session, refs: Sequence[str], who: Scope) -> frozenset[str]:
    """Those in sight, all locked before the first is changed, in the one order there is.

    Nobody waits for a report that is out of sight.
    """
    wanted = select(Report.ref).where(Report.ref.in_(refs), scopes.where(who))
    seen = frozenset(session.scalars(wanted))
    if seen:
        events.hold_all(session, sorted(seen), members=True)
    return seen


def _require(ref: str, seen: frozenset[str]) -> None:
    if ref not in seen:
        raise NotFound("no such report, or out of sight")


def _one(session: Session, ref: str, change: BulkChange, by: By, account_id: str) -> int:
    match change.kind:
        case BulkKind.ASSIGN:
            return casework.assign(
                session,
                ref,
                department_id=change.department_id,
                assignee_id=change.assignee_id,
                **by,
            )
        case BulkKind.PRIORITISE:
            return casework.prioritise(session, ref, change.priority, **by)
        case BulkKind.SET_DUE:
            return casework.set_due(session, ref, change.due_on, **by)
        case BulkKind.MOVE:
            return _move(session, ref, change, by)
        case BulkKind.MERGE:
            return _merge(session, ref, change, by)
        case BulkKind.READ:
            return _read(session, ref, by, account_id)


def _move(session: Session, ref: str, change: BulkChange, by: By) -> int:
    if change.to is None:
        raise StepRefused("no step")
    return casework.move(session, ref, change.to, text=change.text, receiver=change.receiver, **by)


def _merge(session: Session, ref: str, change: BulkChange, by: By) -> int:
    """The lead changes with every report that joins it, so its version is the one it has now."""
    lead = session.scalar(select(Report).where(Report.ref == change.into_ref))
    if lead is None or not by["scope"].sees(lead.department_id):
        raise NotFound("no such lead")
    if lead.ref == ref:
        return lead.version
    return casework.merge(session, ref, lead.ref, into_version=lead.version, **by)


def _read(session: Session, ref: str, by: By, account_id: str) -> int:
    report = session.scalar(select(Report).where(Report.ref == ref))
    if report is None or not by["scope"].sees(report.department_id):
        raise NotFound("no such report")
    casework.mark_read(session, account_id, ref)
    return report.version


def undo(
    session: Session,
    done: Sequence[tuple[str, int]],
    kind: BulkKind,
    *,
    actor: str,
    account_id: str,
    scope: Scope,
    now: datetime,
) -> BulkDone:
    """What `apply` did to these is set back, for each to which nothing has happened since.

    `done` is its `back`. Only whoever did it, and only for `UNDO_WITHIN`; but a split is open to
    everybody at any time. Each setting back is an event of its own. Raises StepRefused for a kind
    that cannot be undone.
    """
    if not BulkChange(kind=kind).can_be_undone:
        title = _("住民に知らせる操作は、元に戻せません。")
        raise StepRefused("told", code="cannot_undo", title=title)
    once = list(dict(done).items())[:MOST]
    seen = _hold_seen(session, [ref for ref, _version in once], scope)
    back: list[tuple[str, int]] = []
    refused: list[tuple[str, str]] = []
    for ref, version in once:
        by = By(version=version, actor=actor, scope=scope, now=now)
        try:
            _require(ref, seen)
            with session.begin_nested():
                back.append((ref, _back(session, ref, kind, by, account_id)))
        except (NotFound, StepRefused, ReportChanged, InputInvalid) as error:
            refused.append((ref, error.shown_title))
    return BulkDone(done=tuple(back), refused=tuple(refused))


def _back(session: Session, ref: str, kind: BulkKind, by: By, account_id: str) -> int:
    if kind is BulkKind.READ:
        version = _read(session, ref, by, account_id)
        casework.mark_unread(session, account_id, ref)
        return version
    if kind is BulkKind.MERGE:
        return casework.split(session, ref, **by)
    event = session.scalar(
        select(ReportEvent)
        .join(Report, Report.id == ReportEvent.report_id)
        .where(Report.ref == ref, ReportEvent.number == by["version"])
    )
    if event is None or event.kind != _SET_BACK[kind] or event.actor != by["actor"]:
        raise StepRefused("not by them")
    if by["now"] - event.at > UNDO_WITHIN:
        raise StepRefused("late", code="undo_late", title=_("30秒がすぎたので、戻せません。"))
    was = cast("dict[str, str | int | None]", events.detail_of(event).get("was") or {})
    return _set_back(session, ref, kind, was, by)


def _set_back(
    session: Session, ref: str, kind: BulkKind, was: dict[str, str | int | None], by: By
) -> int:
    if kind is BulkKind.ASSIGN:
        department, assignee = was["department"], was["assignee"]
        return casework.assign(
            session,
            ref,
            department_id=None if department is None else str(department),
            assignee_id=None if assignee is None else str(assignee),
            **by,
        )
    if kind is BulkKind.PRIORITISE:
        return casework.prioritise(session, ref, Priority(int(was["priority"] or 0)), **by)
    day = was["due_on"]
    return casework.set_due(session, ref, date.fromisoformat(str(day)) if day else None, **by)
