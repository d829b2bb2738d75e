"""Step-up: a code is asked again of somebody who is signed in, counted like a sign-in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid
from liff_app.staff import doors, lanes, service, sessions, signing_in
from liff_app.staff.lanes import Lane
from liff_app.staff.rules import Colleague
from liff_app.staff.signing_in import TooManyTries

__all__ = ["confirm", "count"]


def count(session: Session, me: Colleague, *, keys: KeyRing, now: datetime) -> None:
    """The try is counted and may be checked, once this transaction is committed.

    Raises TooManyTries. It comes out of the tries of browsers that signed in before.
    """
    door = doors.locked(session, doors.subject_of(keys, "name", me.login), now)
    lane = lanes.free_lane(doors.read(door), (Lane.KNOWN, Lane.CROWD), now)
    if lane is None:
        raise TooManyTries("no try left in this minute")
    doors.count(door, lane, network="", now=now)


def confirm(session: Session, me: Colleague, code: str, *, keys: KeyRing, now: datetime) -> None:
    """The code is used up, and this browser's next ten minutes ask for none.

    Raises InputInvalid where it does not fit, or was used before.
    """
    account = service.account(session, me.id, lock=True)
    proof = signing_in.proof_of(session, account, code, keys=keys, now=now)
    if proof is None or not signing_in.use_up(session, account, proof):
        raise InputInvalid(
            [FieldError("code", "wrong", "数字が合いません。いま出ている6桁を入れてください。")]
        )
    sessions.confirmed(session, me.session_id, now=now)
