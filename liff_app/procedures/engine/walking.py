"""The one pass over a form's questions in which everything about its answers is found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from liff_app.procedures.engine.answers import PLACES_MOST, read
from liff_app.procedures.engine.document import Choice, Kind, Text
from liff_app.procedures.engine.expressions.running import Run
from liff_app.procedures.engine.expressions.scene import Lists, Scene
from liff_app.procedures.engine.expressions.values import (
    Nodes,
    Value,
    as_number,
    as_text,
    as_truth,
    rounded,
    single,
)
from liff_app.procedures.engine.program import Asked, Part, Repeated, Section

FEE_MOST = 999_999_999  # yen
_ASKING, _CHOICES_PER_STEP = 3, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with an answer, or with its absence.

    Codes: required, constraint, type, choice, range, too_long, too_many, too_few.
    """

    path: str
    code: str
    message: Text = field(default_factory=dict)  # the form's own words, empty where it has none


class Walk:
    """Goes through the pages once and keeps what it finds.

    `scene.values` holds what expressions see: of what is hidden, or not reached yet, nothing.
    """

    def __init__(self, lists: Lists, today: date) -> None:
        self.scene = Scene(today=today, lists=lists)
        self.values: dict[str, Any] = {}
        self.visible: set[str] = set()
        self.problems: list[Problem] = []
        self.choices: dict[str, tuple[Choice, ...]] = {}
        self.required: set[str] = set()
        self.counts: dict[str, int] = {}
        self.fee_yen: int | None = None

    def pages(self, pages: tuple[Section, ...], given: Mapping[str, Any]) -> None:
        """Go through them all."""
        self._parts(pages, given, self.values, "")

    # Each of these says whether it shows anything. `given` is where answers are looked up, `kept`
    # where they are put: the whole form's, or those of one instance.

    def _parts(
        self, parts: tuple[Part, ...], given: Mapping[str, Any], kept: dict[str, Any], prefix: str
    ) -> bool:
        shows = False
        self.scene.spend(len(parts))
        for part in parts:
            if part.relevant is not None and not as_truth(part.relevant(self.scene)):
                continue
            if isinstance(part, Asked):
                shows |= self._asked(part, given, kept, prefix)
            elif isinstance(part, Section):
                shows |= self._section(part, given, kept, prefix)
            else:
                shows |= self._repeated(part, given, kept)
        return shows

    def _section(
        self, section: Section, given: Mapping[str, Any], kept: dict[str, Any], prefix: str
    ) -> bool:
        shows = self._parts(section.items, given, kept, prefix)
        if shows:
            self.visible.add(prefix + section.name)
        return shows

    # --- repeats ---------------------------------------------------------------------------------

    def _repeated(self, part: Repeated, given: Mapping[str, Any], kept: dict[str, Any]) -> bool:
        raw = given.get(part.name)
        instances = raw if isinstance(raw, list) else []
        wanted = len(instances) if part.count is None else self._fixed(part.count)
        if wanted == 0 and part.count is not None:
            return False
        if raw is not None and not isinstance(raw, list):
            self._wrong(part.name, "type")
        if wanted < part.least and part.count is None:
            self._wrong(part.name, "too_few")
        if wanted > part.most:
            self._wrong(part.name, "too_many")
        count = min(wanted, part.most)
        self.visible.add(part.name)
        self.counts[part.name] = count
        self.scene.values[part.name] = Nodes(range(1, count + 1))
        self._instances(part, instances, count, kept)
        return True

    def _fixed(self, count: Run) -> int:
        """How many instances an expression fixes."""
        number = as_number(count(self.scene))
        return max(0, int(number)) if number is not None else 0

    def _instances(
        self, part: Repeated, instances: list[Any], count: int, kept: dict[str, Any]
    ) -> None:
        seen: dict[str, list[Value]] = {name: [] for name in part.names}
        found: list[dict[str, Any]] = []
        for index in range(count):
            path = f"{part.name}/{index}"
            instance = instances[index] if index < len(instances) else {}
            if not isinstance(instance, Mapping):
                self._wrong(path, "type")
                instance = {}
            self.visible.add(path)
            self.scene.position = index + 1
            found.append({})
            self._parts(part.items, instance, found[-1], f"{path}/")
            self._leave(part.names, seen, f"{path}/")
        self.scene.position = None
        self.scene.values.update({name: Nodes(values) for name, values in seen.items()})
        if found:
            kept[part.name] = found

    def _leave(self, names: tuple[str, ...], seen: dict[str, list[Value]], prefix: str) -> None:
        """Put by what this instance answered, so that the next one starts with nothing."""
        for name in names:
            value = self.scene.values.pop(name, None)
            if prefix + name in self.visible:
                seen[name].append(value)

    # --- questions -------------------------------------------------------------------------------

    def _asked(
        self, part: Asked, given: Mapping[str, Any], kept: dict[str, Any], prefix: str
    ) -> bool:
        path = prefix + part.name
        self.scene.spend(asking(len(part.choices)))
        self.visible.add(path)
        kind = part.question.kind
        if kind is Kind.CALCULATED:
            answer, seen = calculated(part, self.scene)
        elif kind is Kind.NOTE:
            return True
        else:
            answer, seen = self.answered(part, given.get(part.name), path)
        self.scene.values[part.name] = seen
        if answer is not None:
            kept[part.name] = answer
        if part.question.is_fee:
            self._pay(seen)
        return part.is_shown

    def answered(self, part: Asked, raw: object, path: str) -> tuple[Any, Value]:
        """The answer as it is kept and as expressions see it; what is wrong with it is told."""
        left: Mapping[str, Choice] = part.choices
        if part.choices:
            left = self._left(part)
            self.choices[path] = tuple(left.values())
        answer, seen, code = read(part.question, raw, left)
        if isinstance(seen, str):
            self.scene.lengths.setdefault(seen)
        if part.required is not None and self._is_required(part):
            self.required.add(path)
            if answer is None and code is None:
                self._wrong(path, "required", part.question.required_message)
        if code is not None:
            self._wrong(path, code)
        elif answer is not None and part.constraint is not None:
            self._constrain(part, seen, path)
        return answer, seen

    def _left(self, part: Asked) -> Mapping[str, Choice]:
        """The choices that the filter leaves."""
        if part.filter is None:
            return part.choices
        scene, columns = self.scene, self.scene.lists[part.name]
        scene.spend(len(part.choices))
        scene.once = {}
        left: dict[str, Choice] = {}
        for value, choice in part.choices.items():
            scene.columns = columns[value]
            if as_truth(part.filter(scene)):
                left[value] = choice
        scene.columns = {}
        return left

    def _is_required(self, part: Asked) -> bool:
        if part.is_always_required or part.required is None:
            return part.is_always_required
        return as_truth(part.required(self.scene))

    def _constrain(self, part: Asked, seen: Value, path: str) -> None:
        scene = self.scene
        scene.own = seen
        if part.constraint is not None and not as_truth(part.constraint(scene)):
            self._wrong(path, "constraint", part.question.constraint_message)
        scene.own = None

    def _wrong(self, path: str, code: str, message: Text | None = None) -> None:
        self.problems.append(Problem(path=path, code=code, message=message or {}))

    def _pay(self, seen: Value) -> None:
        """Add to the fee; what is less than a yen is dropped."""
        number = as_number(seen)
        if number is None:
            return
        yen = int(Decimal(number).to_integral_value(ROUND_FLOOR))
        self.fee_yen = min(max(0, yen) + (self.fee_yen or 0), FEE_MOST)


def asking(choices: int) -> int:
    """The steps to ask a question with so many choices, its expressions apart."""
    return _ASKING + choices // _CHOICES_PER_STEP


def calculated(part: Asked, scene: Scene) -> tuple[str | int | Decimal | None, Value]:
    """What a calculation gives, as it is kept and as expressions see it; None for nothing.

    Kept are so many decimal places as an answer may have; reckoned on is with all of them.
    """
    if part.calculation is None:
        return None, None
    seen = single(part.calculation(scene))
    if isinstance(seen, int | Decimal) and not isinstance(seen, bool):
        return rounded(seen, PLACES_MOST), seen
    text = as_text(seen)
    return (text, seen) if text else (None, None)
