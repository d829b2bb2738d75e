"""The exported table: its headings and each report in words, without a request around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from liff_app import working_days
from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import Category
from liff_app.reports.console.case_words import PLACE_WAY, SOURCE
from liff_app.reports.console.rows import Names, names, number
from liff_app.reports.export import ExportLine
from liff_app.spreadsheet import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that codes are called, looked up once for a table."""

    known: Names
    kinds: Mapping[str, Category]
    sources: Mapping[str, str]
    ways: Mapping[str, str]
    yes: str


def words(session: Session) -> Words:
    """The names as they are now, in the language of the request."""
    return Words(
        known=names(session),
        kinds={one.code: one for one in categories.all_categories(session)},
        sources={one.value: word() for one, word in SOURCE.items()},
        ways={one.value: word() for one, word in PLACE_WAY.items()},
        yes=_("はい"),
    )


def headings(*, contact: bool) -> list[str]:
    """The first line."""
    return [
        *(_("受付番号"), _("種類"), _("段階"), _("受付日時"), _("最初の返事"), _("終わった日時")),
        *(_("更新日時"), _("期限"), _("期限切れ"), _("急ぎ具合"), _("部署"), _("担当")),
        *(_("町名"), _("場所の説明"), _("緯度"), _("経度"), _("誤差（m）"), _("場所の決め方")),
        *(_("管理番号"), _("内容"), _("質問の答え"), _("引き継ぎ先"), _("受付の方法")),
        *(_("写真の数"), _("まとめた件数"), _("わたしも"), _("再開した回数")),
        *(_("文を公開"), _("公開から外した")),
        *([_("連絡先")] if contact else []),
    ]


def rows(
    lines: Iterable[ExportLine], said: Words, *, today: date, contact: bool
) -> Iterator[list[Cell]]:
    """Each report in the order of the headings."""
    for one in lines:
        yield [
            *_progress(one, said, today),
            *_place(one, said),
            *_content(one, said),
            *([one.contact] if contact else []),
        ]


def _progress(one: ExportLine, said: Words, today: date) -> list[Cell]:
    known = said.known
    return [
        number(one.id, one.created_at),
        known.categories.get(one.category, one.category),
        known.statuses.get(one.status, one.status),
        _moment(one.created_at),
        _moment(one.first_answer_at),
        _moment(one.closed_at),
        _moment(one.updated_at),
        one.due_on.isoformat() if one.due_on else "",
        said.yes if one.is_open and working_days.is_overdue(one.due_on, today) else "",
        known.priorities.get(one.priority, ""),
        known.departments.get(one.department_id or "", ""),
        known.people.get(one.assignee_id or "", ""),
    ]


def _place(one: ExportLine, said: Words) -> list[Cell]:
    return [
        one.town_name,
        one.place_text,
        round(one.lat, 6),
        round(one.lon, 6),
        one.accuracy_m,
        said.ways.get(one.place_way, one.place_way),
        one.asset_number,
    ]


def _content(one: ExportLine, said: Words) -> list[Cell]:
    return [
        one.description,
        _answers(one, said),
        one.handed_to,
        said.sources.get(one.source, one.source),
        one.photos,
        one.members,
        one.joined,
        one.reopened,
        said.yes if one.text_public else "",
        said.yes if one.hidden else "",
    ]


def _answers(one: ExportLine, said: Words) -> str:
    """Question and answer, one below the other, in words where the category still asks so."""
    kind = said.kinds.get(one.category)
    told = []
    for code, answer in one.answers.items():
        question = kind.question(code) if kind else None
        option = question.option(answer) if question else None
        label = question.label if question else code
        told.append(f"{label}：{option.label if option else answer}")
    return "\n".join(told)


def _moment(moment: datetime | None) -> str:
    """A moment in Japan, as spreadsheets read it."""
    return moment.astimezone(JST).strftime("%Y-%m-%d %H:%M") if moment else ""
