"""What happens to reports, written down: locks, events, versions and what is counted beside them.

Every change of a report goes through `hold` and `append`. Texts of an event: `public_text` is the
town hall's sentence that followers read; `private_text` is read by staff, and by the resident who
wrote it. `detail` says by `by` which resident that was, without naming them (`mark`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import Conflict, NotFound
from liff_app.reports import rules
from liff_app.reports.models import Report, ReportEvent, ReportFollower
from liff_app.reports.vocabulary import EventKind, Status

RESIDENT, SYSTEM = "resident", "system"
TRIES = 5  # an incident that is merged anew five times while we wait is somebody's script
# Words of the town hall to the residents: the first of them ends "time to first answer".
ANSWERS = frozenset({EventKind.MOVED, EventKind.ANSWERED, EventKind.MERGED})
Detail = Mapping[str, object]


@dataclass(slots=True)
class Held:
    """Rows locked until the transaction ends: a report, and the lead of its incident.

    `root` is the lead, or the report itself where it is not merged. `members` are the reports
    merged into the root, only where they were asked for.
    """

    report: Report
    root: Report
    members: Sequence[Report] = ()


def hold(session: Session, ref: str, *, members: bool = False) -> Held:
    """The report and its lead, locked and fresh. Raises NotFound.

    Rows are locked in the order of their ids, whatever is done with them, so that two who want the
    same rows never wait for each other.
    """
    return hold_all(session, [ref], members=members)[0]


def hold_all(session: Session, refs: Sequence[str], *, members: bool = False) -> list[Held]:
    """Each of these reports, in the order given, all locked at once. Raises NotFound."""
    session.flush()
    for _ in range(TRIES):
        with suppress(_Changed), session.begin_nested():
            rows = _locked_unchanged(session, refs, members=members)
            return [_held(rows, ref, members=members) for ref in refs]
    raise Conflict("incident keeps changing")


class _Changed(Exception):
    """Somebody merged or split while we waited: the rows are let go, and read again."""


def _locked_unchanged(session: Session, refs: Sequence[str], *, members: bool) -> dict[int, Report]:
    wanted = _incidents(session, refs, members=members)
    rows = _locked(session, wanted)
    if _incidents(session, refs, members=members) != wanted:
        raise _Changed
    return rows


def _incidents(session: Session, refs: Sequence[str], *, members: bool) -> set[int]:
    """Ids of the reports, their leads and, where wanted, everything merged into those."""
    found = session.execute(select(Report.id, Report.lead_id).where(Report.ref.in_(refs))).all()
    if len(found) < len(set(refs)):
        raise NotFound("no such report")
    roots = {row.lead_id or row.id for row in found}
    ids = roots | {row.id for row in found}
    if members:
        ids |= set(session.scalars(select(Report.id).where(Report.lead_id.in_(roots))))
    return ids


def _locked(session: Session, ids: Iterable[int]) -> dict[int, Report]:
    wanted = select(Report).where(Report.id.in_(sorted(ids))).order_by(Report.id).with_for_update()
    rows = session.scalars(wanted.execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def _held(rows: Mapping[int, Report], ref: str, *, members: bool) -> Held:
    report = next(row for row in rows.values() if row.ref == ref)
    root = rows[report.lead_id] if report.lead_id is not None else report
    under = [row for row in rows.values() if row.lead_id == root.id] if members else []
    return Held(report, root, under)


def append(  # noqa: PLR0913 - the columns of an event
    session: Session,
    report: Report,
    kind: EventKind,
    *,
    actor: str,
    now: datetime,
    to: Status | None = None,
    public: str = "",
    private: str = "",
    detail: Detail | None = None,
) -> ReportEvent:
    """The report's history has one event more, its version is one higher; `to`: it stands there.

    The report's row must be held.
    """
    before = Status(report.status)
    report.version += 1
    report.updated_at, report.emptied_at = now, None
    if to is not None:
        _stand(report, to, now)
    if report.first_answer_at is None and kind in ANSWERS and actor.startswith("staff:"):
        report.first_answer_at = now
    event = ReportEvent(
        report_id=report.id,
        number=report.version,
        at=now,
        actor=actor,
        kind=kind.value,
        from_status=before.value if to is not None else None,
        to_status=to.value if to is not None else None,
        public_text=public,
        private_text=private,
        detail=json.dumps(dict(detail or {}), ensure_ascii=False),
    )
    session.add(event)
    session.flush()
    return event


def _stand(report: Report, to: Status, now: datetime) -> None:
    was_open, was = report.is_open, report.status
    report.status = to.value
    report.is_open = to in rules.OPEN
    if was_open and not report.is_open:
        report.closed_at = now
    if report.is_open:
        report.closed_at = None
    if to is Status.REOPENED and was != Status.DUPLICATE:  # a split undoes a merge, nothing else
        report.reopened += 1


def ask_anew(session: Session, root: Report, *, now: datetime) -> None:
    """Every follower of the incident is to be asked whether it is mended. Earlier answers go."""
    followed = ReportFollower.report_id.in_(_ids_in(root))
    session.execute(
        update(ReportFollower).where(followed).values(fix_answer=None, fix_answered_at=None)
    )
    root.updated_at = now


def followers(session: Session, root: Report, *, whole: bool = True) -> list[ReportFollower]:
    """Who follows the report or, `whole`, anything in its incident; by report, then resident."""
    wanted = _ids_in(root) if whole else select(Report.id).where(Report.id == root.id)
    return list(
        session.scalars(
            select(ReportFollower)
            .where(ReportFollower.report_id.in_(wanted))
            .order_by(ReportFollower.report_id, ReportFollower.resident_id)
            .execution_options(populate_existing=True)
        )
    )


def follower(session: Session, report: Report, resident_id: str) -> ReportFollower | None:
    """How the resident follows that very report; None: not at all."""
    return session.get(ReportFollower, (report.id, resident_id), populate_existing=True)


def following(session: Session, root: Report, resident_id: str) -> list[ReportFollower]:
    """How the resident follows anything in the incident."""
    return [one for one in followers(session, root) if one.resident_id == resident_id]


def _ids_in(root: Report):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a subquery of ids
    return select(Report.id).where((Report.id == root.id) | (Report.lead_id == root.id))


def mark(report: Report, resident_id: str) -> str:
    """Says in an event which resident wrote it, to that resident alone. 16 hex digits.

    Resident ids are random (128 bits), so nobody finds one by trying.
    """
    return hashlib.sha256(f"{report.ref}:{resident_id}".encode()).hexdigest()[:16]


def number_of(report: Report) -> str:
    """The number people read out."""
    return rules.number_of(report.id, report.created_at.astimezone(JST).year)


def detail_of(event: ReportEvent) -> dict[str, object]:
    """What the event says by codes."""
    read: dict[str, object] = json.loads(event.detail)
    return read
