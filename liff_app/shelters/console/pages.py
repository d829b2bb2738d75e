"""What the board's page shows, put together from the desk and the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from liff_app.db import db
from liff_app.i18n import gettext as _
from liff_app.shelters.console import attention
from liff_app.shelters.console.attention import Counts, Order, Show
from liff_app.shelters.console.desk import desk
from liff_app.shelters.console.forms import BoardForm
from liff_app.shelters.console.pieces import Piece
from liff_app.shelters.console.words import (
    LEVEL_WORDS,
    OPENING_WORDS,
    ORDER_WORDS,
    SETTABLE,
    SHOW_WORDS,
    age_words,
    kind_word,
)
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.pages import Banner
from liff_app.shelters.places import DisasterView, Kind
from liff_app.shelters.words import hazard_word

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A row ready to be written: its markup up to the age, the age, and the rest."""

    before: str
    age: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number on top, which leads to the places it counts."""

    code: str
    value: str
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """Everything the template needs. `may_add`: the reader may change every place."""

    disaster: Banner | None
    figures: list[Figure]
    counts: Counts
    lines: list[Line]
    asked: dict[str, str]
    shows: Options
    needs: Options
    kinds: Options
    orders: list[tuple[str, str, bool]]
    openings: Options
    levels: Options
    may_change: bool
    may_add: bool
    refresh_url: str
    now: datetime


def board_page(form: BoardForm, mine: frozenset[str] | None, *, now: datetime) -> BoardPage:
    """The board for somebody who may change `mine` (None: all places)."""
    question, asked = form.to_question(), form.as_query()
    glance = desk().now(db.session, now)
    rows = attention.answer(glance.rows, question)
    return BoardPage(
        disaster=banner(glance.disaster),
        figures=_figures(glance.counts, asked) if glance.disaster else [],
        counts=glance.counts,
        lines=_lines(desk().pieces(rows, mine), now),
        asked=asked,
        shows=[(one.value, words()) for one, words in SHOW_WORDS.items()],
        needs=[("", _("どれでも")), *((n.value, words()) for n, words in NEED_WORDS.items())],
        kinds=[("", _("すべて")), *((kind.value, kind_word(kind)) for kind in Kind)],
        orders=_orders(asked, question.order),
        openings=[(one.value, OPENING_WORDS[one]()) for one in SETTABLE],
        levels=[(one.value, words()) for one, words in LEVEL_WORDS.items()],
        may_change=glance.disaster is not None and mine != frozenset(),
        may_add=mine is None,
        refresh_url=address("shelter_board.refresh", asked),
        now=now,
    )


def _lines(pieces: list[Piece], now: datetime) -> list[Line]:
    """The pieces with their ages; hundreds of places share few of them."""
    ages: dict[int | None, str] = {None: ""}
    lines = []
    for piece in pieces:
        moment = piece.view.updated_at
        minutes = None if moment is None else (now - moment) // timedelta(minutes=1)
        if minutes not in ages and moment is not None:
            ages[minutes] = age_words(moment, now)
        lines.append(Line(piece.before, ages[minutes], piece.after))
    return lines


def banner(disaster: DisasterView | None) -> Banner | None:
    """The open disaster in words, None in normal times."""
    if disaster is None:
        return None
    return Banner(
        name=disaster.name,
        hazards=tuple(hazard_word(hazard) for hazard in disaster.hazards),
        area=disaster.area,
        drill=disaster.drill,
        started_at=disaster.started_at,
    )


def _figures(counts: Counts, asked: dict[str, str]) -> list[Figure]:
    figures = (
        (Show.OPEN, counts.open, _("%(n)sか所", n=f"{counts.open:,}"), _("開設")),
        (None, counts.people, _("%(n)s人", n=f"{counts.people:,}"), _("避難者")),
        (Show.FULL, counts.full, _("%(n)sか所", n=f"{counts.full:,}"), _("満員")),
        (Show.STALE, counts.stale, _("%(n)s件", n=f"{counts.stale:,}"), _("古い情報")),
        (Show.SILENT, counts.silent, _("%(n)s件", n=f"{counts.silent:,}"), _("まだ報告なし")),
    )
    now_shown = asked.get("show", "")
    return [
        Figure(
            code=show.value if show else "people",
            value=value,
            label=label,
            href=_board_url(asked, show=show.value)
            if show
            else _board_url(asked, order=Order.PEOPLE.value),
            current=bool(show) and show == now_shown,
        )
        for show, _number, value, label in figures
    ]


def _orders(asked: dict[str, str], current: Order) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is this one, of each order."""
    return [
        (words(), _board_url(asked, order=one.value), one is current)
        for one, words in ORDER_WORDS.items()
    ]


def _board_url(asked: dict[str, str], **changed: str) -> str:
    usual = (Show.ALL.value, Order.ATTENTION.value)
    wanted = {name: v for name, v in (asked | changed).items() if v not in usual}
    return address("shelter_board.show", wanted)


def address(endpoint: str, asked: Mapping[str, str]) -> str:
    """Address of an endpoint with that question."""
    query: dict[str, Any] = dict(asked)
    return url_for(endpoint, **query)
