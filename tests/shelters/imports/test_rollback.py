"""Publishing an earlier edition again: residents see what they saw then, to the byte."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from liff_app.db import db
from liff_app.shelters.imports.service import NothingToPublish
from liff_app.shelters.lists.model import ShelterRow
from liff_app.shelters.models import ListImport
from tests.shelters.published import row

from .towns import changed, of_rows, publish, publish_again, rows_of, served, withdraw

pytestmark = pytest.mark.usefixtures("app")
SITES, SHELTERS = "gsi_402184_kasuga_emergency.geojson", "gsi_402184_kasuga_evacuation.geojson"


@pytest.mark.parametrize("seed", range(3))
def test_going_back_to_an_edition_shows_exactly_what_it_showed(
    visitor: FlaskClient, lists: Path, seed: int
) -> None:
    sites, shelters = rows_of(lists, SITES), rows_of(lists, SHELTERS)
    publish(of_rows(shelters, "shelters"))
    first = publish(of_rows(sites, "sites"))
    before = served(visitor)
    newer = publish(of_rows(changed(sites, seed), "sites", "出典：町の別の係"))
    assert newer.added
    assert newer.changed
    assert newer.removed
    assert served(visitor) != before
    assert first.edition_id is not None
    back = publish_again(first.edition_id)
    assert served(visitor) == before
    assert (len(back.added), len(back.removed)) == (len(newer.removed), len(newer.added))
    kept = db.session.get_one(ListImport, back.edition_id)
    assert (kept.kind, kept.of_edition, kept.published_by) == (
        "republish", first.edition_id, "staff:abc",
    )  # fmt: skip


def test_a_withdrawn_list_is_shown_nowhere_and_comes_back_whole(
    visitor: FlaskClient, lists: Path
) -> None:
    sites, shelters = rows_of(lists, SITES), rows_of(lists, SHELTERS)
    publish(of_rows(shelters, "shelters", "出典：避難所の一覧"))
    without = served(visitor)
    first = publish(of_rows(sites, "sites", "出典：避難場所の一覧"))
    both = served(visitor)
    change = withdraw("sites")
    assert (len(change.removed), change.unchanged) == (len(sites), 0)
    assert served(visitor) == without
    with pytest.raises(NothingToPublish):
        withdraw("sites")
    assert first.edition_id is not None
    publish_again(first.edition_id)
    assert served(visitor) == both


def test_places_that_changed_their_numbers_find_their_buildings_again(visitor: FlaskClient) -> None:
    """Two halls of one name stand 90 m apart: name and distance alone would mix them up."""
    near = row("1", name="集会所", lat=35.6), row("2", name="集会所", lat=35.6008)
    first = publish(of_rows(near, "halls"))
    before = served(visitor)
    publish(of_rows((row("3", name="集会所", lat=35.6004),), "halls"))
    publish(
        of_rows((row("2", name="集会所", lat=35.6), row("1", name="集会所", lat=35.6008)), "halls")
    )
    assert first.edition_id is not None
    publish_again(first.edition_id)
    assert served(visitor) == before


class Model:
    """Two lists that speak of the same places, and what was served whenever both stood as now."""

    def __init__(self, rows: dict[str, tuple[ShelterRow, ...]], seed: int) -> None:
        self.rows, self.chance = rows, random.Random(seed)
        self.at: dict[str, int | None] = dict.fromkeys(rows)  # edition that is shown
        self.editions: dict[str, list[int]] = {name: [] for name in rows}
        self.served: dict[frozenset[tuple[str, int | None]], bytes] = {}
        self.published = self.refused = self.compared = 0

    def step(self, number: int) -> None:
        """Somebody publishes, goes back or withdraws; refused where nothing would change."""
        name = self.chance.choice(list(self.rows))
        act = self.chance.choice(["publish", "back", "back", "withdraw"])
        if act == "publish" or not self.editions[name]:
            wanted: int | None = publish(of_rows(changed(self.rows[name], number), name)).edition_id
            assert wanted is not None
            self.editions[name].append(wanted)
        elif act == "back":
            before = wanted = self.chance.choice(self.editions[name])
            if self._refused(name, wanted, lambda: publish_again(before)):
                return
        else:
            wanted = None
            if self._refused(name, wanted, lambda: withdraw(name)):
                return
        self.at[name] = wanted
        self.published += 1

    def _refused(self, name: str, wanted: int | None, act: Callable[[], object]) -> bool:
        if wanted != self.at[name]:
            act()
            return False
        with pytest.raises(NothingToPublish):
            act()
        self.refused += 1
        return True

    def compare(self, now: bytes) -> None:
        """Residents see what they saw the last time both lists stood as they do."""
        before = self.served.setdefault(frozenset(self.at.items()), now)
        assert now == before
        self.compared += before is not now


@pytest.mark.parametrize("seed", [20251122, 7])
def test_any_order_of_publishing_going_back_and_withdrawing_shows_what_it_should(
    app: Flask, visitor: FlaskClient, lists: Path, seed: int
) -> None:
    rows = {"sites": rows_of(lists, SITES)[:40], "shelters": rows_of(lists, SHELTERS)[:40]}
    model = Model(rows, seed)
    for number in range(60):
        model.step(number)
        model.compare(served(visitor))
    assert model.published + model.refused == 60
    assert model.compared >= 5
    stored = db.session.scalar(select(func.count()).select_from(ListImport))
    assert stored == model.published
