"""`/console/disasters/<id>`: what became of a disaster, in figures, and the files staff hand on."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters import open_data
from liff_app.shelters.console import authors
from liff_app.shelters.disasters import figure_pages, pages, queries, service
from liff_app.shelters.disasters.figures import Figures, figures
from liff_app.shelters.disasters.queries import DisasterLine
from liff_app.shelters.lists import exports
from liff_app.shelters.service import policy
from liff_app.staff.guard import colleague, note
from liff_app.staff.vocabulary import Role

CSV = "text/csv; charset=utf-8"


def show(disaster_id: str) -> ResponseReturnValue:
    """Its life, its curves and its places."""
    line = service.find(db.session, disaster_id)
    return render_template(
        "shelters/console/disaster.html",
        disaster=pages.piece(line, authors.names(db.session)),
        steps=pages.step_pieces(db.session, disaster_id),
        page=figure_pages.figure_page(line, figures_of(line), now=clock.now()),
        may_change=colleague().may(Role.ADMINISTRATOR),
    )


def places_csv(disaster_id: str) -> ResponseReturnValue:
    """A line for each place that was reported on."""
    line = service.find(db.session, disaster_id)
    rows = figure_pages.place_rows(figures_of(line))
    body = exports.table_csv(_columns(line, figure_pages.PLACE_COLUMNS), _rows(line, rows))
    return _file(line, "places", "避難所ごと", body)


def counts_csv(disaster_id: str) -> ResponseReturnValue:
    """A line for each moment in which a count changed."""
    line = service.find(db.session, disaster_id)
    rows = figure_pages.count_rows(figures_of(line))
    body = exports.table_csv(_columns(line, figure_pages.COUNT_COLUMNS), _rows(line, rows))
    return _file(line, "counts", "推移", body)


def eei_csv(disaster_id: str) -> ResponseReturnValue:
    """The places' states under the names of 災害対応基本共有情報, to hand on to the prefecture."""
    line = service.find(db.session, disaster_id)
    return _file(line, "eei", "EEI避難所", open_data.eei_csv(db.session, line, policy()))


def figures_of(line: DisasterLine) -> Figures:
    """Its figures so far."""
    histories = queries.place_histories(db.session, line.id)
    return figures(histories, until=line.ended_at or clock.now())


def _columns(line: DisasterLine, columns: tuple[str, ...]) -> tuple[str, ...]:
    return (exports.DRILL_COLUMN, *columns) if line.drill else columns


def _rows(line: DisasterLine, rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(exports.DRILL_COLUMN, *row) for row in rows] if line.drill else rows


def _file(line: DisasterLine, form: str, word: str, body: bytes) -> Response:
    """A download whose name says a drill, after the log has it."""
    with transaction() as session:
        note(session, "disaster.exported", f"disaster:{line.id}", detail={"format": form})
    day = line.started_at.astimezone(clock.JST).strftime("%Y%m%d")
    answer = Response(body, content_type=CSV)
    name = f"{'訓練_' if line.drill else ''}{word}_{day}_{line.id}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
