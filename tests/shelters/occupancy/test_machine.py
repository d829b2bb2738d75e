"""Thousands of random steps: the product and a plain model agree after every one.

`OCCUPANCY_STEPS=10000` for the long form (`make chaos`), `OCCUPANCY_SEED` for another walk.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from liff_app.shelters.occupancy import checks, queries, rules
from liff_app.shelters.occupancy.service import Change

from .walk import Disagreement, Walk

STEPS = int(os.environ.get("OCCUPANCY_STEPS", "1000"))
SEED = int(os.environ.get("OCCUPANCY_SEED", "3"))


def walk(steps: int, seed: int) -> Counter[str]:
    made = Walk(seed)
    for number in range(steps):
        try:
            made.step()
        except Disagreement as found:
            raise Disagreement(f"seed {seed}, step {number}: {found}") from None
    return made.seen


def test_the_product_and_the_model_agree_after_every_step(app: Flask) -> None:
    seen = walk(STEPS, SEED)
    print(f"{STEPS} steps, seed {SEED}: {dict(sorted(seen.items()))}")  # noqa: T201 - shown by -s
    for what in (
        "done", "repeated", "version_conflict", "people_improbable", "not_undoable", "not_found",
        "disaster_over", "idempotency_key_reused", "disaster ended",
    ):  # fmt: skip
        assert seen[what] > 0, f"the walk never met: {what}"


def _unclamped(state: rules.State, change: Change) -> rules.State:
    found = _CHANGED(state, change)
    if change.people_change is not None and (state.people or 0) + change.people_change == -1:
        return replace(found, people=1)
    return found


_CHANGED = rules.changed
FLAWS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "the sum is clamped wrongly": (rules, "changed", _unclamped),
    "nobody contradicts": (rules, "contradictions", lambda *_a, **_k: ()),
    "two phones with one pass are one author": (
        rules, "is_same_author", lambda step, by, _device: step.by == by,
    ),
    "undone events stand in the way": (
        rules, "undone",
        lambda state, before, target, later, _taken, true=rules.undone: true(
            state, before, target, later, frozenset()
        ),
    ),
    "what was undone is not remembered": (
        queries, "taken_back", lambda *_a, **_k: frozenset(),
    ),
    "every count is probable": (rules, "is_improbable", lambda *_a: False),
    "the phone's waiting is ignored": (
        rules, "moment", lambda now, _age, **_k: now,
    ),
    "a key may come with other words": (checks, "fingerprint", lambda *_a: bytes(32)),
}  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("flaw", FLAWS)
def test_a_planted_flaw_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch, flaw: str) -> None:
    monkeypatch.setattr(*FLAWS[flaw])
    with pytest.raises((Disagreement, IntegrityError)):
        walk(1500, 3)
