"""The rich menu follows the disaster: the worker compares what is wanted with what LINE was told.

By level, not by event: whatever was missed (a worker at rest, LINE away, a tap in between), the
next look sees the difference. Two things are told, each noted when done: the default menu for
everyone, and that personal menus go. A tap on a tab gives a person a menu of their own, and a new
default does not replace it (Messaging API, use per-user rich menus).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from liff_app.db import transaction
from liff_app.gateways.line_messaging import LineMessaging, LineTrouble
from liff_app.messaging.models import MenuState
from liff_app.messaging.richmenu import MenuDefinition, Mode
from liff_app.messaging.richmenu_apply import apply_menus

ROW: Final = "rich_menu"
LEASE: Final = timedelta(seconds=30)  # while one worker talks to LINE, another leaves it alone
FIRST_PAUSE: Final = timedelta(seconds=5)
# Personal menus may be taken away 3 times an hour (Messaging API, rate limits): asking every ten
# minutes at most, a fourth change within the hour waits for its turn and is not lost.
LONGEST_PAUSE: Final = timedelta(minutes=10)


class Face(StrEnum):
    """What residents should see below the talk."""

    NORMAL = "normal"
    DISASTER = "disaster"
    DRILL = "drill"

    @property
    def mode(self) -> Mode:
        """Which of the two menus that is."""
        return Mode.NORMAL if self is Face.NORMAL else Mode.DISASTER


Gateway = Callable[[], LineMessaging]
Definitions = Callable[[Face], Sequence[MenuDefinition]]


def follow(wanted: Face, gateway: Gateway, definitions: Definitions, *, now: datetime) -> int:
    """LINE shows the `wanted` menu to everyone; gives 1 if it had to be told, else 0.

    Nothing is asked of LINE when it was told before, on a quiet day before the first disaster, or
    before the time to try again. Menus are drawn only to be sent. Raises LineTrouble; the time of
    the next try is noted first. Opens its own transactions: call it outside one.
    """
    with transaction() as session:
        state = _claimed(session, wanted, now=now)
        if state is None:
            return 0
        shown, unlinked = state
    try:
        _tell(wanted, gateway(), definitions, shown=shown, unlinked=unlinked)
    except LineTrouble:
        with transaction() as session:
            _postpone(session, now=now)
        raise
    with transaction() as session:
        told = session.get_one(MenuState, ROW, with_for_update=True)
        told.failures, told.next_try_at = 0, now
    return 1


def note_shown(session: Session, mode: Mode, *, now: datetime) -> None:
    """Somebody made `mode` the default by hand: the next look puts right what a disaster asks."""
    state = session.get(MenuState, ROW, with_for_update=True)
    if state is None:
        state = MenuState(name=ROW, unlinked=mode.value, failures=0, next_try_at=now)
        session.add(state)
    state.shown = mode.value


def _claimed(session: Session, wanted: Face, *, now: datetime) -> tuple[bool, bool] | None:
    """Whether the default and the personal menus are right already; None: nothing to do now."""
    state = session.get(MenuState, ROW, with_for_update=True)
    if state is None:
        if wanted is Face.NORMAL:
            return None  # set up by `line richmenu apply`, or not at all
        state = MenuState(name=ROW, shown=None, unlinked=None, failures=0, next_try_at=now)
        session.add(state)
    shown, unlinked = state.shown == wanted.value, state.unlinked == wanted.value
    if (shown and unlinked) or now < state.next_try_at:
        return None
    state.next_try_at = now + LEASE
    return shown, unlinked


def _tell(
    wanted: Face,
    gateway: LineMessaging,
    definitions: Definitions,
    *,
    shown: bool,
    unlinked: bool,
) -> None:
    if not shown:
        apply_menus(gateway, definitions(wanted), shown=wanted.mode)
        with transaction() as session:
            state = session.get_one(MenuState, ROW, with_for_update=True)
            # Whoever tapped a tab under the old default must see the new one.
            state.shown, state.unlinked = wanted.value, None
        unlinked = False
    if not unlinked:
        gateway.unlink_everyone()
        with transaction() as session:
            session.get_one(MenuState, ROW, with_for_update=True).unlinked = wanted.value


def _postpone(session: Session, *, now: datetime) -> None:
    """The next try is put off, longer each time."""
    state = session.get_one(MenuState, ROW, with_for_update=True)
    state.failures += 1
    state.next_try_at = now + min(FIRST_PAUSE * 2 ** min(state.failures - 1, 10), LONGEST_PAUSE)
