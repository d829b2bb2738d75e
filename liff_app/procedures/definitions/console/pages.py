"""What the pages of forms have in common."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime

from flask import Response, request
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.clock import JST
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions.holding import Maker, maker_of
from liff_app.spreadsheet import XLSX_TYPE
from liff_app.staff import queries as staff
from liff_app.staff.guard import colleague

__all__ = [
    "MOST_REQUEST",
    "departments",
    "faults_by_field",
    "me",
    "moment",
    "sent_workbook",
    "today",
    "typed_moment",
    "workbook_answer",
]  # fmt: skip

MOST_REQUEST = 2 * 1024 * 1024  # a workbook of 1 MB and the form around it
MOMENT = "%Y-%m-%dT%H:%M"  # as browsers send a day and a time


def me() -> Maker:
    """The colleague of this request as a maker of forms. Raises NotAllowed."""
    return maker_of(colleague())


def today() -> date:
    """The day in Japan."""
    return clock.now().astimezone(JST).date()


def departments(session: Session) -> list[tuple[str, str]]:
    """The departments to which the colleague may give a form; who sees all may give it to none."""
    names = staff.department_names(session)
    mine = me().scope.departments
    given = [(one, name) for one, name in names.items() if mine is None or one in mine]
    return [("", _("決めていない")), *given] if mine is None else given


def faults_by_field(errors: list[FieldError]) -> Mapping[str, str]:
    """The first sentence for each field."""
    return {one.field: one.message for one in reversed(errors)}


def sent_workbook() -> bytes | None:
    """The workbook that came with the form; None without one."""
    file = request.files.get("workbook")
    if file is None:
        return None
    with closing(file):  # a large one lies in a temporary file
        return file.read() if file.filename else None


def typed_moment(name: str) -> tuple[datetime | None, list[FieldError]]:
    """The moment in Japan that was typed into the field; None where it is empty."""
    text = request.form.get(name, "").strip()
    if not text:
        return None, []
    try:
        return datetime.strptime(text[:16], MOMENT).replace(tzinfo=JST), []
    except ValueError:
        message = _("日付と時刻を、2026-11-23T09:00 の形で入れてください。")
        return None, [FieldError(name, "unreadable", message)]


def moment(found: datetime | None) -> str:
    """The moment as the field shows it; "" for none."""
    return found.astimezone(JST).strftime(MOMENT) if found else ""


def workbook_answer(raw: bytes, name: str) -> Response:
    """The workbook as a file of that name, which is ASCII."""
    answer = Response(raw, content_type=XLSX_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
