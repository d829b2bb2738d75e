"""What was typed on a case's page, read: fields of the desk's small forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from flask import request

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures.vocabulary import Status

__all__ = ["day", "identifier", "named", "status"]

LONGEST_ID = 12
_DAY = re.compile(r"(20[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")


def status(name: str) -> Status:
    """The step that was chosen. Raises InputInvalid for none."""
    chosen = request.form.get(name, "")
    found = next((one for one in Status if one.value == chosen), None)
    if found is None:
        raise InputInvalid([FieldError(name, "required", _("次にすることを1つえらんでください。"))])
    return found


def day(name: str) -> date | None:
    """The day that was typed, None for an empty field. Raises InputInvalid."""
    plain = unicodedata.normalize("NFKC", request.form.get(name, "")).strip()
    if not plain:
        return None
    try:
        found = _DAY.fullmatch(plain)
        return date(*(int(part) for part in found.groups())) if found else _no_day()
    except ValueError:
        message = _("期限を、2026-11-30 のように入れてください。")
        raise InputInvalid([FieldError(name, "format", message)]) from None


def _no_day() -> date:
    raise ValueError


def identifier(name: str) -> str | None:
    """An id that was chosen, None for nobody."""
    return request.form.get(name, "")[:LONGEST_ID] or None


@contextmanager
def named(fields: Mapping[str, str]) -> Iterator[None]:
    """Faults are told beside the page's own fields: by the name of the service's, the page's."""
    try:
        yield
    except InputInvalid as invalid:
        raise InputInvalid(
            [FieldError(fields.get(e.field, e.field), e.code, e.message) for e in invalid.errors]
        ) from None
