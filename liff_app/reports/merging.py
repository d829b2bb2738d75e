"""Reports of the same thing become one incident, and come apart again.

Merging a lead moves its members along. Each of them remembers its way (`path`: the leads it came
through, the present one last), so that splitting a former lead gives it back its own members: a
merge can always be undone by a split, in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.reports import events, rules, telling
from liff_app.reports.acts import By, require_seen
from liff_app.reports.acts import begin as begin_one
from liff_app.reports.errors import ReportChanged, StepRefused
from liff_app.reports.events import Held
from liff_app.reports.models import Report, ReportEvent
from liff_app.reports.vocabulary import EventKind, Mover, Status

_MOVES = (EventKind.MERGED.value, EventKind.SPLIT.value)


def merge(session: Session, ref: str, into_ref: str, *, into_version: int, **by: Unpack[By]) -> int:
    """The report and its members belong to the lead's incident; its followers are told so.

    Both must be open leads. Gives the member's new version; the lead's is one higher too.
    """
    if ref == into_ref:
        raise StepRefused("itself", title=_("同じ報告どうしは、まとめられません。"))
    one, lead = _both(session, ref, into_ref, into_version, by)
    report, root = one.report, lead.report
    if root.lead_id is not None or not root.is_open:
        title = _("まとめ先は、対応が終わっていない、まとめの元の報告にしてください。")
        raise StepRefused("no open lead", code="not_a_lead", title=title)
    if rules.step(Status(report.status), Status.DUPLICATE, Mover.STAFF) is None:
        raise StepRefused(f"{report.status} -> duplicate")
    moving = [report, *(row for row in one.members if row.lead_id == report.id)]
    ways = _ways(session, moving)
    for row in moving:
        row.lead_id = root.id
        way = [*ways.get(row.id, []), root.ref]
        _moved(session, row, EventKind.MERGED, by, way, is_step=row is report)
    session.flush()
    _at_lead(session, root, EventKind.GATHERED, by, moving)
    told = next(iter(_latest(session, [report])))
    # Those who follow its members were told when those were merged.
    telling.told_of(
        session,
        told,
        Status.DUPLICATE,
        events.followers(session, report, whole=False),
        now=by["now"],
    )
    return report.version


def split(session: Session, ref: str, **by: Unpack[By]) -> int:
    """The report stands by itself again, reopened, with the members it had brought along.

    Its followers come with it and are told. Raises StepRefused where it was not merged.
    """
    held = begin_one(session, ref, by, members=True)
    report, root = held.report, held.root
    if report is root:
        raise StepRefused("not merged", code="not_merged", title=_("まとめられていません。"))
    ways = _ways(session, held.members)
    report.lead_id = None
    _moved(session, report, EventKind.SPLIT, by, [], is_step=True, lead=root.ref)
    back = [row for row in held.members if row is not report and ref in ways.get(row.id, [])]
    for row in back:
        way = ways[row.id]
        row.lead_id = report.id
        _moved(session, row, EventKind.SPLIT, by, way[: way.index(ref) + 1], lead=root.ref)
    session.flush()
    _at_lead(session, root, EventKind.RELEASED, by, [report, *back])
    told = next(iter(_latest(session, [report])))
    everybody = events.followers(session, report, whole=False)
    telling.told_of(session, told, Status.REOPENED, everybody, now=by["now"])
    return report.version


def _both(
    session: Session, ref: str, into_ref: str, into_version: int, by: By
) -> tuple[Held, Held]:
    one, lead = events.hold_all(session, [ref, into_ref], members=True)
    for held in (one, lead):
        require_seen(held, by["scope"])
    if one.report.version != by["version"]:
        raise ReportChanged(ref, one.report.version)
    if lead.report.version != into_version:
        raise ReportChanged(into_ref, lead.report.version)
    return one, lead


def _moved(
    session: Session,
    row: Report,
    kind: EventKind,
    by: By,
    path: list[str],
    *,
    is_step: bool = False,
    lead: str | None = None,
) -> None:
    """The report's history tells where it belongs now; for the one that was moved it is a step."""
    to = Status.DUPLICATE if kind is EventKind.MERGED else Status.REOPENED
    detail: dict[str, object] = {"lead": path[-1] if path else None, "path": path}
    if lead is not None:
        detail["from"] = lead
    if not is_step:
        detail["along"] = True
    events.append(
        session,
        row,
        kind,
        actor=by["actor"],
        now=by["now"],
        to=to if is_step else None,
        detail=detail,
    )


def _at_lead(
    session: Session, root: Report, kind: EventKind, by: By, rows: Iterable[Report]
) -> None:
    detail = {"members": [row.ref for row in rows]}
    events.append(session, root, kind, actor=by["actor"], now=by["now"], detail=detail)


def _ways(session: Session, rows: Iterable[Report]) -> dict[int, list[str]]:
    """The way of each report that is merged: refs of the leads it came through."""
    found: dict[int, list[str]] = {}
    for event in _latest(session, rows):
        path = events.detail_of(event).get("path")
        found[event.report_id] = [str(ref) for ref in path] if isinstance(path, list) else []
    return found


def _latest(session: Session, rows: Iterable[Report]) -> list[ReportEvent]:
    """The last move of each of the reports."""
    ids = [row.id for row in rows]
    newest = (
        select(ReportEvent.report_id, func.max(ReportEvent.number).label("number"))
        .where(ReportEvent.report_id.in_(ids), ReportEvent.kind.in_(_MOVES))
        .group_by(ReportEvent.report_id)
        .subquery()
    )
    wanted = select(ReportEvent).join(
        newest,
        (ReportEvent.report_id == newest.c.report_id) & (ReportEvent.number == newest.c.number),
    )
    return list(session.scalars(wanted))
