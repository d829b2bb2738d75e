"""What was typed on a report's page, read: fields of the desk's small forms."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask import request

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports.vocabulary import Priority, Status

__all__ = ["Desk", "desk", "named", "photo", "position", "priority", "status"]

LONGEST_ID = 12
_DAY = re.compile(r"(20[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who is in charge of a report, how urgent it is, and until when."""

    department_id: str | None
    assignee_id: str | None
    priority: Priority
    due_on: date | None


def status(name: str) -> Status:
    """The step that was chosen. Raises InputInvalid for none."""
    chosen = request.form.get(name, "")
    found = next((one for one in Status if one.value == chosen), None)
    if found is None:
        raise InputInvalid([FieldError(name, "required", _("次にすることを1つえらんでください。"))])
    return found


def desk() -> Desk:
    """The form of who is in charge. Raises InputInvalid naming every fault."""
    faults: list[FieldError] = []
    urgency = None
    try:
        urgency = priority(request.form.get("priority", ""))
    except InputInvalid as invalid:
        faults += invalid.errors
    due_on = None
    try:
        due_on = _day(request.form.get("due_on", ""))
    except ValueError:
        message = _("期限を、2026-11-30 のように入れてください。")
        faults.append(FieldError("due_on", "format", message))
    if faults or urgency is None:
        raise InputInvalid(faults)
    return Desk(
        department_id=request.form.get("department_id", "")[:LONGEST_ID] or None,
        assignee_id=request.form.get("assignee_id", "")[:LONGEST_ID] or None,
        priority=urgency,
        due_on=due_on,
    )


def priority(typed: str) -> Priority:
    """How urgent it is. Raises InputInvalid for what is no priority."""
    found = next((one for one in Priority if str(int(one)) == typed), None)
    if found is None:
        message = _("急ぎ具合をえらんでください。")
        raise InputInvalid([FieldError("priority", "unknown", message)])
    return found


def _day(typed: str) -> date | None:
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not plain:
        return None
    found = _DAY.fullmatch(plain)
    if found is None:
        raise ValueError(plain)
    return date(*(int(part) for part in found.groups()))


def position() -> tuple[float, float]:
    """Latitude and longitude as typed; full-width digits are taken. Raises InputInvalid."""
    typed = [unicodedata.normalize("NFKC", request.form.get(one, "")) for one in ("lat", "lon")]
    try:
        lat, lon = (float(one.strip()) for one in typed)
    except ValueError:
        lat = lon = math.nan
    if not (math.isfinite(lat) and math.isfinite(lon)):
        message = _("緯度と経度を数字で入れてください。例：35.607312")
        raise InputInvalid([FieldError("lat", "format", message)])
    return lat, lon


def photo() -> bytes:
    """The bytes of the file that was chosen. Raises InputInvalid for none."""
    file = request.files.get("photo")
    raw = file.read() if file else b""
    if not raw:
        raise InputInvalid([FieldError("photo", "required", _("写真をえらんでください。"))])
    return raw


@contextmanager
def named(fields: Mapping[str, str]) -> Iterator[None]:
    """Faults are told beside the page's own fields: by the name of the service's, the page's."""
    try:
        yield
    except InputInvalid as invalid:
        raise InputInvalid(
            [FieldError(fields.get(e.field, e.field), e.code, e.message) for e in invalid.errors]
        ) from None
