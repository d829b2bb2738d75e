"""An applicant takes a submission back, while nobody has decided on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import Conflict
from liff_app.procedures import dossiers, events, rules, telling
from liff_app.procedures.following import reading
from liff_app.procedures.forms import version_form
from liff_app.procedures.models import ProcedureDraft
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import EventKind, Mover, Status

__all__ = ["LONGEST", "TooLate", "withdraw"]

LONGEST = 500  # characters of a reason; more is cut, nobody has to give one


class TooLate(Conflict):
    """It cannot be taken back any more."""

    code = "too_late"
    title = "いまは取り下げられません。担当の課へご連絡ください。"


def withdraw(
    session: Session, ref: str, reason: str, *, resident_id: str, keys: KeyRing, now: datetime
) -> None:
    """The submission is withdrawn, with the reason where one is given; sent twice: once.

    A correction that was begun is gone. Raises NotFound, or TooLate once it is being decided on.
    """
    row = reading.hold(session, ref, resident_id)
    if row.status == Status.WITHDRAWN:
        return
    if rules.step(Status(row.status), Status.WITHDRAWN, Mover.APPLICANT) is None:
        raise TooLate(f"is {row.status}")
    key = dossiers.key_of(session, keys, row.dossier_id)
    events.append(
        session, row, EventKind.MOVED, key=key, actor="resident", now=now, to=Status.WITHDRAWN,
        public=reason.strip()[:LONGEST],
    )  # fmt: skip
    session.execute(delete(ProcedureDraft).where(ProcedureDraft.submission_id == row.id))
    form = version_form(session, row.version_id)
    telling.told(session, row, form, Told.WITHDRAWN_BY_APPLICANT, now)
