"""The console's navigation: a line where its page exists and the colleague may open it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Flask, current_app, g, request, url_for

from liff_app.i18n import gettext as _
from liff_app.staff import guard
from liff_app.staff.rules import Colleague


@dataclass(frozen=True, slots=True)
class Line:
    """A page in the navigation: its endpoint, its name, and what is done there.

    `parts` are further blueprints whose pages belong to it. `looking` is the hint for somebody who
    may not open `doing`, and so only looks.
    """

    endpoint: str
    label: str
    hint: str = ""
    parts: frozenset[str] = frozenset()
    doing: str = ""
    looking: str = ""

    def has(self, blueprint: str) -> bool:
        """Whether pages of that blueprint belong to it."""
        return blueprint == self.endpoint.partition(".")[0] or blueprint in self.parts


PLACES = frozenset({"shelter_map", "shelter_bulk", "shelter_place", "ad_hoc_shelter"})
REPORTS = frozenset({
    "report_bulk", "report_views", "report_case", "report_merging", "report_moderation",
    "report_masking", "report_sheet", "report_templates", "report_proxy", "report_steps",
    "report_exports",
})  # fmt: skip
SUBMISSIONS = frozenset({
    "procedure_case", "procedure_steps", "procedure_bulk", "procedure_sheet",
    "procedure_templates", "procedure_fill", "procedure_exports", "procedure_returning",
    "procedure_papers",
})  # fmt: skip
FORMS = frozenset({"procedure_publishing", "procedure_editor", "procedure_hooks"})
FIGURES = frozenset({"procedure_results"})
COLLEAGUES = frozenset({"key_console", "departments"})


def lines() -> tuple[Line, ...]:
    """Every page that stands in the navigation, in its order."""
    return (
        Line("console.index", _("はじめ")),
        Line(
            "shelter_board.show", _("避難所"), _("開設と混みぐあいを見て、変えます"), PLACES,
            "shelter_place.change", _("開設と混みぐあいを見ます（見るだけ）"),
        ),
        Line(
            "disaster_console.index", _("災害"), _("災害を始め、終え、記録を見ます"),
            doing="disaster_console.start", looking=_("災害と訓練の記録を見ます（見るだけ）"),
        ),
        Line("shelter_passes.index", _("現場用QR"), _("避難所を開ける人にわたすQRを印刷します")),
        Line(
            "checkin_console.index", _("受付"), _("受付の合計を見て、入口の紙を印刷します"),
            doing="checkin_console.posters", looking=_("受付の合計を見ます（見るだけ）"),
        ),
        Line(
            "report_console.inbox", _("通報"), _("住民からの通報を読み、対応します"), REPORTS,
        ),
        Line("report_figures.show", _("通報の統計"), _("通報の数と、かかった日数を見ます")),
        Line("report_categories.index", _("通報の種類"), _("住民がえらぶ種類と、その先を決めます")),
        Line(
            "procedure_console.queue", _("申請"), _("住民からの申請を審査します"), SUBMISSIONS,
        ),
        Line(
            "procedure_forms.index", _("手続きの様式"),
            _("申請やアンケートの様式を作り、公開します"), FORMS,
        ),
        Line(
            "procedure_figures.index", _("手続きの統計"),
            _("申請の数と、アンケートの結果を見ます"), FIGURES,
        ),
        Line("message_console.index", _("お知らせ配信"), _("お知らせを書き、送ります")),
        Line("list_imports.index", _("一覧の取り込み"), _("避難所の一覧を入れかえます")),
        Line("staff_console.index", _("職員"), _("職員と役割、ログインを管理します"), COLLEAGUES),
        Line("audit_console.index", _("記録"), _("だれがいつ何をしたかを調べます")),
    )  # fmt: skip


def opened() -> list[Line]:
    """The lines whose page exists and that the colleague may open."""
    if present() is None:
        return []
    return [_for_reader(line) for line in lines() if may(line.endpoint)]


def _for_reader(line: Line) -> Line:
    """The line with the hint of somebody who only looks, where the colleague does."""
    return replace(line, hint=line.looking) if line.doing and not may(line.doing) else line


def may(endpoint: str) -> bool:
    """Whether the page exists and the colleague may open it; anything else would be a 403."""
    return endpoint in current_app.view_functions and guard.may_open(endpoint)


def sections() -> list[tuple[str, str, bool]]:
    """Label, address and whether this page belongs to it, of what the colleague may open."""
    here = (request.endpoint or "").partition(".")[0]
    return [(line.label, url_for(line.endpoint), line.has(here)) for line in opened()]


def init_app(app: Flask) -> None:
    """The console's layout can ask for the navigation and for who is signed in."""
    app.jinja_env.globals.update(
        console_sections=sections, console_colleague=present, console_may=may
    )


def present() -> Colleague | None:
    """The colleague whom the gate let in; None on the pages in front of it."""
    found: Colleague | None = g.get("colleague")
    return found
