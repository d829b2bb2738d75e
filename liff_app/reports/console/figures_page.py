"""What the page of numbers shows: every sum with its words, its bar and its line of the CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from liff_app import bars
from liff_app.bars import BarChart
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.periods import Chosen, Period, offered
from liff_app.reports.categories import service as categories
from liff_app.reports.statistics import Figures, Group, Spread, Sums

MOST_TOWNS = 20  # on the page; the CSV has all of them
_DAY, _FEW = 24, 48  # hours: up to two days are told in hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a table: a name, its sums, its bar in percent of the longest, and two spreads."""

    name: str
    sums: Sums
    share: float
    answered: Took
    ended: Took


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, in words: of how many, the median, the 90th percentile."""

    count: int
    median: str
    ninetieth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """Everything the template needs."""

    since: str
    until: str
    period: str
    errors: list[FieldError]
    periods: list[tuple[str, str, bool]]
    csv_url: str
    total: Line
    categories: list[Line]
    towns: list[Line]
    more_towns: int
    months: list[Line]
    chart: BarChart


def page(session: Session, found: Figures, asked: Chosen, *, today: date) -> FiguresPage:
    """The numbers in words."""
    names = categories.names(session)
    period = found.period
    months = [Group(_month(one.code), one.sums) for one in found.months]
    return FiguresPage(
        since=asked.since,
        until=asked.until,
        period=_("%(since)s〜%(until)s", since=_day(period.since), until=_day(period.until)),
        errors=asked.errors,
        periods=[(label, _address(one), one == period) for label, one in offered(today)],
        csv_url=_address(period, "as_csv"),
        total=_lines([Group("", found.total)], {"": _("すべて")}, found)[0],
        categories=_lines(found.categories, names, found),
        towns=_lines(found.towns[:MOST_TOWNS], {"": _("町の名前なし")}),
        more_towns=max(0, len(found.towns) - MOST_TOWNS),
        months=_lines(months, {}),
        chart=bars.bar_chart([(one.code, one.sums.incidents, one.sums.done) for one in months]),
    )


def headings() -> list[str]:
    """The first line of the CSV; times in hours."""
    return [
        *(_("分け方"), _("名前"), _("届いた通報"), _("まとめた後の件数"), _("対応中")),
        *(_("終わった"), _("期限切れ"), _("再開した")),
        *(_("最初の返事の件数"), _("最初の返事（時間、中央値）"), _("最初の返事（時間、90％）")),
        *(_("終わった件数"), _("終わるまで（時間、中央値）"), _("終わるまで（時間、90％）")),
    ]


def lines(session: Session, found: Figures) -> Iterator[list[str | int | None]]:
    """Every sum of the period, group by group, as cells."""
    names = categories.names(session)
    yield _cells(_("すべて"), "", found.total, found)
    for one in found.categories:
        yield _cells(_("種類"), names.get(one.code, one.code), one.sums, found, one.code)
    for one in found.towns:
        yield _cells(_("町"), one.code or _("町の名前なし"), one.sums)
    for one in found.months:
        yield _cells(_("月"), one.code, one.sums)


def _cells(
    kind: str, name: str, sums: Sums, found: Figures | None = None, code: str = ""
) -> list[str | int | None]:
    answered = found.answered.get(code, Spread(0)) if found else None
    ended = found.ended.get(code, Spread(0)) if found else None
    counts = [sums.received, sums.incidents, sums.open, sums.done, sums.overdue, sums.reopened]
    return [kind, name, *counts, *_of(answered), *_of(ended)]


def _of(spread: Spread | None) -> list[int | None]:
    return [spread.count, spread.median, spread.ninetieth] if spread else [None] * 3


def _lines(
    groups: Sequence[Group], names: Mapping[str, str], found: Figures | None = None
) -> list[Line]:
    shares = bars.shares([one.sums.incidents for one in groups])
    return [
        Line(
            name=names.get(one.code, one.code),
            sums=one.sums,
            share=share,
            answered=_took(found.answered.get(one.code) if found else None),
            ended=_took(found.ended.get(one.code) if found else None),
        )
        for one, share in zip(groups, shares, strict=True)
    ]


def _took(spread: Spread | None) -> Took:
    if spread is None:
        return Took(0, _("—"), _("—"))
    return Took(spread.count, _hours(spread.median), _hours(spread.ninetieth))


def _hours(hours: int | None) -> str:
    if hours is None:
        return _("—")
    if hours < 1:
        return _("1時間以内")
    if hours < _FEW:
        return _("%(n)s時間", n=hours)
    return _("%(n)s日", n=f"{hours / _DAY:,.1f}")


def _address(period: Period, view: str = "show") -> str:
    asked = {"from": period.since.isoformat(), "to": period.until.isoformat()}
    return url_for(f"report_figures.{view}", **asked)  # type: ignore[arg-type]  # `from` is a query


def _day(day: date) -> str:
    return _("%(y)s年%(m)s月%(d)s日", y=day.year, m=day.month, d=day.day)


def _month(code: str) -> str:
    """A month as its column is labelled."""
    year, month = (int(part) for part in code.split("-"))
    return _("%(y)s/%(m)s", y=year, m=month)
