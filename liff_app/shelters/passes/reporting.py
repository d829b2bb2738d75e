"""What is said with a pass becomes a change of the shelter's state, and an event of the log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.audit import service as audit
from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Outcome
from liff_app.shelters.passes.forms import Said
from liff_app.shelters.passes.service import PassView
from liff_app.shelters.places import Policy
from liff_app.shelters.vocabulary import Opening


class NothingKnown(InputInvalid):
    """Nobody has said yet whether the place is open: there is nothing that could be the same."""

    code = "opening_unknown"


def report(
    session: Session, view: PassView, said: Said, *, keys: KeyRing, policy: Policy, now: datetime
) -> Outcome:
    """The pass's shelter is as said, or what it said is taken back; once for one request key.

    Raises what `occupancy.service.change` and `undo` raise, NothingKnown.
    """
    if said.undo is not None:
        action = occupancy.UNDONE
        outcome = occupancy.undo(
            session, view.shelter_id, said.undo, by=view.author, now=now, policy=policy,
            request_key=said.request_key, device=said.device, age_s=said.age_s,
        )  # fmt: skip
    else:
        action, change = occupancy.CHANGED, said.to_change()
        outcome = occupancy.change(
            session, view.shelter_id, change, by=view.author, now=now, policy=policy,
            disaster_id=view.disaster_id,
        )  # fmt: skip
        if not outcome.repeated and change.says_nothing_new:
            _check_known(outcome)
    if not outcome.repeated:
        audit.record(
            session,
            actor=view.author,
            action=action,
            subject=f"shelter:{view.shelter_id}",
            keys=keys,
            now=now,
            detail=outcome.detail(),
        )
    return outcome


def _check_known(outcome: Outcome) -> None:
    """Raises NothingKnown; the caller's transaction then leaves no trace of the report."""
    if outcome.status.opening is Opening.UNKNOWN:
        message = _("まず「開設」「準備中」「閉鎖」のどれかを押してください。")
        raise NothingKnown([FieldError("opening", "opening_unknown", message)])
