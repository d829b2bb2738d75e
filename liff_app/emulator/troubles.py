"""Failures scripted ahead: the next calls of one endpoint go wrong in one way."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

API_KINDS = (
    "rate",
    "monthly",
    "error",
    "error_after_accepting",
    "delay",
    "reset",
    "reset_after_accepting",
)
# What can go wrong beside the Messaging API, by target.
OTHER_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "init": ("rejects", "hangs"),
        # A token issued so: LINE's SDK looks through it and `liff.init` fails.
        "id_token": ("stale", "short", "forged"),
        # A token gone bad after `liff.init` has checked it: this one reaches the product.
        "kept_token": ("stale", "forged"),
        "friendship": ("not_friend",),
        "webhook": ("duplicate", "redelivered", "reordered", "wrong_signature"),
    }
)


class TroubleUnknown(ValueError):
    """There is no such trouble."""

    code = "trouble_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of failure waiting for its target.

    `target` is an endpoint name under /v2/bot, `api` for any of them, or a key of `OTHER_KINDS`.
    `seconds`: how long `delay` sleeps, or how long a `short` ID token lives.
    """

    number: int
    target: str
    kind: str
    seconds: float


class TroubleBook:
    """The troubles still to come; every one is met once per unit of `times`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: list[list[Any]] = []  # [trouble, times left]

    def add(self, target: str, kind: str, *, times: int = 1, seconds: float = 3.0) -> Trouble:
        """Let the next `times` calls of `target` fail; raise TroubleUnknown for a wrong kind."""
        if kind not in OTHER_KINDS.get(target, API_KINDS):
            raise TroubleUnknown(f"{target} has no trouble {kind}")
        if times < 1 or not 0 <= seconds <= 120:  # noqa: PLR2004 - two minutes outlast any client
            raise TroubleUnknown("times starts at 1, seconds lies in 0 to 120")
        trouble = Trouble(number=next(self._numbers), target=target, kind=kind, seconds=seconds)
        with self._lock:
            self._waiting.append([trouble, times])
        return trouble

    def take(self, *targets: str) -> Trouble | None:
        """Return the oldest trouble waiting for one of the targets and use up one time of it."""
        with self._lock:
            for entry in self._waiting:
                trouble: Trouble = entry[0]
                if trouble.target in targets:
                    entry[1] -= 1
                    if not entry[1]:
                        self._waiting.remove(entry)
                    return trouble
        return None

    def waiting(self) -> list[dict[str, Any]]:
        """Return what is still to come, oldest first."""
        with self._lock:
            return [
                {
                    "number": trouble.number,
                    "target": trouble.target,
                    "kind": trouble.kind,
                    "times": times,
                    "seconds": trouble.seconds,
                }
                for trouble, times in self._waiting
            ]

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._waiting.clear()
