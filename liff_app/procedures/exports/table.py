"""The whole table of an export: what the desk knows of each submission, then its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.i18n import gettext as _
from liff_app.procedures.desk.console.words import SOURCE, STATUS
from liff_app.procedures.exports import collecting, columns
from liff_app.procedures.exports.collecting import Taken
from liff_app.procedures.exports.files import Lines
from liff_app.procedures.models import Procedure
from liff_app.procedures.vocabulary import Source, Status
from liff_app.spreadsheet import Cell
from liff_app.staff import queries as staff

__all__ = ["lines"]

_SHEET_SIGNS = frozenset("[]:*?/\\'")  # that Excel takes in no sheet's name
_SHEET_BYTES = 62  # of UTF-16: Excel counts 31 of its units
_SHEET_OWN = "history"  # Excel keeps that name for itself


def lines(
    session: Session, procedure: Procedure, ids: Sequence[int], *, keys: KeyRing, codes: bool
) -> Lines:
    """The submissions as a table. They are opened twice: once for its width, once for its rows."""
    known = collecting.documents(session, procedure)
    title = procedure.title
    departments = {one.id: one.name for one in staff.departments(session)}
    read = list(known.values())
    table = columns.table_of(read, collecting.taken(session, ids, known, keys=keys), codes=codes)

    def rows() -> Iterator[list[Cell]]:
        for one in collecting.taken(session, ids, known, keys=keys):
            yield [*_desk(one, departments), *table.cells(one)]

    header = [*_header(), *(column.heading for column in table.columns)]
    return Lines(title=_sheet_name(title), header=header, rows=rows())


def _header() -> list[str]:
    return [
        *(_("受付番号"), _("版"), _("受付日時"), _("状態"), _("終わった日時"), _("期限")),
        *(_("受付の方法"), _("部署"), _("送られた回数"), _("手数料（円）"), _("内容を消した")),
    ]


def _desk(one: Taken, departments: dict[str, str]) -> list[Cell]:
    return [
        one.number,
        one.version,
        _moment(one.created_at),
        STATUS[Status(one.status)](),
        _moment(one.closed_at),
        one.due_on.isoformat() if one.due_on else "",
        SOURCE[Source(one.source)](),
        departments.get(one.department_id or "", ""),
        one.revision,
        one.fee_yen,
        _("はい") if one.answers is None else "",
    ]


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(JST):%Y-%m-%d %H:%M}" if moment else ""


def _sheet_name(title: str) -> str:
    """A name that Excel takes."""
    name = "".join(
        one if one.isprintable() and one not in _SHEET_SIGNS else " " for one in title
    ).encode("utf-16-le")[:_SHEET_BYTES]
    told = name.decode("utf-16-le", "ignore").strip()
    return told if told and told.lower() != _SHEET_OWN else _("申請")
