"""The key ring: what opens, what does not, and what shows."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.crypto import KeyRing, KeyRingInvalid, SealBroken


def key(name: str, first: int) -> str:
    return f"{name}:{urlsafe_b64encode(bytes(range(first, first + 32))).decode()}"


RING = KeyRing.parse(f"{key('k2', 100)},{key('k1', 1)}")
OLD = KeyRing.parse(key("k1", 1))
PLACE = "residents.subject_sealed:r1"


@given(st.text())
def test_what_is_sealed_opens_in_its_place(plain: str) -> None:
    assert RING.open(RING.seal(plain, PLACE), PLACE) == plain


@given(st.text(min_size=8, max_size=40))
def test_a_sealed_value_does_not_show_its_text(plain: str) -> None:
    assert plain.encode() not in RING.seal(plain, PLACE)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_value_moved_to_another_place_does_not_open(one: str, other: str) -> None:
    sealed = RING.seal("x", one)
    if one == other:
        assert RING.open(sealed, other) == "x"
    else:
        with pytest.raises(SealBroken):
            RING.open(sealed, other)


@given(st.data())
def test_one_changed_bit_is_found(data: st.DataObject) -> None:
    sealed = bytearray(RING.seal("個人情報", PLACE))
    position = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[position // 8] ^= 1 << position % 8
    with pytest.raises(SealBroken):
        RING.open(bytes(sealed), PLACE)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_opener(raw: bytes) -> None:
    with pytest.raises(SealBroken):
        RING.open(raw, PLACE)
    with pytest.raises(SealBroken):
        RING.open(b"k1:" + raw, PLACE)


def test_equal_texts_are_sealed_differently() -> None:
    assert len({RING.seal("x", PLACE) for _ in range(100)}) == 100


def test_the_first_key_seals_and_older_ones_still_open() -> None:
    before = OLD.seal("x", PLACE)
    assert RING.open(before, PLACE) == "x"
    assert not RING.is_current(before)
    assert RING.is_current(RING.seal("x", PLACE))
    with pytest.raises(SealBroken):
        OLD.open(RING.seal("x", PLACE), PLACE)


def test_a_key_whose_name_begins_like_anothers_is_another_key() -> None:
    ring = KeyRing.parse(f"{key('k1', 1)},{key('k11', 50)}")
    sealed = KeyRing.parse(key("k11", 50)).seal("x", PLACE)
    assert not ring.is_current(sealed)
    assert ring.open(sealed, PLACE) == "x"


def test_indexes_are_equal_for_equal_values_under_one_key_and_purpose() -> None:
    index = OLD.blind_index("U1", "residents.subject")
    assert index == OLD.blind_index("U1", "residents.subject")
    assert len(index) == 32
    others = [
        OLD.blind_index("U2", "residents.subject"),
        OLD.blind_index("U1", "another.purpose"),
        RING.blind_index("U1", "residents.subject"),
    ]
    assert index not in others
    assert RING.blind_indexes("U1", "residents.subject")[1] == index


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "k1",
        "k1:",
        "k1:AAAA",
        "K1:" + "A" * 43,
        "k1:" + "A" * 42,
        "k1:" + "A" * 86,
        "k1:あ",
        "a" * 17 + ":" + "A" * 43,
        f"{key('k1', 1)},{key('k1', 2)}",
        "k 1:" + "A" * 43,
    ],
)
def test_a_wrong_ring_is_refused_without_showing_a_key(text: str) -> None:
    with pytest.raises(KeyRingInvalid) as caught:
        KeyRing.parse(text)
    assert "AAAA" not in str(caught.value)


def test_a_ring_shows_no_key() -> None:
    shown = repr(RING)
    assert "k1" not in shown
    assert urlsafe_b64encode(bytes(range(1, 33))).decode()[:8] not in shown


@pytest.mark.parametrize("raw", [bytes(32), b"a" * 32, b"passwordpasswordpasswordpassword"])
def test_a_typed_key_is_weak_and_a_drawn_one_is_not(raw: bytes) -> None:
    typed = f"k1:{urlsafe_b64encode(raw).decode()}"
    assert KeyRing.parse(typed).has_weak_key
    assert KeyRing.parse(f"{key('k2', 9)},{typed}").has_weak_key
    assert not RING.has_weak_key
