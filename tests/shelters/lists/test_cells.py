"""Single cells: only what is what its heading says may be shown."""

from __future__ import annotations

import pytest

from liff_app.shelters.lists.cells import height_m, is_of_kind, phone_number, web_address


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0768-82-7725", "0768-82-7725"),
        ("０７６−２８６−６７１０", "076-286-6710"),
        ("(0768)62-2220", "0768-62-2220"),
        ("0120-000-000", "0120-000-000"),
        ("03-0000-0000 (代表)", "03-0000-0000 (代表)"),
        ("03-0000-0000（内線123）", "03-0000-0000(内線123)"),
        ("+81-3-0000-0000", "+81-3-0000-0000"),
        ("076-286-6710;076-286-6711", "076-286-6710"),
        ("07682220000", "07682220000"),
    ],
)
def test_telephone_numbers_come_out_in_half_width(text: str, number: str) -> None:
    assert phone_number(text) == number


@pytest.mark.parametrize(
    "text", ["281-0270", "767761900", "172014", "電話なし", "石川県", "00000000000000", "=0768"]
)
def test_what_cannot_be_called_is_no_telephone_number(text: str) -> None:
    assert phone_number(text) is None


def test_links_lead_to_the_web_only() -> None:
    assert web_address("https://www.example.lg.jp/a?b=1") == "https://www.example.lg.jp/a?b=1"
    assert web_address("ｈｔｔｐｓ://www.example.lg.jp/") == "https://www.example.lg.jp/"
    assert web_address("http://a.example.jp/;http://b.example.jp/") == "http://a.example.jp/"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "www.example.jp",
        "https://localhost/",
        "https://user@example.jp/",
        "https://exa mple.jp/",
        "http://[::1",
        "金沢市",
        "https://example.jp/" + "a" * 3_000,
    ],
)
def test_anything_else_never_becomes_a_link(text: str) -> None:
    assert web_address(text) is None


def test_heights_are_metres() -> None:
    assert height_m("12.5") == 12.5
    assert height_m("約３m") == 3.0
    assert height_m("海抜 10メートル") == 10.0
    assert height_m("－1.5") == -1.5
    assert height_m("22~48") is None
    assert height_m("高い") is None


@pytest.mark.parametrize(
    ("text", "kind", "fits"),
    [
        ("a@example.lg.jp", "email", True),
        ("石川県", "email", False),
        ("123", "extension", True),
        ("172014", "extension", False),
        ("金沢市", "url", False),
        ("172014", "code", True),
        ("172015", "code", False),
        ("―", "email", True),
    ],
)
def test_a_column_is_checked_against_its_heading(text: str, kind: str, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_of_kind(text, kind) is fits
