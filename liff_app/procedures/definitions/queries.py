"""Reads for the pages on which staff make forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.procedures.definitions.editions import loaded_list
from liff_app.procedures.engine.document import Document, from_json
from liff_app.procedures.models import Procedure, ProcedureVersion, Submission
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import FormKind, VersionState
from liff_app.procedures.workbooks import faults
from liff_app.procedures.workbooks.faults import Fault

__all__ = ["Line", "State", "VersionLine", "VersionView", "form", "line", "lines", "versions"]


class State(StrEnum):
    """Where a version stands for residents, at a moment."""

    DRAFT = "draft"
    PLANNED = "planned"  # published, and its time has not come
    OPEN = "open"
    OVER = "over"  # its time has passed, and nothing came after it
    CLOSED = "closed"  # a colleague closed the form
    REPLACED = "replaced"  # a newer one took its place
    DISCARDED = "discarded"  # a draft that was put away
    NONE = "none"  # of a form: no version was ever published


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version in a list."""

    id: str
    number: int
    state: State
    sha256: bytes
    open_from: datetime | None
    open_until: datetime | None
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    submissions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One form in the list. `shown` is the version that residents see, or saw last."""

    slug: str
    title: str
    kind: FormKind
    department_id: str | None
    is_closed: bool
    state: State
    shown: VersionLine | None
    newest: VersionLine
    submissions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version with all it holds."""

    line: VersionLine
    slug: str
    title: str
    department_id: str | None
    document: Document
    workbook: bytes
    warnings: tuple[Fault, ...]
    samples: tuple[dict[str, object], ...]


def lines(session: Session, scope: Scope, *, now: datetime) -> list[Line]:
    """The forms that the colleague may change, in the residents' order."""
    every = session.scalars(select(Procedure).order_by(Procedure.position, Procedure.slug)).all()
    rows = [row for row in every if scope.sees(row.department_id)]
    found = _versions(session, rows, now=now)
    return [_line(row, found[row.id]) for row in rows]


def line(session: Session, slug: str, scope: Scope, *, now: datetime) -> Line:
    """The form of that address. Raises NotFound, also for another department's."""
    row = form(session, slug, scope)
    return _line(row, _versions(session, [row], now=now)[row.id])


def form(session: Session, slug: str, scope: Scope) -> Procedure:
    """The form's row, for reading. Raises NotFound, also for another department's."""
    row = session.scalar(select(Procedure).where(Procedure.slug == slug))
    if row is None or not scope.sees(row.department_id):
        raise NotFound("no such form")
    return row


def versions(session: Session, slug: str, scope: Scope, *, now: datetime) -> list[VersionLine]:
    """Every version of the form, the newest first."""
    row = form(session, slug, scope)
    return _versions(session, [row], now=now)[row.id]


def version(
    session: Session, slug: str, number: int, scope: Scope, *, now: datetime
) -> VersionView:
    """That version with all it holds. Raises NotFound."""
    row = form(session, slug, scope)
    told = next(
        (one for one in versions(session, slug, scope, now=now) if one.number == number), None
    )
    found = session.get(ProcedureVersion, told.id) if told else None
    if told is None or found is None:
        raise NotFound("no such version")
    return VersionView(
        line=told,
        slug=slug,
        title=row.title,
        department_id=row.department_id,
        document=from_json(found.document),
        workbook=found.workbook,
        warnings=tuple(faults.from_json(one) for one in loaded_list(found.warnings)),
        samples=tuple(loaded_list(found.samples)),
    )


def _line(row: Procedure, found: list[VersionLine]) -> Line:
    """Raises NotFound for a form without any version, which no operation leaves behind."""
    if not found:
        raise NotFound("no version")
    shown = next((one for one in found if one.state in _SEEN), None)
    planned = next((one for one in reversed(found) if one.state is State.PLANNED), None)
    return Line(
        slug=row.slug,
        title=row.title,
        kind=FormKind(row.kind),
        department_id=row.department_id,
        is_closed=row.is_closed,
        state=shown.state if shown else planned.state if planned else State.NONE,
        shown=shown or planned,
        newest=found[0],
        submissions=sum(one.submissions for one in found),
    )


_SEEN = frozenset({State.OPEN, State.OVER, State.CLOSED})


def _versions(
    session: Session, rows: Iterable[Procedure], *, now: datetime
) -> dict[str, list[VersionLine]]:
    """By form its versions, the newest first; documents and workbooks are not read."""
    closed = {row.id: row.is_closed for row in rows}
    columns = (
        ProcedureVersion.id, ProcedureVersion.procedure_id, ProcedureVersion.number,
        ProcedureVersion.state, ProcedureVersion.sha256, ProcedureVersion.open_from,
        ProcedureVersion.open_until, ProcedureVersion.created_at, ProcedureVersion.created_by,
        ProcedureVersion.published_at, ProcedureVersion.published_by,
    )  # fmt: skip
    wanted = (
        select(*columns)
        .where(ProcedureVersion.procedure_id.in_(closed))
        .order_by(ProcedureVersion.number.desc())
    )
    counts = _submissions(session, closed)
    found: dict[str, list[VersionLine]] = {one: [] for one in closed}
    for told in session.execute(wanted).mappings():
        beside = found[told["procedure_id"]]
        values = {name: value for name, value in told.items() if name != "procedure_id"}
        state = _state(dict(told), beside, is_closed=closed[told["procedure_id"]], now=now)
        count = counts.get(told["id"], 0)
        beside.append(VersionLine(**(values | {"state": state, "submissions": count})))
    return found


def _state(
    told: Mapping[str, Any], newer: list[VersionLine], *, is_closed: bool, now: datetime
) -> State:
    """Where the version stands, given the newer ones of the form."""
    if told["state"] == VersionState.DRAFT.value:
        return State.DRAFT
    if told["published_at"] is None:
        return State.DISCARDED
    if told["state"] == VersionState.RETIRED.value or any(one.state in _SEEN for one in newer):
        return State.REPLACED
    if told["open_from"] is not None and told["open_from"] > now:
        return State.PLANNED
    if told["open_until"] is not None and told["open_until"] <= now:
        return State.OVER
    return State.CLOSED if is_closed else State.OPEN


def _submissions(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """How many were sent on each version, those that were only tried left out."""
    wanted = (
        select(Submission.version_id, func.count())
        .where(Submission.procedure_id.in_(list(ids)), Submission.is_test.is_(False))
        .group_by(Submission.version_id)
    )
    return {one: count for one, count in session.execute(wanted)}  # noqa: C416 - Row is no pair
