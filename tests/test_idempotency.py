"""Sent twice, stored once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from liff_app import idempotency
from liff_app.db import transaction
from liff_app.errors import InputInvalid, KeyReused
from liff_app.idempotency import Answer, checked, fingerprint, once

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
KEY = "key-0123456789abcdef"
REPEATS = 12


class Earner:
    """Earns an answer and counts how often it had to."""

    def __init__(self) -> None:
        self.times = 0
        self._lock = threading.Lock()

    def __call__(self) -> Answer:
        with self._lock:
            self.times += 1
            return Answer(201, f'{{"number": {self.times}}}')


def send(earn: Earner, *, owner: str = "r1", key: str = KEY, body: bytes = b"body") -> Answer:
    with transaction() as session:
        return once(session, owner=owner, key=key, content=fingerprint(body), now=NOW, earn=earn)


def test_a_repeat_gets_the_first_answer(app: Flask) -> None:
    earn = Earner()
    first, again = send(earn), send(earn)
    assert (first.status, first.body, first.repeated) == (201, '{"number": 1}', False)
    assert (again.status, again.body, again.repeated) == (201, '{"number": 1}', True)
    assert earn.times == 1


def test_the_same_key_with_another_body_is_told(app: Flask) -> None:
    earn = Earner()
    send(earn)
    with pytest.raises(KeyReused):
        send(earn, body=b"other")
    assert earn.times == 1


def test_keys_belong_to_their_owner(app: Flask) -> None:
    earn = Earner()
    send(earn)
    assert not send(earn, owner="r2", body=b"other").repeated
    assert not send(earn, key=KEY + "2").repeated
    assert earn.times == 3


def test_what_failed_may_be_sent_again(app: Flask) -> None:
    def fail() -> Answer:
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction() as session:
        once(session, owner="r1", key=KEY, content=fingerprint(b"body"), now=NOW, earn=fail)
    assert send(Earner()).repeated is False


def in_parallel(app: Flask, bodies: list[bytes]) -> tuple[int, list[Answer | str]]:
    earn, outcomes = Earner(), list[Answer | str]()
    together = threading.Barrier(len(bodies))

    def work(body: bytes) -> None:
        with app.app_context():
            together.wait(20)
            try:
                outcomes.append(send(earn, body=body))
            except KeyReused:
                outcomes.append("reused")

    threads = [threading.Thread(target=work, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return earn.times, outcomes


def test_of_parallel_repeats_one_earns_and_all_get_its_answer(app: Flask) -> None:
    times, outcomes = in_parallel(app, [b"body"] * REPEATS)
    assert times == 1
    assert len(outcomes) == REPEATS
    answers = [one for one in outcomes if isinstance(one, Answer)]
    assert {(one.status, one.body) for one in answers} == {(201, '{"number": 1}')}
    assert [one.repeated for one in answers].count(False) == 1


def test_of_parallel_different_bodies_under_one_key_one_is_stored(app: Flask) -> None:
    times, outcomes = in_parallel(app, [b"a", b"b", b"c", b"d"])
    assert times == 1
    assert outcomes.count("reused") == 3


def test_without_the_kept_row_every_repeat_earns(app: Flask) -> None:
    """The planted flaw: the same storm, each repeat under a key of its own."""
    earn = Earner()
    for number in range(3):
        send(earn, key=f"{KEY}-{number}")
    assert earn.times == 3


def test_answers_are_kept_for_thirty_days(app: Flask) -> None:
    earn = Earner()
    send(earn)
    with transaction() as session:
        assert idempotency.purge(session, now=NOW + timedelta(days=29, hours=23)) == 0
    assert send(earn).repeated
    with transaction() as session:
        assert idempotency.purge(session, now=NOW + timedelta(days=30)) == 1
    assert not send(earn).repeated


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "あ" * 20, "a b" * 8, "x" * 16 + "\n"])
def test_a_key_of_another_shape_is_refused(key: str) -> None:
    with pytest.raises(InputInvalid):
        checked(key)
    assert checked("x" * 16) == "x" * 16


@given(st.lists(st.binary(max_size=8), max_size=5), st.lists(st.binary(max_size=8), max_size=5))
def test_fingerprints_are_equal_exactly_for_equal_parts(
    one: list[bytes], other: list[bytes]
) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)
