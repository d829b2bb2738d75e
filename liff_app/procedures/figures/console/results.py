"""`/console/procedures/results`: what people answered to a survey."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from liff_app import bars
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures import scope
from liff_app.procedures.exports import collecting
from liff_app.procedures.figures import results
from liff_app.procedures.figures.survey import QuestionResult
from liff_app.procedures.vocabulary import FormKind
from liff_app.staff.guard import colleague, note

bp = Blueprint("procedure_results", __name__)


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """Every question with its answers counted, and what people wrote. The log has who looked."""
    procedure = collecting.procedure_of(db.session, slug, scope.scope_of(colleague()))
    if procedure.kind != FormKind.SURVEY.value:
        raise NotFound("no survey")
    title, keys = procedure.title, current_app.config["SETTINGS"].keys
    people, found = results.staffs(db.session, procedure, keys=keys)
    db.session.close()
    with transaction() as session:
        note(session, "procedure.results_viewed", f"procedure:{slug}", persons=people)
    return render_template(
        "procedures/console/results.html",
        slug=slug,
        title=title,
        people=people,
        results=[(one, with_bars(one)) for one in found],
    )


def with_bars(one: QuestionResult) -> list[tuple[str, int | None, float]]:
    """Label, count and bar of each line."""
    shares = bars.shares([line.count or 0 for line in one.lines])
    return [(line.label, line.count, share) for line, share in zip(one.lines, shares, strict=True)]
