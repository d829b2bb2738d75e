"""What a compiled form may cost whoever fills it in: the longest answers, the largest pages.

A resident never meets these limits: a form that could reach them is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from liff_app.procedures.engine.document import Choice, Document, Item, Page, Question, Repeat, Text
from liff_app.procedures.engine.program import MOST_ASKED
from liff_app.procedures.engine.weighing import MOST_STEPS, Heavy, weigh
from liff_app.procedures.workbooks.building import own_name
from liff_app.procedures.workbooks.findings import Desks

MOST_ON_PAGE: Final = 1_000_000  # code points of the form's own words on one page: 3 MB
_A_CHOICE: Final = 20  # code points that a choice takes besides its words, at least
_MOST_NAMED: Final = 20
_COLUMNS: Final[Mapping[str, str]] = {"count": "repeat_count"}  # fields that columns call otherwise


def check(document: Document, desks: Desks) -> None:
    """Faults are written down where the form costs more than it may."""
    for page in document.pages:
        _check_page(page, desks)
    weighed = weigh(document)
    if weighed.steps <= MOST_STEPS:
        return
    times = -(-weighed.steps // MOST_STEPS)
    much = f"いちばん長い答えのとき、計算が上限の約{times:,}倍になります。"
    named = list(_heaviest(weighed.steps, weighed.heaviest))
    for heavy in named:
        desks.survey.fault(
            "too_much_work",
            f"{much}この式を短くするか、選択肢や繰り返しの数を減らしてください。",
            desks.survey.row_named(own_name(heavy.name)),
            _COLUMNS.get(heavy.field, heavy.field),
        )
    if not named:
        message = f"{much}質問、選択肢、繰り返しの数を減らしてください。"
        desks.survey.fault("too_much_work", message)


def _heaviest(steps: int, heaviest: tuple[Heavy, ...]) -> Iterator[Heavy]:
    """Those without which the rest could be borne, once each; at most so many of them."""
    told: set[tuple[str, str]] = set()
    for heavy in heaviest[:_MOST_NAMED]:
        place = own_name(heavy.name), heavy.field
        if steps <= MOST_STEPS or heavy.steps == 0:
            return
        steps -= heavy.steps
        if place not in told:
            told.add(place)
            yield heavy


def _check_page(page: Page, desks: Desks) -> None:
    """Every question is asked in every instance, with all of its words."""
    row = desks.survey.row_named(own_name(page.name))
    asked = sum(times for question, times in _questions(page.items, 1))
    if asked > MOST_ASKED:
        desks.survey.fault(
            "page_too_long",
            f"1ページの質問は、繰り返しの分も数えて{MOST_ASKED:,}問までです（いま{asked:,}問）。"
            "ページを分けるか、繰り返しの最多（most）を減らしてください。",
            row,
            "type",
        )
    words = sum(_words(question) * times for question, times in _questions(page.items, 1))
    if words > MOST_ON_PAGE:
        desks.survey.fault(
            "page_too_large",
            "1ページの質問と選択肢の文が多すぎます（繰り返しの分も数えます）。"
            "ページを分けるか、選択肢の数や文を減らしてください。",
            row,
            "type",
        )


def _questions(items: tuple[Item, ...], times: int) -> Iterator[tuple[Question, int]]:
    """Every question, and in how many instances it is asked at most."""
    for item in items:
        if isinstance(item, Question):
            yield item, times
        else:
            inner = item.most if isinstance(item, Repeat) else times
            yield from _questions(item.items, inner)


def _words(question: Question) -> int:
    texts = (question.label, question.hint, question.required_message, question.constraint_message)
    return sum(map(_longest, texts)) + sum(map(_choice, question.choices))


def _choice(choice: Choice) -> int:
    return _A_CHOICE + _longest(choice.label)


def _longest(text: Text) -> int:
    """In whatever language it is longest."""
    return max(map(len, text.values()), default=0)
