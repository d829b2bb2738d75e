"""Writers at once while servers die, in short; `python -m bench.writers` is the long form."""

from __future__ import annotations

import pytest

from bench.writers import Plan, attempt
from tests.conftest import POSTGRES, answers

pytestmark = pytest.mark.e2e  # real programs on loopback


def test_nothing_is_lost_or_counted_twice_on_sqlite() -> None:
    report = attempt(Plan(writers=2, changes=30, kills=2))
    assert report.found.wrong == []
    assert report.kills.total() == 2
    assert report.seen["stored"] + report.seen["repeated"] + report.seen["conflict"] == 60


@pytest.mark.postgres
def test_nothing_is_lost_or_counted_twice_on_postgresql() -> None:
    if not answers(POSTGRES, 5432):
        pytest.skip("no PostgreSQL server on loopback (TEST_POSTGRES_URL)")
    report = attempt(Plan(database=POSTGRES, writers=2, changes=30, kills=2))
    assert report.found.wrong == []
    assert report.kills.total() == 2


def test_a_server_without_locks_is_found() -> None:
    report = attempt(Plan(writers=4, changes=40, kills=0, flaw="unlocked"))
    assert report.found.wrong != []
