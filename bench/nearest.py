"""CPU time of one nearest query, from a small town to the whole country.

Run: python -m bench.nearest [queries]   (default 2,000 for each list)

Prints, for 36 (median town), 786 (福岡市), 3,088 (大阪市, largest) and 115,402 places (all): time
and memory to build, then microseconds of CPU for a whole answer in JSON (position checked, ten
places found, bytes joined). Cold: a query's first visit, which measures its 0.005° cell; warm:
the same query again. Times are of the process, so a busy machine moves them little.
"""

from __future__ import annotations

import gc
import random
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import process_time_ns

from bench.sites import NATIONAL, NATIONAL_ROWS, made_up_sites, municipality_of, national_sites
from liff_app.shelters.finder import Finder, Place, Policy
from liff_app.shelters.vocabulary import Hazard

NOW = datetime(2025, 11, 22, 5, 0, tzinfo=UTC)
Query = tuple[float, float]


def main() -> None:
    """Print the figures for every size."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    everything = national_sites() if NATIONAL.exists() else made_up_sites(NATIONAL_ROWS)
    print("places:", "published list" if NATIONAL.exists() else "made up")
    for size in (36, 786, 3088):
        measure(town_of(everything, size), count)
    measure(everything, count)


def town_of(everything: Sequence[Place], size: int) -> list[Place]:
    """Give the places of the municipality that has closest to so many."""
    if not NATIONAL.exists():
        return made_up_sites(size)
    towns = Counter(municipality_of(place) for place in everything)
    town = min(towns, key=lambda code: (abs(towns[code] - size), code))
    return [place for place in everything if municipality_of(place) == town]


def measure(places: Sequence[Place], count: int) -> None:
    """Print one list's figures."""
    gc.collect()
    tracemalloc.start()
    finder = Finder(places, {}, None, Policy(), NOW)
    ground = tracemalloc.get_traced_memory()[0]
    for hazard in (None, *Hazard):
        finder.nearest_json(places[0].lat, places[0].lon, hazard)
    lists = tracemalloc.get_traced_memory()[0] - ground
    tracemalloc.stop()
    print(
        f"\n{len(places):,} places: ground {ground / 1e6:.1f} MB, nine lists {lists / 1e6:.1f} MB"
    )
    print(
        f"{'hazard':13}{'build ms':>9}"
        f"{'cold p50':>10}{'p99':>7}{'max':>8}{'warm p50':>10}{'p99':>7}"
    )
    finder = Finder(places, {}, None, Policy(), NOW)
    queries = queries_near(places, count)
    for hazard in (None, *Hazard):
        build = timed(ask(finder, queries[0], hazard)) / 1000
        cold = sorted(timed(ask(finder, query, hazard)) for query in queries)
        warm = sorted(timed(ask(finder, query, hazard)) for query in queries)
        print(
            f"{hazard or '-':13}{build:9.1f}"
            f"{at(cold, 0.5):10.1f}{at(cold, 0.99):7.0f}{cold[-1]:8.0f}"
            f"{at(warm, 0.5):10.1f}{at(warm, 0.99):7.0f}"
        )


def queries_near(places: Sequence[Place], count: int, seed: int = 7) -> list[Query]:
    """Draw positions about 1 km from places drawn at random: where people are."""
    dice = random.Random(seed)
    chosen = dice.choices(places, k=count)
    return [(p.lat + dice.gauss(0, 0.01), p.lon + dice.gauss(0, 0.01)) for p in chosen]


def ask(finder: Finder, query: Query, hazard: Hazard | None) -> Callable[[], bytes]:
    """Bind a query, so that only its answer is timed."""
    return lambda: finder.nearest_json(*query, hazard)


def timed(act: Callable[[], object]) -> float:
    """Give the CPU microseconds of this process while acting."""
    begin = process_time_ns()
    act()
    return (process_time_ns() - begin) / 1000


def at(ordered: Sequence[float], share: float) -> float:
    """Give the value below which so large a share of them lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
