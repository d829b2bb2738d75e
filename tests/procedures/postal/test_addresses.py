"""Filling an address in leaves alone what was typed behind the town."""

from __future__ import annotations

import pytest

from liff_app.procedures.postal.addresses import filled_in

TOWN = "まど県まど市中央"


@pytest.mark.parametrize(
    ("typed", "others", "filled"),
    [
        ("", (), TOWN),
        ("　", (), TOWN),
        ("1-2-3 まど荘", (), f"{TOWN}1-2-3 まど荘"),
        ("１ー２", (), f"{TOWN}１ー２"),
        ("中央1-2", (), f"{TOWN}1-2"),
        ("まど市中央1-2", (), f"{TOWN}1-2"),
        (f"{TOWN}1-2", (), f"{TOWN}1-2"),
        (TOWN, (), TOWN),
        ("まど県まど市湊5-1", ("まど県まど市湊", TOWN), f"{TOWN}5-1"),
        ("よそ県よそ市1-2", (), None),
        ("葛\U000e0100城アパート", (), None),
    ],
)
def test_an_address_is_filled_in(typed: str, others: tuple[str, ...], filled: str | None) -> None:
    assert filled_in(typed, TOWN, others) == filled
    if filled is not None:
        assert filled_in(filled, TOWN, others) == filled
