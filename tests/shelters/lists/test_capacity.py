"""Capacity texts as published lists write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.shelters.lists.capacity import capacity_in_remark, parse_capacity
from liff_app.shelters.lists.model import Capacity


@pytest.mark.parametrize(
    ("text", "indoor", "outdoor"),
    [
        ("20500", 20_500, None),
        ("1,000", 1_000, None),
        ("１，２３４", 1_234, None),
        ("390人", 390, None),
        ("390名", 390, None),
        ("約300人", 300, None),
        ("300人以上", 300, None),
        ("120.0", 120, None),
        ("3900人（３㎡あたり１人）", 3_900, None),
        ("200人2.0㎡あたり1人", 200, None),
        ("467人　　（2㎡/人）", 467, None),
        ("11,600人（1人／㎡）", 11_600, None),
        ("193人（1人/2㎡）", 193, None),
        ("82人（2人/室）", 82, None),
        ("452人　　（1駐車場区画あたり2人）", 452, None),
        ("屋内480人／屋外3,350人(面積の1/2)", 480, 3_350),
        ("屋内2,736人屋外11,700人（面積の1/2）", 2_736, 11_700),
        ("屋内990人／屋外0人(座席数)", 990, 0),
        ("屋外500人", None, 500),
        ("１50人", 150, None),
        ("0", 0, None),
    ],
)
def test_every_known_writing_gives_its_numbers(
    text: str, indoor: int | None, outdoor: int | None
) -> None:
    assert parse_capacity(text) == (Capacity(raw=text, indoor=indoor, outdoor=outdoor), True)


def test_nothing_stated_differs_from_zero() -> None:
    assert parse_capacity("") == (Capacity(raw="", indoor=None, outdoor=None), True)
    assert parse_capacity("－") == (Capacity(raw="－", indoor=None, outdoor=None), True)
    assert parse_capacity("0")[0].indoor == 0


@pytest.mark.parametrize(
    "text",
    [
        "100〜150人",
        "100人（うち屋外50人）",
        "体育館100人、校舎200人",
        "多数",
        "100+200",
        "屋内10人屋内20人",
        "1,23人",
    ],
)
def test_what_would_need_a_guess_keeps_its_text_and_gives_no_number(text: str) -> None:
    assert parse_capacity(text) == (Capacity(raw=text, indoor=None, outdoor=None), False)


@given(st.integers(0, 9_999_999), st.integers(0, 9_999_999))
def test_indoor_and_outdoor_are_never_added(indoor: int, outdoor: int) -> None:
    capacity, understood = parse_capacity(f"屋内{indoor:,}人／屋外{outdoor:,}人")
    assert understood
    assert (capacity.indoor, capacity.outdoor) == (indoor, outdoor)


@given(st.text(max_size=30))
def test_any_text_is_kept_as_it_is(text: str) -> None:
    assert parse_capacity(text)[0].raw == text


@pytest.mark.parametrize(
    ("remark", "indoor", "outdoor"),
    [
        ("収容人数:120", 120, None),
        ("想定収容人数：1,200人。ペット不可", 1_200, None),
        ("想定収容人数：地震（屋外）5575人、風水害（屋内）2117人", 2_117, 5_575),
        ("(想定収容人数：423【屋内1人／3㎡】　12719【屋外1人／2㎡】)", 423, 12_719),
        ("想定収容人数：屋内220屋外1500", 220, 1_500),
    ],
)
def test_a_remark_that_states_the_capacity_is_read(
    remark: str, indoor: int | None, outdoor: int | None
) -> None:
    read = capacity_in_remark(remark)
    assert (read.indoor, read.outdoor) == (indoor, outdoor)


@pytest.mark.parametrize(
    "remark",
    [
        "洪水時の収容人数　186人（２階に避難）",
        "福祉避難室の収容人数は想定収容人数とは別に８人とする。",
        "(想定収容人数：洪水・土砂 120(1.65㎡/人) 地震 300(1.65㎡/人))",
        "収容人数については、体育館を参照すること。",
        "ペット可",
        "",
    ],
)
def test_a_remark_about_a_part_or_one_hazard_is_no_capacity(remark: str) -> None:
    read = capacity_in_remark(remark)
    assert (read.indoor, read.outdoor) == (None, None)
