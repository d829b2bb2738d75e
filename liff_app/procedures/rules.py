"""Decisions about submissions: which step may follow which, and the numbers people read out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from liff_app.check_digit import check_digit
from liff_app.procedures.vocabulary import Mover, Need, Status


@dataclass(frozen=True, slots=True)
class Step:
    """A way out of a status: where to, who takes it, and what it cannot do without.

    `is_decision`: it ends the submission for its applicant, or undoes what did. Where the form
    says so, it takes two people.
    """

    to: Status
    by: Mover
    needs: frozenset[Need] = frozenset()
    is_decision: bool = False


def _staff(to: Status, *needs: Need) -> Step:
    return Step(to, Mover.STAFF, frozenset(needs))


def _decision(to: Status, *needs: Need) -> Step:
    return Step(to, Mover.STAFF, frozenset(needs), is_decision=True)


def _applicant(to: Status) -> Step:
    return Step(to, Mover.APPLICANT)


_REVIEW = _staff(Status.REVIEWING)
_RETURN = _staff(Status.RETURNED, Need.ITEMS)
_TAKE_BACK = _staff(Status.REVIEWING, Need.REASON)  # a return, before it was answered
_COMPLETE = _staff(Status.COMPLETED)
_ACCEPT = _decision(Status.ACCEPTED)
_REJECT = _decision(Status.REJECTED, Need.REASON)
_ASKED_TO = _decision(Status.WITHDRAWN, Need.REASON)  # at the counter or on the telephone
_LAPSE = _decision(Status.LAPSED, Need.REASON, Need.OVERDUE)
_REOPEN = _decision(Status.REVIEWING, Need.REASON)
_WITHDRAW = _applicant(Status.WITHDRAWN)
_CORRECT = _applicant(Status.RECEIVED)

# The state machine, as data: every step there is (facts on procedures, section 5). An applicant
# withdraws until somebody decides; a person, never a timer, lets a submission lapse.
STEPS: dict[Status, tuple[Step, ...]] = {
    Status.RECEIVED: (_REVIEW, _RETURN, _ACCEPT, _REJECT, _ASKED_TO, _WITHDRAW),
    Status.REVIEWING: (_RETURN, _ACCEPT, _REJECT, _ASKED_TO),
    Status.RETURNED: (_TAKE_BACK, _ASKED_TO, _LAPSE, _CORRECT, _WITHDRAW),
    Status.ACCEPTED: (_COMPLETE, _REOPEN),
    Status.REJECTED: (_REOPEN,),
    Status.COMPLETED: (_REOPEN,),
    Status.WITHDRAWN: (),
    Status.LAPSED: (_REOPEN,),
}

CLOSED = frozenset({Status.REJECTED, Status.COMPLETED, Status.WITHDRAWN, Status.LAPSED})
OPEN = frozenset(Status) - CLOSED


def step(now: Status, to: Status, by: Mover) -> Step | None:
    """The step from `now` to `to` that `by` may take, None if there is none."""
    return next((one for one in STEPS[now] if one.to is to and by is one.by), None)


def steps(now: Status, by: Mover) -> tuple[Step, ...]:
    """Every step that `by` may take from `now`, in the order they are offered."""
    return tuple(one for one in STEPS[now] if by is one.by)


# --- numbers -------------------------------------------------------------------------------------

TEST_PREFIX = "試"  # stands before the prefix of a form that is only tried
_REIWA_BEFORE = 2018  # 令和1 is 2019
_NUMBER = re.compile(r"令(\d{1,2})-([^\d\W_]{1,6})-(\d{6,9})-(\d)")
_NARROW = str.maketrans("０１２３４５６７８９－ー‐−–　", "0123456789----- ")


def number_of(prefix: str, day: date, serial: int) -> str:
    """The receipt number: era and year, the form's prefix, running number, check digit.

    `令8-粗-000123-7`. It opens nothing by itself; it is what people say on the telephone.
    """
    year = day.year - _REIWA_BEFORE
    return f"令{year}-{prefix}-{serial:06d}-{check_digit(f'{year}{serial:06d}')}"


def checked_number(typed: str) -> str | None:
    """The receipt number as it is stored, however it was typed; None if its digits are wrong."""
    found = _NUMBER.fullmatch(typed.strip().translate(_NARROW).replace(" ", ""))
    if found is None or check_digit(found[1] + found[3]) != found[4]:
        return None
    return found[0]


def series_of(prefix: str, day: date) -> str:
    """Within what a running number counts up: one form prefix in one calendar year."""
    return f"{day.year}-{prefix}"
