"""Passwords of colleagues: which are good enough, and how one is kept and checked.

Argon2id with 64 MiB, three passes, four lanes (ADR 0016). A process computes two at a time at most,
so that a flood of tries costs time and never the memory of the town; one of them at most is a
stranger's, and strangers do not wait: the threads they would hold are those that answer residents.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from liff_app.errors import FieldError, TooMany, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST, LONGEST = 12, 128  # characters; the longest is refused before anything is computed
AT_ONCE = 2
WAIT_SECONDS = 10.0
LEFT = 8  # characters that must be left when what everybody tries first is folded away
COMMON = (
    *("password", "passwd", "pass", "admin", "administrator", "kanri", "kanrisha", "welcome"),
    *("letmein", "login", "user", "guest", "master", "secret", "changeme", "default", "test"),
    *("iloveyou", "monkey", "dragon", "sakura", "himawari", "doraemon", "pokemon", "tigers"),
    *("yakuba", "yakusho", "shiyakusho", "shichoson", "bousai", "bosai", "hinan", "kyoiku"),
    *("gakko", "sensei", "machimado", "line", "nippon", "japan", "arigatou", "konnichiwa"),
    *("パスワード", "ぱすわーど", "暗証番号", "管理者"),
)
ROWS = ("0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm")  # fmt: skip
RUN = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_AGAIN = re.compile(r"(.+?)\1+")
_FOLDED = "\N{BULLET}"


class TurnTaken(TooMany):
    """Another stranger's password is checked just now."""

    title = "ログインがこみあっています。1分ほど待ってから、もう一度お試しください。"


class Passwords:
    """Keeps and checks passwords. The cost is cheap in tests only."""

    def __init__(self, *, cheap: bool = False) -> None:
        self._hasher = (
            PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
            if cheap
            else PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
        )
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._strangers = threading.Lock()
        self._nobodys: str | None = None

    def kept(self, password: str) -> str:
        """What is stored of the password."""
        with self._a_turn():
            return self._hasher.hash(normal(password))

    def fits(self, kept: str | None, password: str, *, stranger: bool = False) -> bool:
        """Whether it is the password. None takes the same time and fits nothing.

        Raises TurnTaken at once for a `stranger` who would have to wait.
        """
        if len(password) > LONGEST:
            return False
        with self._a_strangers_turn() if stranger else self._a_turn():
            try:
                self._hasher.verify(kept or self._of_nobody(), normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was kept at another cost than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _of_nobody(self) -> str:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("nobody's")
        return self._nobodys

    @contextmanager
    def _a_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise Unavailable("too many passwords at once")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _a_strangers_turn(self) -> Iterator[None]:
        if not self._strangers.acquire(blocking=False):
            raise TurnTaken("another stranger's turn")
        try:
            if not self._turn.acquire(blocking=False):
                raise TurnTaken("no turn is free")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._strangers.release()


def normal(password: str) -> str:
    """The same characters however a keyboard sent them: full-width ones become plain."""
    return unicodedata.normalize("NFKC", password)


def faults(password: str, *, own_words: Iterable[str] = ()) -> list[FieldError]:
    """Why the password is not good enough; empty if it is. `own_words`: login, name, town."""
    text = normal(password).lower()
    if len(text) < SHORTEST:
        return [_fault("short", "12文字以上にしてください。言葉を4つ並べると覚えやすいです。")]
    if len(password) > LONGEST:
        return [_fault("long", "128文字までにしてください。")]
    words = [word for word in (normal(one).lower() for one in own_words) if len(word) >= RUN]
    if any(word in text for word in words):
        return [_fault("own_word", "ログイン名や名前、市町村の名前を入れないでください。")]
    if len(folded(text)) < LEFT:
        return [
            _fault("common", "よくある言葉や続きの数字ばかりです。ほかの言葉も足してください。")
        ]
    return []


def folded(text: str) -> str:
    """The password with common words, rows of keys, years and repeats folded into one mark each."""
    for word in sorted(COMMON, key=len, reverse=True):
        text = text.replace(word, _FOLDED)
    text = _YEAR.sub(_FOLDED, text)
    for row in ROWS:
        text = _without_runs(_without_runs(text, row), row[::-1])
    return _AGAIN.sub(r"\1", text)


def _without_runs(text: str, row: str) -> str:
    """Every piece of the row, three keys or longer, folded; the longest first."""
    for length in range(min(len(row), len(text)), RUN - 1, -1):
        for start in range(len(row) - length + 1):
            text = text.replace(row[start : start + length], _FOLDED)
    return text


def _fault(code: str, message: str) -> FieldError:
    return FieldError("password", code, message)
