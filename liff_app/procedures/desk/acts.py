"""How a colleague's change of a case begins: who, at which version, within which scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures import dossiers, events, forms, rules, telling
from liff_app.procedures.desk.errors import CaseChanged, StepRefused
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Submission
from liff_app.procedures.scope import Scope
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import EventKind, FormKind, Mover, Status
from liff_app.staff.rules import Colleague

LONGEST_SENTENCE = 2000
LONGEST_NOTE = 4000


class By(TypedDict):
    """Every change takes these by keyword. `version` is the one the colleague has seen."""

    version: int
    colleague: Colleague
    scope: Scope
    keys: KeyRing
    now: datetime


@dataclass(slots=True)
class Held:
    """A case locked until the transaction ends, with what opens it and what it answers."""

    row: Submission
    key: DataKey
    form: Form


def begin(session: Session, ref: str, by: By) -> Held:
    """The case, held. Raises NotFound, CaseChanged, and Forgotten once its key is destroyed.

    Trials and surveys are nobody's cases, and neither are another department's.
    """
    row = events.hold(session, ref)
    form = forms.version_form(session, row.version_id)
    is_case = form.document.settings.kind == FormKind.APPLICATION.value and not row.is_test
    if not is_case or not by["scope"].sees(row.department_id):
        raise NotFound("no such case", title=_("その申請は見つかりませんでした。"))
    if row.version != by["version"]:
        raise CaseChanged(ref, row.version)
    return Held(row, dossiers.key_of(session, by["keys"], row.dossier_id), form)


def write(  # noqa: PLR0913 - the columns of an event
    session: Session,
    held: Held,
    kind: EventKind,
    by: By,
    *,
    to: Status | None = None,
    public: str = "",
    private: str = "",
    detail: events.Detail | None = None,
) -> None:
    """The case's history has one event more, by that colleague, now."""
    events.append(
        session,
        held.row,
        kind,
        key=held.key,
        actor=by["colleague"].actor,
        now=by["now"],
        to=to,
        public=public,
        private=private,
        detail=detail,
    )


def take_step(
    session: Session,
    held: Held,
    kind: EventKind,
    to: Status,
    by: By,
    *,
    text: str,
    detail: events.Detail | None = None,
) -> int:
    """The case stands at `to`, its applicant is told and reads `text`; gives the new version."""
    was = Status(held.row.status)
    write(session, held, kind, by, to=to, public=text, detail=detail)
    telling.told(session, held.row, held.form, told_of(was, to), by["now"])
    return held.row.version


def told_of(was: Status, to: Status) -> Told:
    """What somebody is told of when staff take that step."""
    if to is Status.REVIEWING:
        return Told.REVIEWING if was is Status.RECEIVED else Told.REOPENED
    return Told(to.value)


def require_undecided(held: Held) -> None:
    """Raises StepRefused while a decision waits for a second colleague."""
    if is_proposed(held.row):
        title = _("決定の承認を待っています。先に、承認するか、取り下げてください。")
        raise StepRefused("proposed", code="approval_waits", title=title)


def is_proposed(row: Submission) -> bool:
    """Whether a decision, possible as the case stands, waits for a second colleague."""
    if row.proposed_status is None:
        return False
    return rules.step(Status(row.status), Status(row.proposed_status), Mover.STAFF) is not None


def clear_proposal(row: Submission) -> None:
    """No decision waits for anybody."""
    row.proposed_status = row.proposed_by = row.proposed_sealed = None


def sentence(text: str, *, field: str = "text", most: int = LONGEST_SENTENCE) -> str:
    """The text as it is kept. Raises InputInvalid for none, or one that is too long."""
    found = optional(text, field=field, most=most)
    if not found:
        raise InputInvalid([FieldError(field, "required", _("文を書いてください。"))])
    return found


def optional(text: str, *, field: str = "text", most: int = LONGEST_SENTENCE) -> str:
    """The text as it is kept, "" for none: as typed, without what no database takes."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    found = "".join(one for one in plain if one == "\n" or _is_kept(one)).strip()
    if len(found) > most:
        message = _("%(most)s字までで書いてください。", most=f"{most:,}")
        raise InputInvalid([FieldError(field, "too_long", message)])
    return found


def _is_kept(sign: str) -> bool:
    """Neither a control sign nor half of a pair; signs that choose a form of a letter stay."""
    code = ord(sign)
    return code >= 0x20 and not 0x7F <= code < 0xA0 and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - Unicode's own borders
