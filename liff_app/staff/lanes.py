"""Who may try to sign in now: five tries a minute per login name, shared out in lanes.

Were the five first come, first served, an attacker who always comes first would shut the owner out.
So some belong to those who show something an attacker lacks: a browser that signed in before, or a
recovery code. What is left is shared between networks, so that one of them cannot take it all
(ADR 0016 says who gets in when).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MINUTE = timedelta(minutes=1)
QUIET = timedelta(minutes=15)
FRESH_TRIES = 2  # of one network at one name, in QUIET
FRESH_TRIES_IN_ALL = 10  # of one network at all names, in QUIET


class Lane(StrEnum):
    """A share of the tries at one login name."""

    KNOWN = "known"
    PROVEN = "proven"
    FRESH = "fresh"
    CROWD = "crowd"


STRANGERS = frozenset({Lane.FRESH, Lane.CROWD})  # who show nothing that an attacker lacks
TRIES = {Lane.KNOWN: 2, Lane.PROVEN: 1, Lane.FRESH: 1, Lane.CROWD: 1}  # a minute; five together


@dataclass(frozen=True, slots=True)
class Try:
    """One try that was let through: when, in which lane, from which network."""

    at: datetime
    lane: Lane
    network: str


def remembered(tries: Iterable[Try], now: datetime) -> list[Try]:
    """The tries that still count."""
    return [one for one in tries if one.at > now - QUIET]


def lanes_of(
    at_name: Sequence[Try],
    of_network: Sequence[Try],
    *,
    known: bool,
    proven: bool,
    network: str,
    now: datetime,
) -> list[Lane]:
    """The lanes open to this visitor, the narrowest first."""
    here = [one for one in remembered(at_name, now) if one.network == network]
    fresh = (
        sum(one.lane is Lane.FRESH for one in here) < FRESH_TRIES
        and len(remembered(of_network, now)) < FRESH_TRIES_IN_ALL
    )
    open_to = {Lane.KNOWN: known, Lane.PROVEN: proven, Lane.FRESH: fresh, Lane.CROWD: True}
    return [lane for lane, is_open in open_to.items() if is_open]


def free_lane(at_name: Sequence[Try], lanes: Iterable[Lane], now: datetime) -> Lane | None:
    """The first of the lanes that has a try left in the last minute, None if none has."""
    latest = [one for one in at_name if one.at > now - MINUTE]
    for lane in lanes:
        if sum(one.lane is lane for one in latest) < TRIES[lane]:
            return lane
    return None
