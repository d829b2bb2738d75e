"""What is folded and what never is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal

import pytest

from liff_app.procedures.fields import folding
from liff_app.procedures.fields.unreadable import Unreadable

FOLDS = [
    (folding.kana, "やまだ　はなこ", "ヤマダ　ハナコ"),
    (folding.kana, "ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
    (folding.kana, "ヴァーゲンザイル・ジョン", "ヴァーゲンザイル・ジョン"),
    (folding.postal, "〒１００ー０００１", "1000001"),
    (folding.postal, "100 0001", "1000001"),
    (folding.phone, "０９０（１２３４）５６７８", "+819012345678"),
    (folding.phone, "03ー1234ー5678", "+81312345678"),
    (folding.phone, "+82 2-1234-5678", "+82212345678"),
    (folding.email, "ＨＡＮＡＫＯ＠example．jp", "HANAKO@example.jp"),
    (folding.digits, "００１２－３", "00123"),
]


@pytest.mark.parametrize(("fold", "typed", "kept"), FOLDS)
def test_numbers_and_readings_are_folded(fold: Callable[[str], str], typed: str, kept: str) -> None:
    assert fold(typed) == kept
    assert fold(kept) == kept


@pytest.mark.parametrize(
    ("fold", "typed"),
    [
        (folding.kana, "山田"),
        (folding.kana, "Yamada"),
        (folding.kana, "ヤマダ2"),
        (folding.postal, "100-001"),
        (folding.postal, "1000001あ"),
        (folding.phone, "119"),
        (folding.phone, "でんわ"),
        (folding.phone, "090-1234-56789012345"),
        (folding.email, "hanako"),
        (folding.email, "hanako@example"),
        (folding.email, "a@b@example.jp"),
        (folding.email, "a" * 65 + "@example.jp"),
        (folding.digits, "12三"),
        (folding.integer, "3個"),
        (folding.integer, "1" * 16),
        (folding.integer, "1.5"),
        (folding.decimal, "1.2.3"),
        (folding.decimal, "NaN"),
        (folding.decimal, "1e5"),
        (folding.decimal, "."),
    ],
)
def test_what_is_none_is_refused_with_an_example(fold: Callable[[str], str], typed: str) -> None:
    with pytest.raises(Unreadable) as error:
        fold(typed)
    assert "例" in error.value.message


@pytest.mark.parametrize(
    ("typed", "unit", "found"),
    [("１，２００円", "円", 1200), ("¥300", "円", 300), ("－３", "", -3), ("1 000", "", 1000)],
)
def test_a_whole_number_is_read_as_it_is_written(typed: str, unit: str, found: int) -> None:
    assert folding.integer(typed, unit) == found


def test_a_number_with_a_point_is_exact() -> None:
    assert folding.decimal("０．１") == Decimal("0.1")
    assert folding.decimal("12.50") == Decimal("12.50")


def test_a_telephone_number_is_shown_as_it_is_dialled() -> None:
    assert folding.national("+819012345678") == "090-1234-5678"
    assert folding.national("+82212345678") == "+82 2-1234-5678"
    assert folding.national("no number") == "no number"


# Computed by hand after 総務省令第85号 (2014) article 5; none belongs to anybody we know.
VALID = ["123456789018", "１２３４５６７８９０１８", "1234-5678-9018", "1234 5678 9018"]


@pytest.mark.parametrize("typed", VALID)
def test_an_individual_number_is_known_however_it_is_typed(typed: str) -> None:
    assert folding.is_individual_number(typed)


def test_only_one_check_digit_of_ten_is_right() -> None:
    for first in ("12345678901", "00000000001", "99999999999", "10203040506"):
        assert sum(folding.is_individual_number(f"{first}{one}") for one in range(10)) == 1


@pytest.mark.parametrize("typed", ["12345678901", "1234567890123", "12345678901a", "", "十二"])
def test_other_numbers_are_none(typed: str) -> None:
    assert not folding.is_individual_number(typed)


def test_the_characters_of_these_tests_are_those_that_folding_would_break() -> None:
    assert unicodedata.normalize("NFC", "\ufa19") != "\ufa19"
