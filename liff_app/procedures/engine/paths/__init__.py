"""Every way through a form, found before anybody goes it.

`search` finds what nobody can reach and where somebody would be stuck, and keeps one sample answer
for each path. `rerun` goes the kept paths again on a later version. Nothing here is random: the
same document gives the same samples on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from liff_app.procedures.engine.document import Document, Kind, Question, Repeat
from liff_app.procedures.engine.evaluation import Problem, evaluate, unknown_names
from liff_app.procedures.engine.paths.outline import Outline, Spot, name_of
from liff_app.procedures.engine.paths.sampling import Sample, sampled
from liff_app.procedures.engine.paths.searching import Search

__all__ = [
    "Broken", "DeadEnd", "Found", "Sample", "Unreached",
    "from_json", "rerun", "search", "to_json",
]  # fmt: skip

SAMPLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A page, group, repeat or question that is never shown, or a choice that is never offered.

    Of a page that is never shown only the page is named. `is_sure` is False where the search could
    not try everything: then it is a warning.
    """

    name: str
    choice: str | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnd:
    """A question that takes no answer after certain choices; `answers` are an example of them."""

    name: str
    answers: Mapping[str, Any]
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search found. Not complete: it was cut, and what it did not see may yet be there."""

    samples: tuple[Sample, ...]
    unreached: tuple[Unreached, ...]
    dead_ends: tuple[DeadEnd, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A kept sample that a later version does not take, and what is wrong with it there."""

    sample: Sample
    problems: tuple[Problem, ...]
    gone: tuple[str, ...]  # its answers that the version does not ask for any more


def search(document: Document, *, today: date, most: int = SAMPLES) -> Found:
    """Everything there is to know of the ways through the document, at most `most` samples.

    Samples that show something new come first.

    It costs some thousand evaluations at most. Raises ExpressionInvalid for a document that holds
    an expression that is none.
    """
    found = Search(document, today)
    found.run()
    dead_ends = tuple(
        DeadEnd(name=name, answers=answers, is_sure=_is_sure(found, name))
        for name, answers in found.notes.dead_ends.items()
    )
    return Found(
        samples=sampled(document, found, today=today, most=most),
        unreached=tuple(_unreached(found)),
        dead_ends=dead_ends,
        is_complete=not found.was_cut,
    )


def rerun(document: Document, samples: Iterable[Sample]) -> list[Broken]:
    """The samples that this version does not take any more.

    Each is evaluated on the day it was made. That the version asks more breaks no sample, only that
    it refuses an answer or asks again for one.
    """
    return [broken for one in samples if (broken := _broken(document, one)) is not None]


def _broken(document: Document, sample: Sample) -> Broken | None:
    asked = frozenset(sample.visible)
    problems = tuple(
        one
        for one in evaluate(document, sample.answers, today=sample.on).problems
        if one.code != "required" or name_of(one.path) in asked
    )
    gone = tuple(unknown_names(document, sample.answers))
    return Broken(sample=sample, problems=problems, gone=gone) if problems else None


def to_json(sample: Sample) -> dict[str, Any]:
    """The sample as it is kept; decimals stay decimals."""
    return {
        "answers": sample.answers,
        "visible": list(sample.visible),
        "fee_yen": sample.fee_yen,
        "on": sample.on.isoformat(),
    }


def from_json(kept: Mapping[str, Any]) -> Sample:
    """What `to_json` gave."""
    return Sample(
        answers=kept["answers"],
        visible=tuple(kept["visible"]),
        fee_yen=kept["fee_yen"],
        on=date.fromisoformat(kept["on"]),
    )


def _unreached(found: Search) -> Iterator[Unreached]:
    """In the order of the form; of what stands in something that is never shown, nothing."""
    passed = -1
    for spot in found.outline.spots.values():
        if spot.at <= passed:
            continue
        shown = _shown(found.outline, spot)
        is_sure = _is_sure(found, spot.name)
        if shown and not shown & found.notes.seen:
            passed = spot.end
            yield Unreached(name=spot.name, is_sure=is_sure)
        elif isinstance(spot.item, Question) and spot.name in found.notes.offered:
            for choice in spot.item.choices:
                if choice.value not in found.notes.offered[spot.name]:
                    yield Unreached(name=spot.name, choice=choice.value, is_sure=is_sure)


def _shown(outline: Outline, spot: Spot) -> set[str]:
    """The names in it that stand on a screen, its own too where it is no page or group."""
    inside = (one for one in outline.spots.values() if spot.at <= one.at <= spot.end)
    return {one.name for one in inside if _stands_on_screen(one)}


def _stands_on_screen(spot: Spot) -> bool:
    item = spot.item
    if isinstance(item, Question):
        return item.kind is not Kind.CALCULATED or bool(item.label)
    return isinstance(item, Repeat)


def _is_sure(found: Search, name: str) -> bool:
    unsure = found.hints.vague | found.trying.cut
    return not found.was_cut and not unsure & found.outline.cone(name)
