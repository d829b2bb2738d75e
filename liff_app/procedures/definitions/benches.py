"""Workbooks that are worked on in the console, faults and all, until they become versions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.procedures.definitions import checking, service
from liff_app.procedures.definitions.checking import Checked
from liff_app.procedures.definitions.holding import Maker, hold, version_of
from liff_app.procedures.definitions.service import Edition, NewProcedure, Placed
from liff_app.procedures.models import FormBench, Procedure, ProcedureVersion
from liff_app.procedures.vocabulary import VersionState
from liff_app.procedures.workbooks import grid as grids
from liff_app.procedures.workbooks.grid import Grid

__all__ = ["KEPT", "Bench", "BenchChanged", "begin", "change", "discard", "finish", "mine",
           "purge", "read", "reopened"]  # fmt: skip

KEPT = timedelta(days=90)  # untouched for so long, nobody finishes it any more


class BenchChanged(Conflict):
    """A colleague, or the same one in another window, changed the workbook in the meantime."""

    code = "bench_changed"
    title = "ほかの画面で先に直されました。いまの内容を確かめて、もう一度入力してください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A workbook in work. `number` is the version it was begun from, None for none."""

    ref: str
    slug: str
    title: str  # of the form, "" for a new one
    number: int | None
    becomes: int | None  # the draft version that it changes; None: it becomes a new one
    checked: Checked
    version: int
    updated_at: datetime

    @property
    def grid(self) -> Grid:
        """What the workbook says."""
        return self.checked.grid or Grid()


def begin(
    session: Session, checked: Checked, new: NewProcedure, *, by: Maker, now: datetime
) -> str:
    """The workbook lies on a bench, for a form that is there or for a new one: its ref.

    Raises NotFound for another department's form, InputInvalid for an address that cannot be.
    """
    there = session.scalar(select(Procedure.id).where(Procedure.slug == new.slug))
    if there is not None:
        hold(session, new.slug, by)
    elif errors := service.new_errors(session, new, by):
        raise InputInvalid(errors)
    return _put(session, checked, new, there, None, by=by, now=now)


def reopened(
    session: Session, slug: str, number: int, checked: Checked, *, by: Maker, now: datetime
) -> str:
    """That version's workbook lies on a bench: the one it lies on already, or a new one."""
    row = hold(session, slug, by)
    version = version_of(session, row, number)
    found = session.scalar(
        select(FormBench.ref).where(
            FormBench.version_id == version.id, FormBench.seen == version.sha256
        )
    )
    if found is not None:
        return found
    new = NewProcedure(slug=slug, department_id=row.department_id)
    return _put(session, checked, new, row.id, version, by=by, now=now)


def _put(
    session: Session, checked: Checked, new: NewProcedure, procedure_id: str | None,
    version: ProcedureVersion | None, *, by: Maker, now: datetime,
) -> str:  # fmt: skip
    row = FormBench(
        ref=secrets.token_hex(16),
        procedure_id=procedure_id,
        version_id=version.id if version else None,
        seen=version.sha256 if version else None,
        slug=new.slug,
        department_id=new.department_id,
        created_by=by.actor,
        created_at=now,
        updated_at=now,
    )
    _fill(row, checked)
    session.add(row)
    session.flush()
    return row.ref


def _fill(row: FormBench, checked: Checked) -> None:
    row.workbook = checked.workbook
    row.grid = grids.to_json(checked.grid or Grid())
    row.found = checking.dumped(checked)


def read(session: Session, ref: str, *, by: Maker) -> Bench:
    """The workbook in work. Raises NotFound, also for another department's."""
    return _view(session, _row(session, ref, by))


def mine(session: Session, *, by: Maker, slug: str | None = None) -> list[Bench]:
    """Every workbook in work that the colleague may go on with, the last one first."""
    wanted = select(FormBench).order_by(FormBench.updated_at.desc())
    if slug is not None:
        wanted = wanted.where(FormBench.slug == slug)
    rows = [row for row in session.scalars(wanted) if by.scope.sees(_department(session, row))]
    return [_view(session, row) for row in rows]


def _view(session: Session, row: FormBench) -> Bench:
    procedure = session.get(Procedure, row.procedure_id) if row.procedure_id else None
    version = session.get(ProcedureVersion, row.version_id) if row.version_id else None
    is_draft = version is not None and version.state == VersionState.DRAFT.value
    return Bench(
        ref=row.ref,
        slug=row.slug,
        title=procedure.title if procedure else "",
        number=version.number if version else None,
        becomes=version.number if version and is_draft else None,
        checked=checking.loaded(row.found, workbook=row.workbook, grid=grids.from_json(row.grid)),
        version=row.version,
        updated_at=row.updated_at,
    )


def _row(session: Session, ref: str, by: Maker, *, lock: bool = False) -> FormBench:
    row = session.get(FormBench, ref, with_for_update=lock, populate_existing=True)
    if row is None or not by.scope.sees(_department(session, row)):
        raise NotFound("no such workbook in work")
    return row


def _department(session: Session, row: FormBench) -> str | None:
    procedure = session.get(Procedure, row.procedure_id) if row.procedure_id else None
    return procedure.department_id if procedure else row.department_id


def change(
    session: Session, ref: str, checked: Checked, *, seen: int, by: Maker, now: datetime
) -> None:
    """The bench holds that workbook. `seen` is the bench's version that was worked on.

    Raises BenchChanged if it is another by now: what was typed is then still in the form.
    """
    row = _row(session, ref, by, lock=True)
    if row.version != seen:
        raise BenchChanged(ref)
    _fill(row, checked)
    row.version += 1
    row.updated_at = now
    session.flush()


def finish(
    session: Session, ref: str, edition: Edition,
    *, slug: str | None = None, seen: int, by: Maker, now: datetime,
) -> Placed:  # fmt: skip
    """The edition, made of this bench, is a version: its draft as changed, else a new draft.

    The bench is clear. `slug`: another address for a new form. Raises BenchChanged, InputInvalid,
    and VersionChanged where the draft is not the one any more from which the work began.
    """
    row = _row(session, ref, by, lock=True)
    if row.version != seen:
        raise BenchChanged(ref)
    becomes = _view(session, row).becomes
    if row.procedure_id is None:
        new = NewProcedure(slug=slug or row.slug, department_id=row.department_id)
        placed = service.add_procedure(session, new, edition, by=by, now=now)
    elif becomes is None:
        placed = service.upload_version(session, row.slug, edition, by=by, now=now)
    else:
        placed = service.change_draft(
            session, row.slug, becomes, edition, seen=row.seen or b"", by=by, now=now
        )
    session.delete(row)
    session.flush()
    return placed


def discard(session: Session, ref: str, *, by: Maker) -> None:
    """The bench is clear; nothing became of the workbook."""
    session.delete(_row(session, ref, by, lock=True))


def purge(session: Session, *, now: datetime) -> int:
    """Workbooks that nobody touched for `KEPT` are gone: how many."""
    result = session.execute(delete(FormBench).where(FormBench.updated_at < now - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
