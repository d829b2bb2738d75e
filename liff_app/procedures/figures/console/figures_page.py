"""What the page of numbers shows: each count with its words and its bar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from liff_app import bars
from liff_app.bars import BarChart
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.periods import Chosen, Period, offered
from liff_app.procedures.desk.console.words import SOURCE, STATUS
from liff_app.procedures.engine.document import Document, Text, words
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.figures import suppression
from liff_app.procedures.figures.statistics import Figures, PageFigures, Spread
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Procedure
from liff_app.procedures.vocabulary import Source, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A count with its name and its bar in percent of the longest."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """A page of the form: how many reached it and went on, in steps of five, in words."""

    name: str
    reached: str
    passed: str
    share: float
    refused: tuple[tuple[str, str], ...]  # its questions that were refused, and how often


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Where people leave one version."""

    number: int
    lines: tuple[LeftLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """Everything the template needs."""

    slug: str
    title: str
    since: str
    until: str
    errors: list[FieldError]
    periods: list[tuple[str, str, bool]]
    csv_url: str
    received: int
    open: int
    overdue: int
    returned: int
    first_step: str
    ended: str
    groups: list[tuple[str, list[Line]]]
    months: list[tuple[str, int, int]]
    chart: BarChart
    left_months: tuple[str, str]  # the first and the last that `left` was counted over
    left: list[Left]


def page(
    procedure: Procedure,
    found: Figures,
    months: Period,
    left: Sequence[tuple[int, list[PageFigures]]],
    known: Iterable[Form],
    asked: Chosen,
    *,
    today: date,
) -> FiguresPage:
    """The numbers in words. `months`: what `left` was counted over."""
    documents = {form.number: form.document for form in known}
    return FiguresPage(
        slug=procedure.slug,
        title=procedure.title,
        since=asked.since,
        until=asked.until,
        errors=asked.errors,
        periods=[
            (label, _address(procedure.slug, one.since, one.until), one == found.period)
            for label, one in offered(today)
        ],
        csv_url=_address(procedure.slug, found.period.since, found.period.until, "as_csv"),
        received=found.received,
        open=found.open,
        overdue=found.overdue,
        returned=found.returned,
        first_step=_days(found.first_step),
        ended=_days(found.ended),
        groups=[(kind, _with_bars(lines)) for kind, lines in counts(found)],
        months=found.by_month,
        chart=bars.bar_chart([(_month(month), *both) for month, *both in found.by_month]),  # type: ignore[misc]  # label, whole, part
        left_months=(_month_of(months.since), _month_of(months.until)),
        left=[_left(number, pages, documents[number]) for number, pages in left],
    )


def counts(found: Figures) -> list[tuple[str, list[tuple[str, int]]]]:
    """The groups by name: by state and by the way they came in."""
    return [
        (_("状態"), [(STATUS[Status(one)](), n) for one, n in found.by_status.items()]),
        (_("受付の方法"), [(SOURCE[Source(one)](), n) for one, n in found.by_source.items()]),
    ]


def _with_bars(lines: Sequence[tuple[str, int]]) -> list[Line]:
    shares = bars.shares([count for _name, count in lines])
    return [
        Line(name=name, count=count, share=share)
        for (name, count), share in zip(lines, shares, strict=True)
    ]


def _left(number: int, counted: Sequence[PageFigures], document: Document) -> Left:
    """The version's pages in their order. Rounded, so that nobody can be told from the rest."""
    by_name = {one.name: one for one in counted}
    known = [one for one in document.pages if one.name in by_name]
    shares = bars.shares([suppression.rounded(by_name[one.name].reached) or 0 for one in known])
    lines = []
    for one, share in zip(known, shares, strict=True):
        own = by_name[one.name]
        inside = [question for question, _repeat in _only(document, one.name).questions()]
        refused = tuple(
            (
                _plain(question.label, document) or question.name,
                about(by_name[question.name].refused),
            )
            for question in inside
            if question.name in by_name and suppression.rounded(by_name[question.name].refused)
        )
        lines.append(
            LeftLine(
                name=_plain(one.label, document) or _plain(document.title, document),
                reached=about(own.reached), passed=about(own.passed), share=share, refused=refused,
            )
        )  # fmt: skip
    return Left(number=number, lines=tuple(lines))


def _only(document: Document, name: str) -> Document:
    """The document as if it had that page alone."""
    return Document(
        form_id=document.form_id, title=document.title, languages=document.languages,
        default_language=document.default_language, settings=document.settings,
        pages=tuple(one for one in document.pages if one.name == name),
    )  # fmt: skip


def about(count: int) -> str:
    """A count in steps of five, in words."""
    shown = suppression.rounded(count)
    return _("5未満") if shown is None else _("約%(n)s", n=f"{shown:,}")


def _plain(text: Text, document: Document) -> str:
    return words_of(words(text, document.default_language)).plain


def _days(spread: Spread) -> str:
    if spread.median is None:
        return _("—")
    return _("その日のうち") if spread.median == 0 else _("%(n)s日", n=spread.median)


def _month(code: str) -> str:
    year, month = (int(part) for part in code.split("-"))
    return _("%(y)s/%(m)s", y=year, m=month)


def _month_of(day: date) -> str:
    return _("%(y)s年%(m)s月", y=day.year, m=day.month)


def _address(slug: str, since: date, until: date, view: str = "show") -> str:
    asked = {"from": since.isoformat(), "to": until.isoformat()}
    return url_for(f"procedure_figures.{view}", slug=slug, **asked)  # type: ignore[arg-type]  # `from` is a query
