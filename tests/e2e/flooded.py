"""まど市 in a flood, with two shelters open, and the short ways to speak of it."""

from __future__ import annotations

from typing import Any

from liff_app import clock
from liff_app.db import transaction
from liff_app.shelters import service
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, Need
from liff_app.shelters.vocabulary import Opening

from .conftest import Visit
from .servers import Town

SCHOOL, GYM, HALL = "まど市立中央小学校", "まど市民体育館", "まど市文化ホール"
NO_TILES = r"cyberjapandata|ERR_NAME_NOT_RESOLVED"
DESK = {"width": 1280, "height": 900}
SOON_MS = 8_000  # a refresh comes every five seconds


def shelter(town: Town, name: str) -> str:
    """Id of the place with that name."""
    with town.app.app_context(), transaction() as session:
        return service.find_by_name(session, name).id


def say(town: Town, name: str, **said: Any) -> None:  # noqa: ANN401 - any field of Change
    """The shelter reports by its phone."""
    one = shelter(town, name)
    with town.app.app_context(), transaction() as session:
        occupancy.change(
            session, one, Change(**said, confirmed=True), by="pass:e2e", now=clock.now(),
            policy=service.policy(),
        )  # fmt: skip


def begin(town: Town) -> Town:
    """A flood with two places open."""
    town.run("disaster", "start", "台風19号による大雨", "--hazard", "flood")
    say(town, SCHOOL, opening=Opening.OPEN, people=120, note="毛布があります")
    say(town, GYM, opening=Opening.OPEN, people=310, needs_added=frozenset({Need.WATER}))
    return town


def row(visit: Visit, town: Town, name: str) -> Any:  # noqa: ANN401 - a Locator
    """The place's row on the board."""
    return visit.page.locator(f"tr[data-id='{shelter(town, name)}']")


def open_board(visit: Visit, query: str = "") -> None:
    """The board, refreshed once."""
    visit.open(f"/console/shelters{query}")
    visit.page.wait_for_selector("[data-live]")
