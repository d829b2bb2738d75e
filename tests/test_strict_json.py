"""JSON from strangers: the same value as Python's loader gives, or JsonRefused."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.strict_json import MAX_DIGITS, JsonRefused, loads

REFUSED = {
    "nan": b'{"a": NaN}',
    "infinity": b"[Infinity]",
    "minus infinity": b"-Infinity",
    "overflowing real": b"[1e400]",
    "huge integer": b"9" * 5000,
    "huge negative integer": b"-" + b"9" * 41,
    "duplicate key": b'{"a": 1, "a": 2}',
    "duplicate key deep inside": b'[{"b": {"a": 1, "a": 1}}]',
    "duplicate key, spelled twice": b'{"a": 1, "\\u0061": 2}',
    "lone surrogate": b'"\\ud800"',
    "lone surrogate as a key": b'{"\\udfff": 1}',
    "lone surrogate deep inside": b'{"a": [["\\ud83d"]]}',
    "null byte": b'"\\u0000"',
    "null byte as a key": b'{"\\u0000": 1}',
    "escape character": b'"\\u001b[31m"',
    "raw control character": b'"\x01"',
    "deep arrays": b"[" * 100_000,
    "deep arrays, closed": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "not utf-8": b'"\xff"',
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "nothing": b"",
    "two values": b"{} {}",
    "comment": b"{} // x",
    "single quotes": b"{'a': 1}",
    "trailing comma": b"[1,]",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_abuse_is_refused(raw: bytes) -> None:
    with pytest.raises(JsonRefused):
        loads(raw)


def test_pythons_own_loader_lets_several_of_these_through() -> None:
    """The planted flaw: without our loader these tests would find nothing."""
    taken = 0
    for raw in REFUSED.values():
        try:
            json.loads(raw)
            taken += 1
        except (ValueError, RecursionError):
            continue
    assert taken >= 10


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 10 ** (MAX_DIGITS - 1), 10 ** (MAX_DIGITS - 1) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cc", "Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cc", "Cs"])), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(values, st.booleans())
def test_good_json_is_read_as_python_reads_it(value: object, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert loads(raw) == value


def test_line_breaks_and_tabs_are_text() -> None:
    assert loads(b'"a\\n\\tb\\r"') == "a\n\tb\r"


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    try:
        loads(raw)
    except JsonRefused:
        return


@given(st.text(alphabet='[]{}",:0123456789eE.+-ntrufalseNI\\\x00 ', max_size=60))
def test_nothing_that_looks_like_json_raises_anything_else(text: str) -> None:
    try:
        value = loads(text.encode())
    except JsonRefused:
        return
    assert not isinstance(value, float) or math.isfinite(value)
