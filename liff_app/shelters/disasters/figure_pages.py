"""The figures of a disaster as a page and as tables: curves, hours, places, needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from liff_app.charts import STEPS, StepChart, step_chart
from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.shelters.disasters.figures import Count, Figures, PlaceFigures, sampled
from liff_app.shelters.disasters.queries import DisasterLine
from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.occupancy.words import NEED_WORDS

MOST_ROWS = 24  # hours of a day; more is read in the CSV
PLACE_COLUMNS = (
    *("施設名", "最初の開設", "閉鎖", "最多人数", "最多の時刻"),
    *("報告の数", "最長の無報告（分）", "ID"),
)
COUNT_COLUMNS = ("時刻", "開設中の避難所", "避難者数", *(f"不足_{need.value}" for need in Need))


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """Something that was lacking, in words."""

    label: str
    places: int
    first_at: datetime
    most: int
    most_at: datetime
    still: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A place's figures, with its longest silence in words."""

    figures: PlaceFigures
    silence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePage:
    """Everything the page shows; `end` is now while it goes on."""

    figures: Figures
    people: StepChart
    open: StepChart
    hours: tuple[Count, ...]
    places: tuple[PlaceLine, ...]
    needs: tuple[NeedLine, ...]
    end: datetime
    lasted: str


def figure_page(line: DisasterLine, told: Figures, *, now: datetime) -> FigurePage:
    """The figures put into curves, tables and words."""
    end = line.ended_at or now
    start = line.started_at
    return FigurePage(
        figures=told,
        people=step_chart([(start, 0), *((c.at, c.people) for c in told.counts)],
                          start=start, end=end),
        open=step_chart([(start, 0), *((c.at, c.open) for c in told.counts)],
                        start=start, end=end),
        hours=tuple(sampled(told.counts, moments(start, end))),
        places=tuple(
            PlaceLine(figures=one, silence=span_words(one.longest_silence)) for one in told.places
        ),
        needs=tuple(
            NeedLine(
                label=NEED_WORDS[one.need](), places=one.places, first_at=one.first_at,
                most=one.most, most_at=one.most_at, still=one.still,
            )
            for one in told.needs
        ),
        end=end,
        lasted=span_words(end - start),
    )  # fmt: skip


def moments(start: datetime, end: datetime) -> Iterator[datetime]:
    """Round times of Japan between start and end, with both, few enough for a table."""
    step = next((one for one in STEPS if (end - start) / one <= MOST_ROWS), STEPS[-1])
    midnight = start.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    yield start
    moment = midnight + step * ((start - midnight) // step + 1)
    while moment < end:
        yield moment
        moment += step
    if end > start:
        yield end


def span_words(span: timedelta | None) -> str:
    """A span of time in words, to the minute; empty for None."""
    if span is None:
        return ""
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(d)s日%(h)s時間", d=days, h=hours)
    if hours:
        return _("%(h)s時間%(m)s分", h=hours, m=rest)
    return _("%(m)s分", m=rest)


def place_rows(told: Figures) -> list[tuple[str, ...]]:
    """The places as cells of `PLACE_COLUMNS`; what is unknown is empty, never 0."""
    return [
        (
            one.name,
            _time(one.first_opened),
            _time(one.closed_at),
            "" if one.peak is None else str(one.peak),
            _time(one.peak_at),
            str(one.reports),
            _minutes(one.longest_silence),
            one.shelter_id,
        )
        for one in told.places
    ]


def count_rows(told: Figures) -> list[tuple[str, ...]]:
    """The counts as cells of `COUNT_COLUMNS`."""
    return [
        (
            _time(one.at),
            str(one.open),
            str(one.people),
            *(str(one.needs.get(need, 0)) for need in Need),
        )
        for one in told.counts
    ]


def _time(moment: datetime | None) -> str:
    return moment.astimezone(JST).isoformat(timespec="seconds") if moment else ""


def _minutes(span: timedelta | None) -> str:
    return "" if span is None else str(int(span.total_seconds() // 60))
