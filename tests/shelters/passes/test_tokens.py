"""How a pass is spelled."""

from __future__ import annotations

from math import log2

import pytest

from liff_app.shelters.passes import tokens


def test_a_pass_is_beyond_guessing_and_without_look_alikes() -> None:
    assert tokens.LENGTH * log2(len(set(tokens.LETTERS))) >= 128
    assert not set("ilo01") & set(tokens.LETTERS)
    assert len({tokens.new_token() for _ in range(1000)}) == 1000


def test_a_pass_is_read_however_it_was_typed() -> None:
    token = tokens.new_token()
    typed = [
        tokens.grouped(token),
        tokens.grouped(token).upper(),
        token.translate({ord(c): ord(c) + 0xFEE0 for c in token}),  # full-width
        " ".join(tokens.grouped(token).split("-")),
        tokens.grouped(token).replace("-", "ー"),
    ]
    assert {tokens.read_token(one) for one in typed} == {token}


@pytest.mark.parametrize(
    "typed", ["", "a", "a" * 27, "a" * 29, "l" * 28, "../" * 10, "a" * 10_000, "あ" * 28]
)  # fmt: skip
def test_what_cannot_be_a_pass_is_none(typed: str) -> None:
    assert tokens.read_token(typed) is None


def test_a_pass_is_grouped_by_four() -> None:
    assert tokens.grouped("abcdefgh") == "abcd-efgh"
