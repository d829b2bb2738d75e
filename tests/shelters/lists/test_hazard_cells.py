"""Marks for hazards, one column or two."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liff_app.shelters.lists.model import Problem, ShelterRow
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Fits, Hazard

Write = Callable[..., bytes]
ReadOne = Callable[..., tuple[ShelterRow | None, list[Problem]]]


@pytest.mark.parametrize(
    ("mark", "fits"),
    [
        *(
            (mark, Fits.YES)
            for mark in ("1", "1.0", "１", "○", "〇", "◯", "◎", "有", "TRUE", " ○ ")
        ),
        *((mark, Fits.CONDITIONAL) for mark in ("△", "▲", "条件付き")),
        *((mark, Fits.NO) for mark in ("×", "✕", "X", "不可")),
        *((mark, Fits.UNKNOWN) for mark in ("", "-", "－", "−", "―", "‐", "0", "なし", "　")),
    ],
)
def test_hazard_marks_are_read_and_a_blank_is_never_a_no(
    read_one: ReadOne, mark: str, fits: Fits
) -> None:
    row, problems = read_one({"洪水": mark, "津波": "1"})
    assert row is not None
    assert problems == []
    assert row.hazards[Hazard.FLOOD] is fits


def test_an_unknown_hazard_mark_is_not_designated_and_reported(read_one: ReadOne) -> None:
    row, _ = read_one({"洪水": "要確認", "津波": "1"})
    assert row is not None
    assert [item.code for item in row.warnings] == ["hazard_unknown"]
    assert row.hazards[Hazard.FLOOD] is Fits.UNKNOWN
    assert (row.warnings[0].column, row.warnings[0].value) == ("洪水", "要確認")


def test_flood_in_two_columns_takes_the_worse_and_keeps_both_words(xlsx: Write) -> None:
    headings = [
        "#property",
        "latitude",
        "longitude",
        "name",
        "address",
        "flood_L1",
        "flood_L2",
        "jurisdiction",
        "evacuationSpace",
    ]
    marks = [("○", "△"), ("○", "×"), ("△", "○"), ("○", "−"), ("○", "○"), ("−", "×")]
    rows = [
        [str(n), f"34.3475{n}", "134.030039", f"施設{n}", f"見本町{n}", *pair, "見本課", "○"]
        for n, pair in enumerate(marks)
    ]
    parsed = read_list(xlsx(headings, *rows), filename="data.xlsx")
    assert parsed.preset == "takamatsu"
    assert [row.hazards[Hazard.FLOOD] for row in parsed.rows] == [
        Fits.CONDITIONAL,
        Fits.NO,
        Fits.CONDITIONAL,
        Fits.UNKNOWN,
        Fits.YES,
        Fits.NO,
    ]
    assert parsed.rows[0].flood_detail == "洪水：計画規模（L1）○、想定最大規模（L2）△"
    assert parsed.rows[0].remarks == f"{parsed.rows[0].flood_detail}／所管：見本課"
    assert {row.municipality_code for row in parsed.rows} == {"372013"}
