"""`/console/audit`: the log, found by period, hand, deed and thing, and taken out as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from liff_app import clock, spreadsheet
from liff_app.audit import chain, queries, service, words
from liff_app.audit.desk import desk, names_of
from liff_app.audit.forms import ExportForm, LogForm
from liff_app.audit.queries import Line
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _

bp = Blueprint("audit_console", __name__)


@bp.get("")
def index() -> ResponseReturnValue:
    """A page of the log, the newest first."""
    log = LogForm.from_query()
    return _page(log, ExportForm(None), log.wrong())


@bp.post("/audit.csv")
def export() -> ResponseReturnValue:
    """The events that are found, as CSV; that they were taken, and why, is in the log itself."""
    desk().fresh()
    log, asked = LogForm.from_posted(), ExportForm()
    errors = [*log.wrong(), *asked.wrong()] or _too_many(log)
    if errors:
        return _page(log, asked, errors), 422
    lines = list(queries.found(db.session, log.to_search()))
    body = _file(lines)
    detail = {"rows": len(lines), "reason": asked.reason.data, "reference": asked.paper()}
    with transaction() as session:
        desk().note(session, "audit.exported", "audit", detail=detail)
    return _download(body)


def _page(log: LogForm, asked: ExportForm, errors: list[FieldError]) -> str:
    """The page: what was looked for, what was found, and what was wrong with the question."""
    search, (before, after) = log.to_search(), log.place()
    page = queries.page(db.session, search, before=before, after=after)
    names = _names(page.lines, search.actor, search.subject)
    return render_template(
        "audit/console/index.html",
        form=log,
        asked=asked,
        errors=errors,
        wrong={error.field: error.message for error in errors},
        conditions=log.conditions(),
        page=page,
        head=service.head(db.session),
        actions=words.actions(),
        actors=words.actors(),
        details=words.details(),
        reasons=words.reasons(),
        said=lambda text: words.thing(text, names),
        told=_told,
        year=_year,
    )


def _told(name: str, said: str | int | bool | None) -> str:  # noqa: FBT001 - JSON's own kinds
    """What a detail holds, in the words of the feature that wrote it or of the log."""
    say = desk().values.get(name)
    return say(db.session, said) if say and isinstance(said, str) else words.value(name, said)


def _year(moment: datetime) -> str:
    """The year where it is not this one: most of what is looked for is of this week."""
    then, now = moment.astimezone(JST).year, clock.now().astimezone(JST).year
    return _("%(y)s年", y=then) if then != now else ""


def _names(lines: Sequence[Line], *others: str) -> dict[str, str]:
    return names_of(db.session, {text for one in lines for text in (one.actor, one.subject)}
                    | set(others))  # fmt: skip


def _too_many(log: LogForm) -> list[FieldError]:
    if queries.count(db.session, log.to_search()) <= queries.MOST_ROWS:
        return []
    return [FieldError("since", "too_many", _("10万件をこえます。期間を短くしてください。"))]


def _file(lines: Sequence[Line]) -> bytes:
    """Codes and words side by side: the one for machines, the other for whoever reads it."""
    names, done = _names(lines), words.actions()
    header = (
        *(_("番号"), _("日時"), _("だれが（番号）"), _("だれが")),
        *(_("したこと（番号）"), _("したこと"), _("対象（番号）"), _("対象")),
        *(_("人数"), _("くわしく"), _("印")),
    )
    return spreadsheet.csv_file(
        header,
        (
            (
                one.number, one.at.astimezone(JST).isoformat(timespec="seconds"),
                one.actor, words.thing(one.actor, names),
                one.action, done.get(one.action, one.action),
                one.subject, words.thing(one.subject, names),
                one.persons, chain.canonical(one.detail), one.seal,
            )
            for one in lines
        ),
    )  # fmt: skip


def _download(body: bytes) -> Response:
    name = f"audit-{clock.now().astimezone(JST):%Y%m%d-%H%M}.csv"
    answer = Response(body, content_type=spreadsheet.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
