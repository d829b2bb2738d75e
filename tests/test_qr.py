"""A QR code's drawing has the dark modules of the code, and white around it."""

from __future__ import annotations

import re

import pytest
import segno

from liff_app import qr

TEXTS = ["x", "https://machi.example.lg.jp/s/" + "a" * 43, "まど市の避難所", "1234567890" * 40]


def drawn(square: qr.QrSquare) -> set[tuple[int, int]]:
    """The modules that the path covers."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", square.d)
    assert "".join(f"M{x} {y}h{n}v1h-{n}z" for x, y, n in runs) == square.d
    return {(int(x) + step, int(y)) for x, y, n in runs for step in range(int(n))}


@pytest.mark.parametrize("text", TEXTS)
def test_the_drawing_covers_the_dark_modules_and_nothing_else(text: str) -> None:
    matrix = segno.make(text, error="m", micro=False).matrix
    square = qr.square(text)
    assert square.size == len(matrix) + 2 * qr.QUIET
    assert drawn(square) == {
        (x + qr.QUIET, y + qr.QUIET)
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    }
