"""How a colleague's change of a report begins: who, at which version, within which scope."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports import events
from liff_app.reports.drafts import clean
from liff_app.reports.errors import ReportChanged
from liff_app.reports.events import Held
from liff_app.reports.scope import Scope

LONGEST_SENTENCE = 1000


class By(TypedDict):
    """Every change takes these by keyword. `actor` is `staff:<id>`; `version` the one last seen."""

    version: int
    actor: str
    scope: Scope
    now: datetime


def begin(session: Session, ref: str, by: By, *, members: bool = False) -> Held:
    """The report, held. Raises NotFound, also outside the scope, and ReportChanged."""
    held = events.hold(session, ref, members=members)
    require_seen(held, by["scope"])
    if held.report.version != by["version"]:
        raise ReportChanged(ref, held.report.version)
    return held


def require_seen(held: Held, scope: Scope) -> None:
    """Raises NotFound for a report of a department outside the scope."""
    if not scope.sees(held.report.department_id):
        raise NotFound("another department's")


def sentence(text: str, *, field: str = "text", most: int = LONGEST_SENTENCE) -> str:
    """The text as it is kept. Raises InputInvalid for none, or one that is too long."""
    found = optional(text, field=field, most=most)
    if not found:
        raise InputInvalid([FieldError(field, "required", _("文を書いてください。"))])
    return found


def optional(text: str, *, field: str = "text", most: int = LONGEST_SENTENCE) -> str:
    """The text as it is kept, "" for none. Raises InputInvalid if it is too long."""
    found = clean(text)
    if len(found) > most:
        message = _("%(most)s字までで書いてください。", most=most)
        raise InputInvalid([FieldError(field, "too_long", message)])
    return found
