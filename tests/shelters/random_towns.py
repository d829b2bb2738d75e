"""Invented towns with every mixture of roles, fitness and reports, from a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from liff_app.shelters.places import DisasterView, Live, Place
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role

NOW = datetime(2025, 11, 22, 5, 5, 30, tzinfo=UTC)
ROLES = (
    frozenset({Role.SITE}),
    frozenset({Role.SITE, Role.SHELTER}),
    frozenset({Role.SHELTER}),
    frozenset({Role.WELFARE}),
    frozenset({Role.AD_HOC}),
    frozenset({Role.SHELTER, Role.AD_HOC}),
    frozenset({Role.SITE, Role.WELFARE}),
)


def random_place(dice: random.Random, number: int) -> Place:
    """A place near 35.6 N 139.4 E; some share a point, some are not public."""
    spread = 0.06
    lat = 35.6 + dice.gauss(0, spread)
    lon = 139.4 + dice.gauss(0, spread)
    if dice.random() < 0.1:
        lat, lon = round(lat, 1), round(lon, 1)
    return Place(
        id=f"p{number}",
        name=f"見本{number}「小」\n学校",
        kana="ミホン",
        address=f"見本市{number}-1",
        lat=lat,
        lon=lon,
        roles=dice.choice(ROLES),
        fits={h: dice.choice(tuple(Fits)) for h in Hazard if dice.random() < 0.9},
        capacity=dice.choice((None, 0, 40, 250)),
        always_open=dice.random() < 0.2,
        remarks=dice.choice(("", "2階以上", '"洪水"時は\\使用不可')),
        target="高齢者" if dice.random() < 0.2 else "",
        public=dice.random() < 0.95,
    )


def random_live(dice: random.Random) -> Live:
    """A report of any kind, none to six hours old."""
    return Live(
        opening=dice.choice(tuple(Opening)),
        level=dice.choice((None, None, *Level)),
        people=dice.choice((None, 0, 20, 33, 250, 900)),
        note=dice.choice(("", "雨天のため体育館のみ")),
        updated_at=dice.choice((None, NOW - timedelta(seconds=dice.randrange(6 * 3600)))),
    )


def random_town(seed: int, count: int) -> tuple[list[Place], dict[str, Live]]:
    """Places, and reports on most of them by id."""
    dice = random.Random(seed)
    places = [random_place(dice, number) for number in range(count)]
    live = {place.id: random_live(dice) for place in places if dice.random() < 0.8}
    return places, live


def disaster(*hazards: Hazard, drill: bool = False) -> DisasterView:
    """A disaster that began five hours ago."""
    return DisasterView(
        id="d1",
        name="令和7年台風第19号",
        hazards=hazards,
        drill=drill,
        started_at=NOW - timedelta(hours=5),
    )
