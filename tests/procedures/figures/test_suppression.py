"""What is shown of counts tells of no small group, whatever is added or taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import product

import pytest

from liff_app.procedures.figures import suppression

UNIT = 3
Hide = Callable[[int], int | None]


def told(hide: Hide, total: Hide | None, cells: int, most: int) -> list[tuple[int, ...]]:
    """Tables of which a small count could be worked out, by their sum or by the other counts.

    Whoever reads them knows how they were hidden: left to guess between are the tables that would
    be shown alike. Without a `total` of its own the sum of what is shown stands there.
    """
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(most + 1), repeat=cells):
        shown = dict(zip("abcd", map(hide, counts), strict=False))
        whole = total(sum(counts)) if total else suppression.sum_of(shown)
        alike[whole, tuple(shown.values())].append(counts)
    return [
        tables[0]
        for tables in alike.values()
        for at in range(cells)
        if 0 < tables[0][at] < UNIT and len({one[at] for one in tables}) == 1
    ]


def steps(count: int) -> int | None:
    return suppression.rounded(count, UNIT)


def small_hidden(count: int) -> int | None:
    return None if 0 < count < UNIT else count


def exact(count: int) -> int:
    return count


@pytest.mark.parametrize(("cells", "most"), [(1, 40), (2, 20), (3, 10), (4, 6)])
def test_no_small_count_can_be_worked_out(cells: int, most: int) -> None:
    assert told(steps, None, cells, most) == []


@pytest.mark.parametrize(
    ("hide", "total"),
    [(small_hidden, exact), (small_hidden, steps), (exact, exact), (steps, steps), (steps, exact)],
)
def test_other_ways_of_hiding_would_tell(hide: Hide, total: Hide) -> None:
    assert told(hide, total, 3, 8)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, None), (4, None), (5, 5), (7, 5), (8, 10), (98, 100), (102, 100)]
)
def test_a_count_to_the_nearest_five(count: int, shown: int | None) -> None:
    assert suppression.rounded(count) == shown
    assert suppression.about({"a": count}) == {"a": shown}


def test_how_many_left_a_page_cannot_be_worked_out() -> None:
    alike: dict[object, set[int]] = defaultdict(set)
    for reached in range(63):  # 62 is the last that reads 60: none is cut off in its step
        for passed in range(reached + 1):
            shown = suppression.rounded(reached), suppression.rounded(passed)
            alike[shown].add(reached - passed)
    assert min(map(len, alike.values())) >= 3
