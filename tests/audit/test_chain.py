"""The seal covers everything an event says, and ties it to the one before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.audit import chain
from liff_app.audit.chain import Event, Head, Noted
from liff_app.audit.cli import WORDS

from .tampering import START, ring_key

KEY = b"k" * 32


def event(number: int = 1, **changed: object) -> Event:
    """An event, sealed with nothing."""
    made = Event(number, START, "staff:7f3a", "shelter.status_changed", "shelter:3", 2,
                 '{"people":120}', "k1", b"")  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]  # names are checked by replace


def log(count: int) -> tuple[list[Event], Head]:
    """A whole log and its head."""
    events, previous = [], chain.NOTHING
    for number in range(1, count + 1):
        made = chain.sealed(event(number), previous, known("k1"))
        events.append(made)
        previous = made.seal
    head = Head(count, previous, 1, chain.NOTHING, "k1", b"")
    return events, chain.sealed_head(head, known("k1"))


def known(name: str) -> bytes:
    key = ring_key(name)
    assert key is not None
    return key


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("number", 2),
        ("at", START + timedelta(microseconds=1)),
        ("actor", "staff:7f3b"),
        ("action", "shelter.status_undone"),
        ("subject", "shelter:4"),
        ("persons", 3),
        ("detail", '{"people":12}'),
        ("key", "k2"),
    ],
)
def test_every_field_of_an_event_is_under_the_seal(field: str, other: object) -> None:
    one = chain.sealed(event(), chain.NOTHING, KEY)
    changed = replace(event(), **{field: other})  # type: ignore[arg-type]  # of the field's own type
    assert chain.sealed(changed, chain.NOTHING, KEY).seal != one.seal
    assert set(Event.__slots__) == {*FIELDS_UNDER_SEAL, "seal"}


FIELDS_UNDER_SEAL = ("number", "at", "actor", "action", "subject", "persons", "detail", "key")


def test_the_seal_depends_on_the_event_before_and_on_the_key() -> None:
    seals = {
        chain.sealed(event(), previous, key).seal
        for previous in (chain.NOTHING, b"\1" * 32)
        for key in (KEY, b"q" * 32)
    }
    assert len(seals) == 4


@given(st.text(), st.text(), st.text(), st.text())
def test_what_stands_in_one_field_never_passes_for_another(
    actor: str, action: str, other_actor: str, other_action: str
) -> None:
    one = event(actor=actor, action=action)
    other = event(actor=other_actor, action=other_action)
    assert (chain.content(one) == chain.content(other)) is (one == other)


def test_the_same_moment_is_the_same_content_in_every_time_zone() -> None:
    japan = START.astimezone(timezone(timedelta(hours=9)))
    assert chain.content(event(at=japan)) == chain.content(event())


def test_a_heads_seal_is_no_events_seal() -> None:
    """Otherwise a head could be passed off as an event, or the reverse."""
    events, head = log(1)
    assert head.seal != events[0].seal
    assert chain.sealed_head(head, KEY).seal != chain.sealed_head(head, known("k1")).seal


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_a_log_as_it_was_written_holds(count: int) -> None:
    events, head = log(count)
    verdict = chain.verify(events, head, ring_key)
    assert verdict.broken is None
    assert verdict.counted == count
    assert verdict.head == Noted(count, head.last_seal.hex())


def test_before_the_first_event_there_is_nothing_to_find() -> None:
    assert chain.verify([], None, ring_key) == chain.Verdict(0, None)


def test_the_first_broken_place_is_told() -> None:
    events, head = log(9)
    events[3] = replace(events[3], persons=3)
    del events[6]
    verdict = chain.verify(events, head, ring_key)
    assert verdict.broken == chain.Break(4, "changed")
    assert verdict.counted == 3


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        ((1, 2, 4, 5), chain.Break(3, "missing")),
        ((2, 3, 4, 5), chain.Break(1, "missing")),
        ((1, 2, 3, 4), chain.Break(5, "missing")),
        ((), chain.Break(1, "missing")),
    ],
)
def test_what_is_missing_is_told_by_its_number(kept: tuple[int, ...], broken: chain.Break) -> None:
    events, head = log(5)
    left = [one for one in events if one.number in kept]
    assert chain.verify(left, head, ring_key).broken == broken


def test_an_event_beyond_the_head_is_found_even_with_the_right_key() -> None:
    events, _ = log(5)
    _, head = log(4)
    assert chain.verify(events, head, ring_key).broken == chain.Break(5, "surplus")


def test_a_key_that_is_nowhere_is_told_and_not_taken_for_a_change() -> None:
    events, head = log(2)
    verdict = chain.verify(events, head, lambda _name: None)
    assert verdict.broken == chain.Break(2, "key_missing")


def noted(number: int, events: list[Event]) -> Noted:
    return Noted(number, events[number - 1].seal.hex()[:16])


def test_an_older_copy_of_the_whole_log_is_found_by_what_was_noted() -> None:
    """No seal can find it: the copy was the truth once."""
    events, _ = log(9)
    old_events, old_head = log(5)
    assert chain.verify(old_events, old_head, ring_key).broken is None
    notes = [noted(3, events), noted(9, events)]
    verdict = chain.verify(old_events, old_head, ring_key, notes)
    assert verdict.broken == chain.Break(9, "noted_missing")


def test_a_log_emptied_to_the_last_row_is_found_by_what_was_noted() -> None:
    events, _ = log(3)
    verdict = chain.verify([], None, ring_key, [noted(2, events)])
    assert verdict.broken == chain.Break(2, "noted_missing")


def test_a_log_written_anew_by_somebody_with_the_key_is_found_by_what_was_noted() -> None:
    events, head = log(9)
    first = Noted(4, "f" * 16)
    assert chain.verify(events, head, ring_key, [noted(4, events)]).broken is None
    for notes in ([first], [noted(4, events), first], [first, noted(4, events)]):
        verdict = chain.verify(events, head, ring_key, notes)
        assert verdict.broken == chain.Break(4, "noted_differs")


def test_a_note_of_an_event_whose_time_is_over_is_said_to_be_past_comparing() -> None:
    events, head = log(9)
    later = chain.sealed_head(replace(head, kept_from=6, kept_after=events[4].seal), known("k1"))
    verdict = chain.verify(events[5:], later, ring_key, [noted(2, events)])
    assert verdict.broken is None
    assert verdict.disposed == (noted(2, events),)
    assert verdict.counted == 4


def test_every_code_of_a_break_has_words() -> None:
    source = Path(chain.__file__).read_text(encoding="utf-8")
    told = set(re.findall(r'"((?:head|key|noted)_[a-z]+|changed|missing|surplus)"', source))
    assert told == set(WORDS)
