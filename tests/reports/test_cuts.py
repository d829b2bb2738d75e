"""A submission over lines that break at a byte: one report each, whole, with one number.

The long form: `python -m bench.cuts` (520 submissions, SQLite and PostgreSQL).
"""

from __future__ import annotations

import pytest

from bench.cuts import Plan, attempt, shown
from tests.conftest import POSTGRES, answers


@pytest.mark.parametrize("database", [None, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
def test_a_line_that_breaks_anywhere_leaves_exactly_one_whole_report(database: str | None) -> None:
    if database and not answers(database, 5432):
        pytest.skip("no PostgreSQL server on loopback (TEST_POSTGRES_URL)")
    plan = Plan(database=database, cuts=40, doubles=2, crowds=1)
    seen = attempt(plan)
    assert not seen.wrong, shown(plan, seen)
    assert seen.broken >= 20, "too few lines broke to prove anything"
    assert seen.found["whole"] == len(seen.expected) == 43


def test_a_phone_that_forgets_its_key_is_caught() -> None:
    plan = Plan(cuts=12, doubles=1, crowds=0, flaw="keyless")
    seen = attempt(plan)
    assert any(one.startswith("reports:") for one in seen.wrong), shown(plan, seen)
