"""What an expression sees while it runs, and how much work is left to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from liff_app.procedures.engine.expressions.values import Value
from liff_app.procedures.engine.expressions.work import MOST_STEPS, TooMuchWork

Lists = Mapping[str, Mapping[str, Mapping[str, str]]]  # question -> choice -> column -> what stands


@dataclass(slots=True)
class Scene:
    """What an expression sees: the answers so far, and where it stands among them.

    It also keeps what was worked out already, and how much work is `left` to the pass.
    """

    today: date
    values: dict[str, Value] = field(default_factory=dict)
    own: Value = None
    columns: Mapping[str, str] = field(default_factory=dict)  # of the choice that a filter looks at
    position: int | None = None  # from 1, in a repeat
    lists: Lists = field(default_factory=dict)
    once: dict[int, Value] = field(default_factory=dict)  # of the filter that is looked at
    lengths: dict[str, int | None] = field(default_factory=dict)  # answers, in characters
    left: int = MOST_STEPS

    def spend(self, steps: int) -> None:
        """So much work is done. Raises TooMuchWork."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork("more than one pass may cost")
