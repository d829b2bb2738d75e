"""`/console/procedures/results`: what people answered to a survey."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import bars, clock
from liff_app.db import db, transaction
from liff_app.errors import Conflict, NotFound
from liff_app.procedures import scope
from liff_app.procedures.exports import collecting
from liff_app.procedures.figures import recounting, results, snapshots
from liff_app.procedures.figures.snapshots import Audience
from liff_app.procedures.figures.survey import QuestionResult
from liff_app.procedures.models import Procedure
from liff_app.procedures.vocabulary import FormKind
from liff_app.staff.guard import colleague, note

bp = Blueprint("procedure_results", __name__)


class Emptied(Conflict):
    """The last count stays."""

    code = "answers_gone"
    title = "保存期間の過ぎた答えがあるので、数え直せません。前に数えた結果を残しています。"


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The last count of every question, and what people wrote of late. The log has who looked."""
    survey, keys = _survey(slug), current_app.config["SETTINGS"].keys
    title, found = survey.title, results.staffs(db.session, survey, keys=keys, now=clock.now())
    db.session.close()
    with transaction() as session:
        note(session, "procedure.results_viewed", f"procedure:{slug}", persons=found.answered)
    return render_template(
        "procedures/console/results.html",
        slug=slug,
        title=title,
        found=found,
        most=results.MOST_READ,
        results=[(one, with_bars(one)) for one in found.results],
    )


@bp.post("/<slug>")
def recount(slug: str) -> ResponseReturnValue:
    """The answers are counted as they are now. What everybody sees stays as it is."""
    keys, now, procedure_id = current_app.config["SETTINGS"].keys, clock.now(), _survey(slug).id
    current = results.current(db.session, slug, now=now)
    if current is None:
        raise NotFound("never published")
    if recounting.is_emptied(db.session, procedure_id):
        raise Emptied("answers are gone")
    made = recounting.counted(db.session, current.form, keys=keys, now=now)
    db.session.close()
    with transaction() as session:
        session.get(Procedure, procedure_id, with_for_update=True)  # the worker may count too
        snapshots.keep(session, procedure_id, Audience.STAFF, made, keys=keys)
        note(session, "procedure.results_counted", f"procedure:{slug}", persons=made.people)
    return redirect(url_for(".show", slug=slug), 303)


def _survey(slug: str) -> Procedure:
    procedure = collecting.procedure_of(db.session, slug, scope.scope_of(colleague()))
    if procedure.kind != FormKind.SURVEY.value:
        raise NotFound("no survey")
    return procedure


def with_bars(one: QuestionResult) -> list[tuple[str, int | None, float]]:
    """Label, count and bar of each line."""
    shares = bars.shares([line.count or 0 for line in one.lines])
    return [(line.label, line.count, share) for line, share in zip(one.lines, shares, strict=True)]
