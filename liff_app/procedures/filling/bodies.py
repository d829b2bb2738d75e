"""What a draft holds: answers, text that is no answer, and which pages were gone through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liff_app.procedures.revisions import dumped, loaded
from liff_app.procedures.sealing import DataKey

__all__ = ["Body", "opened", "sealed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Everything typed so far. Answers that became hidden stay until they are sent.

    `raw` is text that is no answer of its kind, by field; `reached` are pages that were shown,
    `passed` those gone through without a fault, `refused` questions that were not, once; of
    `is_checked` everything was seen before sending, and a change leads back there.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    reached: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    is_checked: bool = False


def sealed(body: Body, key: DataKey, ref: str) -> bytes:
    """The body, sealed for its draft."""
    plain = {
        "answers": body.answers,
        "raw": dict(body.raw),
        "reached": list(body.reached),
        "passed": list(body.passed),
        "refused": list(body.refused),
        "checked": body.is_checked,
    }
    return key.seal_text(dumped(plain), _place(ref))


def opened(raw: bytes, key: DataKey, ref: str) -> Body:
    """The body that `sealed` sealed. Raises SealBroken."""
    plain = loaded(key.open_text(raw, _place(ref)))
    return Body(
        answers=plain["answers"],
        raw=plain["raw"],
        reached=tuple(plain["reached"]),
        passed=tuple(plain["passed"]),
        refused=tuple(plain["refused"]),
        is_checked=plain["checked"],
    )


def _place(ref: str) -> str:
    return f"procedure_drafts.body_sealed:{ref}"
