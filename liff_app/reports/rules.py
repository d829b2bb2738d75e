"""Decisions about reports: which step may follow which, numbers people read out, and cells."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from liff_app.check_digit import check_digit
from liff_app.reports.vocabulary import Mover, Need, Status


@dataclass(frozen=True, slots=True)
class Step:
    """A way out of a status: where to, who takes it, and what it cannot do without."""

    to: Status
    by: frozenset[Mover]
    needs: frozenset[Need] = frozenset()


def _step(to: Status, *needs: Need, by: Mover = Mover.STAFF) -> Step:
    return Step(to, frozenset({by}), frozenset(needs))


_CHECK = _step(Status.CHECKING)
_ASK = _step(Status.ASKED, Need.REASON)
_PLAN = _step(Status.PLANNED, Need.REASON)
_WORK = _step(Status.WORKING)
_FIX = _step(Status.FIXED, Need.REASON)
_NOTHING = _step(Status.NO_ACTION, Need.REASON)
_FORWARD = _step(Status.FORWARDED, Need.REASON, Need.RECEIVER)
_SAME = _step(Status.DUPLICATE, Need.LEAD)
_WITHDRAW = _step(Status.WITHDRAWN, by=Mover.RESIDENT)
_REOPEN = _step(Status.REOPENED, Need.REASON)
_NOT_YET = _step(Status.REOPENED, by=Mover.RESIDENT)
_REPLY = _step(Status.CHECKING, by=Mover.RESIDENT)
_LOOKED_AT = (_ASK, _PLAN, _WORK, _FIX, _NOTHING, _FORWARD, _SAME, _WITHDRAW)

# The state machine, as data: every step there is. Source: facts on reports, section 5, with three
# steps more: what was looked at on the spot may be fixed at once (received, reopened -> fixed), a
# plan may turn out another's (planned -> forwarded, duplicate), and whoever reported may withdraw
# for as long as nobody works on it.
STEPS: dict[Status, tuple[Step, ...]] = {
    Status.RECEIVED: (_CHECK, *_LOOKED_AT),
    Status.CHECKING: _LOOKED_AT,
    Status.ASKED: (_CHECK, *(one for one in _LOOKED_AT if one is not _ASK), _REPLY),
    Status.PLANNED: (_CHECK, _WORK, _FIX, _NOTHING, _FORWARD, _SAME, _WITHDRAW),
    Status.WORKING: (_FIX, _PLAN, _NOTHING, _FORWARD, _SAME),
    Status.FIXED: (_REOPEN, _NOT_YET),
    Status.NO_ACTION: (_REOPEN,),
    Status.FORWARDED: (_REOPEN,),
    Status.DUPLICATE: (_REOPEN,),  # by a split only: `casework.split`
    Status.WITHDRAWN: (),
    Status.REOPENED: (_CHECK, *_LOOKED_AT),
}

CLOSED = frozenset(
    {
        Status.FIXED,
        Status.NO_ACTION,
        Status.FORWARDED,
        Status.DUPLICATE,
        Status.WITHDRAWN,
    }
)
OPEN = frozenset(Status) - CLOSED


def step(now: Status, to: Status, by: Mover) -> Step | None:
    """The step from `now` to `to` that `by` may take, None if there is none."""
    return next((one for one in STEPS[now] if one.to is to and by in one.by), None)


def steps(now: Status, by: Mover) -> tuple[Step, ...]:
    """Every step that `by` may take from `now`, in the order they are offered."""
    return tuple(one for one in STEPS[now] if by in one.by)


# --- numbers -------------------------------------------------------------------------------------

_NUMBER = re.compile(r"(\d{2})-?(\d{6,9})(\d)")


def number_of(report_id: int, year: int) -> str:
    """The receipt number people read out on the telephone: year, running number, check digit.

    `26-0000421`: the last digit catches every wrong digit and every swap of neighbours.
    """
    digits = f"{year % 100:02d}{report_id:06d}"
    return f"{digits[:2]}-{digits[2:]}{check_digit(digits)}"


def id_of(number: str) -> int | None:
    """The report id inside a receipt number, however it was typed; None if its digits are wrong."""
    found = _NUMBER.fullmatch(number.strip().translate(_NARROW))
    if found is None or check_digit(found[1] + found[2]) != found[3]:
        return None
    return int(found[2])


_NARROW = str.maketrans("０１２３４５６７８９－ー‐−–", "0123456789-----")


# --- places --------------------------------------------------------------------------------------

CELL_DEGREES = 0.0025  # about 278 m north-south: a circle of 250 m touches 3 rows of cells
NEAR_M = 250  # within which open reports of the same kind are shown (FixMyStreet's own radius)
SAME_PLACE_M = 50  # and within this a duplicate is likely
LARGEST_NEAR_M = 1000
_COLUMNS = 1_000_000
_METRES_A_DEGREE = 111_195.0  # on the sphere of 6,371 km; cells only gather candidates


def cell_of(lat: float, lon: float) -> int:
    """The cell a position lies in: one number, rows from the south pole, columns from 180° west."""
    return _row(lat) * _COLUMNS + _column(lon)


def cells_near(lat: float, lon: float, radius_m: float) -> list[int]:
    """Every cell that a circle of `radius_m` may touch (at most 86° of latitude)."""
    high, wide = degrees_of(radius_m, lat)
    rows = range(_row(lat - high), _row(lat + high) + 1)
    columns = range(_column(lon - wide), _column(lon + wide) + 1)
    return [row * _COLUMNS + column for row in rows for column in columns]


def degrees_of(radius_m: float, lat: float) -> tuple[float, float]:
    """How far a circle around that latitude reaches, north and east, in degrees, a little more."""
    high = radius_m / _METRES_A_DEGREE
    return high, high / max(0.05, math.cos(math.radians(min(86.0, abs(lat) + high))))


def _row(lat: float) -> int:
    return int((lat + 90) / CELL_DEGREES)


def _column(lon: float) -> int:
    return int((lon + 180) / CELL_DEGREES)


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Distance over a few kilometres on the plane there; at most 0.5 % off in Japan."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(other_lat - lat, east) * _METRES_A_DEGREE


def public_position(lat: float, lon: float, *, checked: bool) -> tuple[float, float]:
    """What the public sees: about 100 m until a colleague has looked, then about 1 m.

    A report of rubbish in front of a door must not point at the door before anybody checked it.
    """
    digits = 5 if checked else 3
    return round(lat, digits), round(lon, digits)
