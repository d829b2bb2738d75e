"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask

from liff_app.config import read
from liff_app.staff import passwords
from liff_app.staff.passwords import Passwords, TurnTaken
from tests.conftest import on_sqlite

GOOD = [
    "mizuumi kitsune entotsu",
    "korewa nagai aikotoba desu",
    "tr0ub4dor&3-hk29",
    "x7Jq-pLw2-zNv8",
    "雨のちカレーうどん日和だ",
    "shiyakusho no ura no neko",
]
COMMON = [
    "password1234",
    "Password2026!",
    "passwordpassword",
    "qwertyuiop12",
    "1qaz2wsx3edc",
    "123456789012",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "sakura202611",
    "ＰＡＳＳＷＯＲＤ１２３４",
    "bousai119119",
    "administrator1",
    "パスワードパスワード１２",
]


@pytest.mark.parametrize("password", GOOD)
def test_words_that_do_not_belong_together_are_good(password: str) -> None:
    assert passwords.faults(password) == []


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert [one.code for one in passwords.faults(password)] == ["common"]


@pytest.mark.parametrize(
    ("password", "code"),
    [("", "short"), ("x7Jq-pLw2-z", "short"), ("ab " * 43, "long"),
     ("neko MADOKA inu 7", "own_word"),
     ("まど市の朝はとても早いです", "own_word")],
)  # fmt: skip
def test_length_and_own_words_are_told_by_name(password: str, code: str) -> None:
    own = ("madoka", "窓 まどか", "まど市")
    assert [one.code for one in passwords.faults(password, own_words=own)] == [code]


def test_a_password_fits_itself_however_the_keyboard_sent_it() -> None:
    keeper = Passwords(cheap=True)
    kept = keeper.kept("ｎｅｋｏ to inu to 3")
    assert keeper.fits(kept, "neko to inu to ３")
    assert not keeper.fits(kept, "neko to inu to 4")


def test_nobodys_password_fits_nothing() -> None:
    keeper = Passwords(cheap=True)
    assert not keeper.fits(None, "nobody's")
    assert not keeper.fits("no hash at all", "nobody's")


def test_strangers_do_not_wait_for_a_turn_and_take_one_at_most() -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Passwords):
        """Is busy with the first password until it is told to go on."""

        def _of_nobody(self) -> str:
            begun.set()
            assert go_on.wait(10)
            return super()._of_nobody()

    keeper = Slow(cheap=True)
    kept = keeper.kept("mizuumi kitsune entotsu")
    first = threading.Thread(target=lambda: keeper.fits(None, "x", stranger=True))
    first.start()
    assert begun.wait(10)
    before = time.monotonic()
    with pytest.raises(TurnTaken):
        keeper.fits(kept, "mizuumi kitsune entotsu", stranger=True)
    assert time.monotonic() - before < 1
    assert keeper.fits(kept, "mizuumi kitsune entotsu"), "a colleague has the other turn"
    go_on.set()
    first.join()
    assert keeper.fits(kept, "mizuumi kitsune entotsu", stranger=True)


def test_an_endless_password_is_not_computed() -> None:
    keeper = Passwords(cheap=True)
    assert not keeper.fits(keeper.kept("x" * 128), "x" * 129)


def test_what_was_kept_cheaply_is_kept_again() -> None:
    cheap, strong = Passwords(cheap=True), Passwords()
    kept = cheap.kept("mizuumi kitsune entotsu")
    assert not cheap.is_outdated(kept)
    assert strong.is_outdated(kept)


def test_the_real_cost_is_64_mebibytes_three_passes_four_lanes() -> None:
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in Passwords().kept("mizuumi kitsune entotsu")


@on_sqlite
def test_only_tests_are_cheap(app: Flask) -> None:
    assert app.config["SETTINGS"].env == "test"
    assert "m=8,t=1" in app.extensions["passwords"].kept("x")
    assert read({"MACHIMADO_ENV": "development"}).env != "test"
