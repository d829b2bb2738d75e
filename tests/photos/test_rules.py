"""Formats by their first bytes, boxes, sizes, and what a plain JPEG is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.photos import rules
from liff_app.photos.rules import Kind
from tests.photos import corpus, heic_files


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (corpus.jpeg(), Kind.JPEG),
        (corpus.png(), Kind.PNG),
        (corpus.saved(corpus.quarters(), "GIF"), Kind.GIF),
        (corpus.saved(corpus.quarters(), "WEBP"), Kind.WEBP),
        (corpus.saved(corpus.quarters(), "AVIF"), Kind.AVIF),
        (heic_files.PLAIN, Kind.HEIF),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Kind.HEIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Kind.AVIF),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
        (b"\xff\xff\xff\xffftyp", None),
        (b"<svg", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_format(raw: bytes, kind: Kind | None) -> None:
    assert rules.kind_of(raw) is kind


@given(st.binary(max_size=80))
def test_whatever_comes_is_sniffed_without_an_error(raw: bytes) -> None:
    rules.kind_of(raw)
    rules.webp_size(raw)
    assert not rules.too_many_scans(raw)
    assert not rules.is_plain_jpeg(raw)


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": corpus.exif()}])
def test_the_canvas_of_a_webp_is_read_as_pillow_reads_it(options: dict[str, object]) -> None:
    raw = corpus.saved(corpus.quarters(347, 219), "WEBP", **options)
    assert rules.webp_size(raw) == (347, 219)


@given(st.integers(1, 20000), st.integers(1, 20000))
def test_a_picture_is_never_enlarged_and_never_vanishes(width: int, height: int) -> None:
    fitted = rules.fitted(width, height, 320)
    assert min(fitted) >= 1
    assert max(fitted) <= 320
    assert max(width, height) > 320 or fitted == (width, height)


def test_scans_are_counted_as_decoders_count_them() -> None:
    assert not rules.too_many_scans(corpus.many_scans(100))
    assert rules.too_many_scans(corpus.many_scans(101))
    scan = b"\xff\xda"
    harmless = (corpus.with_segments(corpus.segment(0xE1, scan * 200)), corpus.jpeg() + scan * 200)
    assert not any(rules.too_many_scans(raw) for raw in harmless)
    filled = corpus.many_scans(101).replace(scan, b"\xff\xff\xda").replace(b"\xff\xd9", b"")
    assert rules.too_many_scans(filled), "filling before a mark, and no end, hide nothing"


def test_a_plain_jpeg_is_told_from_one_that_says_more() -> None:
    plain = corpus.jpeg()
    assert rules.is_plain_jpeg(plain)
    for flaw in (
        plain + b"x",
        plain[:-1],
        plain[:-2],
        corpus.with_segments(corpus.segment(0xFE, b"word")),
        corpus.with_segments(corpus.segment(0xE1, b"Exif\0\0")),
        corpus.saved(corpus.quarters(), "JPEG", progressive=True),
        plain[:-2] + b"\xff\xfe\0\x06word\xff\xd9",
        plain + plain,
        corpus.png(),
        plain[:-2] + bytes(5 * 1024 * 1024) + plain[-2:],
    ):
        assert not rules.is_plain_jpeg(flaw)
