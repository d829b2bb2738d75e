"""`/console/shelters`: every place of the town, the urgent ones first, and what refreshes it."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db
from liff_app.shelters.console import attention
from liff_app.shelters.console.desk import desk
from liff_app.shelters.console.forms import BoardForm
from liff_app.shelters.console.pages import board_page
from liff_app.shelters.console.pieces import FIELDS
from liff_app.staff.guard import colleague

bp = Blueprint("shelter_board", __name__)

SMALL, LEVEL = 600, 4  # bytes worth compressing; a level that costs 3 ms for the largest board


@bp.get("")
def show() -> ResponseReturnValue:
    """The board, as the question in the address asks for it."""
    page = board_page(BoardForm.from_query(), colleague().shelters(), now=clock.now())
    changed = request.args.get("changed", type=int)
    return render_template("shelters/console/board.html", page=page, changed=changed)


@bp.get("/board.json")
def refresh() -> ResponseReturnValue:
    """The same rows for the open page; 304 while nobody reported anything."""
    form, mine = BoardForm.from_query(), colleague().shelters()
    glance = desk().now(db.session, clock.now())
    disaster = glance.disaster.id if glance.disaster else None
    theirs = None if mine is None else sorted(mine)
    tag = desk().tag(glance, json.dumps([form.as_query(), theirs, disaster]))
    if f'"{tag}"' in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    rows = desk().pieces(attention.answer(glance.rows, form.to_question()), mine)
    said = {
        "disaster": disaster,
        "counts": asdict(glance.counts),
        "mine": theirs,
        "fields": FIELDS,
    }
    head = json.dumps(said, ensure_ascii=False, separators=(",", ":")).removesuffix("}")
    return _small(b'%b,"rows":[%b]}' % (head.encode(), b",".join(one.json for one in rows)), tag)


def _small(body: bytes, tag: str) -> Response:
    answer = Response(body, content_type="application/json")
    answer.headers["ETag"] = f'"{tag}"'
    answer.vary.add("Accept-Encoding")
    if len(body) > SMALL and "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.set_data(gzip.compress(body, LEVEL, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
