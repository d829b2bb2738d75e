"""The phone's finder, run by node over published files, gives what the server's finder gives."""

from __future__ import annotations

import json
import random
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from liff_app.shelters.finder import DisasterView, Finder, Policy, Purpose
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.random_towns import NOW, disaster, random_town

HARNESS = Path(__file__).parents[1] / "js" / "answer_queries.mjs"
DISASTERS: tuple[DisasterView | None, ...] = (
    None,
    disaster(),
    disaster(Hazard.FLOOD, Hazard.LANDSLIDE),
    disaster(Hazard.TSUNAMI),
    disaster(Hazard.EARTHQUAKE, Hazard.FIRE, drill=True),
    disaster(Hazard.VOLCANO),
)
QUERIES_PER_TOWN = 50


def towns() -> list[tuple[Finder, int]]:
    """Six towns from empty to large, each in another situation, with the seed of its queries."""
    policy = Policy(stale_after=timedelta(minutes=100), far_m=3000)
    found = []
    for seed, (count, during) in enumerate(zip((300, 1, 80, 800, 12, 30), DISASTERS, strict=True)):
        places, live = random_town(seed, count)
        found.append((Finder(places, live, during, policy, NOW), seed))
    return found


def queries(seed: int) -> list[dict[str, Any]]:
    """Fifty positions, each for every hazard and none, for both purposes, with any limit."""
    dice = random.Random(seed)
    asked = []
    for _ in range(QUERIES_PER_TOWN):
        lat, lon = 35.6 + dice.gauss(0, 0.08), 139.4 + dice.gauss(0, 0.08)
        for hazard, purpose in product((None, *Hazard), Purpose):
            limit = dice.choice((1, 5, 10, 40))
            asked.append(
                {"lat": lat, "lon": lon, "hazard": hazard, "purpose": purpose, "limit": limit}
            )
    return asked


def answers_of_the_phone(cases: list[dict[str, Any]], folder: Path) -> list[list[dict[str, Any]]]:
    """Run the phone's module over the cases."""
    source, target = folder / "cases.json", folder / "answers.json"
    source.write_text(json.dumps(cases), encoding="utf-8")
    node = compute_driver_executable()[0]
    subprocess.run(  # noqa: S603 - our own harness, run by the node of the playwright wheel
        [node, str(HARNESS), str(source), str(target)], check=True, timeout=120
    )
    answers: list[list[dict[str, Any]]] = json.loads(target.read_text(encoding="utf-8"))
    return answers


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs of answers, the server's and the phone's, to 300 positions and all hazards."""
    cases = []
    expected = []
    for finder, seed in towns():
        snapshot = finder.snapshot(code="132195", name="見本市", attributions=["出典"])
        status = finder.status(snapshot.version)
        asked = queries(seed)
        now = int(NOW.timestamp() * 1000)
        cases.append(
            {
                "snapshot": json.loads(snapshot.body),
                "status": json.loads(status.body),
                "queries": [{**query, "now": now} for query in asked],
            }
        )
        expected += [json.loads(finder.nearest_json(**query)) for query in asked]
    answers = answers_of_the_phone(cases, tmp_path_factory.mktemp("phone"))
    flat = [answer for town in answers for answer in town]
    assert len(flat) == len(expected) == 6 * QUERIES_PER_TOWN * 18
    return list(zip(expected, flat, strict=True))


def test_the_same_places_stand_in_the_same_order(
    both: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    assert sum(len(server["shelters"]) for server, _ in both) > 20_000
    for server, phone in both:
        assert [one["id"] for one in phone["shelters"]] == [one["id"] for one in server["shelters"]]


def test_distances_agree_to_a_metre_and_the_minutes_follow(
    both: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    for server, phone in both:
        for ours, theirs in zip(server["shelters"], phone["shelters"], strict=True):
            assert abs(ours["distance_m"] - theirs["distance_m"]) <= 1
            if ours["distance_m"] == theirs["distance_m"]:
                assert ours["walk_minutes"] == theirs["walk_minutes"]


def test_everything_else_said_of_a_place_is_the_same(
    both: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    measured = {"distance_m", "walk_minutes", "updated_at"}
    for server, phone in both:
        assert {k: phone[k] for k in ("disaster", "hazard", "purpose", "far")} == {
            k: server[k] for k in ("disaster", "hazard", "purpose", "far")
        }
        for ours, theirs in zip(server["shelters"], phone["shelters"], strict=True):
            assert {k: theirs[k] for k in ours.keys() - measured} == {
                k: ours[k] for k in ours.keys() - measured
            }
            assert minute(theirs["updated_at"]) == minute(ours["updated_at"])


def minute(text: str | None) -> datetime | None:
    """The minute a moment lies in: the phone knows no seconds."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(UTC).replace(second=0, microsecond=0)
