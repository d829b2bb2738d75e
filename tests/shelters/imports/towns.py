"""Real lists as a town's editions, and what a seed makes of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask.testing import FlaskClient

from liff_app.db import db, transaction
from liff_app.shelters import importing
from liff_app.shelters.differences import Difference, latest_edition
from liff_app.shelters.editions import Edition, Publishable
from liff_app.shelters.imports import service
from liff_app.shelters.imports.service import Seen
from liff_app.shelters.lists.model import ReadOptions, ShelterRow
from liff_app.shelters.lists.reader import read_list
from tests.shelters.published import METRE, NOW, edition

BY = "staff:abc"
ITEMS = {
    "komae": "gsi_132195_komae",
    "kasuga": "gsi_402184_kasuga",
    "fukuoka": "gsi_401307_fukuoka",
}


def rows_of(lists: Path, file_name: str) -> tuple[ShelterRow, ...]:
    """The rows of a published list."""
    raw = (lists / "shelters" / file_name).read_bytes()
    return read_list(raw, filename=file_name, options=ReadOptions()).rows


def of_rows(rows: tuple[ShelterRow, ...], list_id: str, attribution: str = "出典：町") -> Edition:
    """These rows as an edition of that list."""
    made = edition(*rows, list_id=list_id, attribution=attribution)
    return replace(made, priority=importing.TOWN_PRIORITY)


def changed(rows: tuple[ShelterRow, ...], seed: int) -> tuple[ShelterRow, ...]:
    """The list as a clerk's busy year leaves it: left out, renamed, moved, renumbered, added."""
    chance = random.Random(seed)
    kept = [row for row in rows if chance.random() > 0.1]
    made = [_touched(row, chance) for row in kept]
    first, second = chance.sample(range(len(made)), 2)
    made[first], made[second] = (
        replace(made[first], source_id=made[second].source_id),
        replace(made[second], source_id=made[first].source_id),
    )
    new = [
        replace(row, source_id=f"new-{seed}-{n}", facility_key=None, name=f"{row.name}別館{seed}")
        for n, row in enumerate(chance.sample(made, 3))
    ]
    made += new
    chance.shuffle(made)
    return tuple(made)


def _touched(row: ShelterRow, chance: random.Random) -> ShelterRow:
    kind = chance.random()
    if kind < 0.1:
        return replace(row, remarks=f"{row.remarks}（{chance.randrange(100)}）")
    if kind < 0.15:
        return replace(row, name=f"{row.name}（改称{chance.randrange(100)}）")
    if kind < 0.2 and row.lat is not None:
        return replace(row, lat=row.lat + chance.uniform(-900, 900) * METRE)
    if kind < 0.23:
        return replace(row, lat=None, lon=None)
    if kind < 0.25:
        return replace(row, publish=False)
    return row


def publish(made: Publishable, *, now: datetime = NOW) -> Difference:
    """The edition is published by somebody who saw what is there."""
    seen = Seen(latest_edition(db.session, made.about.list_id))
    with transaction() as session:
        return service.publish(session, made, seen=seen, by=BY, now=now)


def publish_again(edition_id: int, *, now: datetime = NOW) -> Difference:
    """The edition of that number is published again."""
    return publish(service.republication(db.session, edition_id), now=now)


def withdraw(list_id: str, *, now: datetime = NOW) -> Difference:
    """The list is withdrawn."""
    return publish(service.withdrawal(db.session, list_id), now=now)


def served(visitor: FlaskClient) -> bytes:
    """The places as every phone gets them."""
    answer = visitor.get("/api/v1/shelters/snapshot.json", follow_redirects=True)
    assert answer.status_code == 200
    body: bytes = answer.data
    return body
