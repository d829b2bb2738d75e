"""Places for photos in hand: one for a sender, two in all, hardly anybody waits."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from liff_app.photos import gate as gates
from liff_app.photos.gate import PLACES, WAITING, Gate
from liff_app.photos.refusals import PhotosBusy
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "WAIT_SECONDS", 0.05)


@contextmanager
def busy(gate: Gate, owner: str, why: str = "long enough") -> Iterator[None]:
    with pytest.raises(PhotosBusy, match=why), gate.place(owner):
        raise AssertionError("let in")
    yield


def test_nobody_has_two_photos_in_hand() -> None:
    gate = Gate()
    with gate.place("hanako"), busy(gate, "hanako"), gate.place("taro"):
        pass
    with gate.place("hanako"):
        pass


def test_few_have_one_at_once_and_an_error_gives_the_place_back() -> None:
    gate = Gate()

    def fail() -> None:
        with ExitStack() as stack:
            for number in range(PLACES):
                stack.enter_context(gate.place(str(number)))
            with busy(gate, "one more"):
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with gate.place("0"), gate.place("one more"):
        pass


def test_who_waits_comes_in_when_a_place_is_free_and_no_more_wait_than_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "WAIT_SECONDS", 60.0)
    gate, came = Gate(), []

    def come(number: int) -> None:
        with gate.place("hanako"):
            came.append(number)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(WAITING)]
    with gate.place("hanako"):
        for thread in threads:
            thread.start()
        while gate._waiting < WAITING:  # noqa: SLF001 - no other sign
            pass
        with busy(gate, "hanako", "too many wait"):
            assert came == []
    for thread in threads:
        thread.join()
    assert sorted(came) == list(range(WAITING))


def test_two_threads_of_the_web_process_are_left_for_pages() -> None:
    unit = (ROOT / "deploy/systemd/machimado-web.service").read_text()
    threads = re.search(r"--blocking-threads (\d+)", unit)
    assert threads
    assert int(threads[1]) >= PLACES + WAITING + 2
