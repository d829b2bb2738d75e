"""Five tries a minute, shared out so that nobody can take them all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liff_app.staff import lanes
from liff_app.staff.lanes import Lane, Try

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def at(seconds: float, lane: Lane, network: str = "n1") -> Try:
    return Try(NOW - timedelta(seconds=seconds), lane, network)


def test_the_lanes_together_are_five_tries_a_minute() -> None:
    assert sum(lanes.TRIES.values()) == 5
    assert set(lanes.TRIES) == set(Lane)


def test_a_lane_opens_again_a_minute_after_its_try() -> None:
    used = [at(60, Lane.CROWD)]
    assert lanes.free_lane(used, [Lane.CROWD], NOW) is Lane.CROWD
    assert lanes.free_lane([at(59.9, Lane.CROWD)], [Lane.CROWD], NOW) is None


def test_a_known_browser_has_its_own_tries() -> None:
    full = [at(1, Lane.FRESH, "evil"), at(1, Lane.CROWD, "evil")]
    mine = lanes.lanes_of(full, [], known=True, proven=False, network="home", now=NOW)
    assert lanes.free_lane(full, mine, NOW) is Lane.KNOWN


def test_a_recovery_code_opens_a_lane_of_its_own() -> None:
    full = [at(1, Lane.FRESH, "evil"), at(1, Lane.CROWD, "evil")]
    mine = lanes.lanes_of(full, [], known=False, proven=True, network="home", now=NOW)
    assert lanes.free_lane(full, mine, NOW) is Lane.PROVEN


def test_a_network_that_tried_twice_is_fresh_again_after_a_quarter_of_an_hour() -> None:
    def is_fresh(tries: list[Try]) -> bool:
        mine = lanes.lanes_of(tries, [], known=False, proven=False, network="n1", now=NOW)
        return Lane.FRESH in mine

    assert is_fresh([at(100, Lane.FRESH)])
    assert not is_fresh([at(100, Lane.FRESH), at(200, Lane.FRESH)])
    assert is_fresh([at(100, Lane.FRESH), at(900, Lane.FRESH)])
    assert is_fresh([at(100, Lane.FRESH, "n2"), at(200, Lane.FRESH, "n2")])


def test_a_network_that_tries_many_names_is_not_fresh() -> None:
    many = [at(n, Lane.FRESH) for n in range(10)]
    mine = lanes.lanes_of([], many, known=False, proven=False, network="n1", now=NOW)
    assert mine == [Lane.CROWD]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 30), st.booleans(), st.booleans(), st.sampled_from(["a", "b", "c", "d"])
        ),
        max_size=200,
    )
)
def test_whoever_comes_in_whatever_order_no_minute_has_more_than_five(
    visits: list[tuple[float, bool, bool, str]],
) -> None:
    tries: list[Try] = []
    moment = NOW
    for pause, known, proven, network in visits:
        moment += timedelta(seconds=pause)
        mine = lanes.lanes_of(tries, [], known=known, proven=proven, network=network, now=moment)
        lane = lanes.free_lane(tries, mine, moment)
        if lane is not None:
            tries.append(Try(moment, lane, network))
    for one in tries:
        within = [t for t in tries if one.at <= t.at < one.at + lanes.MINUTE]
        assert len(within) <= 5
