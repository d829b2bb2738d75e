"""Correcting what was returned: what is wrong and why, then only those questions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.fields.showing import summary
from liff_app.procedures.fields.views import Line
from liff_app.procedures.filling import correction
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.correction import NotReturned
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.following import reading
from liff_app.procedures.following.reading import Mine

bp = Blueprint("procedure_correcting", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to put right: what it is about, why, and where on a picture."""

    title: str
    comment: str
    lines: tuple[Line, ...]
    spot: Spot | None
    picture: str  # address of the picture that the spot lies on


@bp.get("/<ref>/correct")
def ask(ref: str) -> ResponseReturnValue:
    """Everything that is to be put right, with the reasons."""
    keys = current_app.config["SETTINGS"].keys
    mine = reading.one(db.session, ref, g.resident_id, keys=keys)
    if mine.returned is None:
        return redirect(url_for("procedure_mine.show", ref=ref))
    points = [_point(mine, one) for one in mine.returned.items]
    return unkept(render_template("procedures/correct.html", mine=mine, points=points))


@bp.post("/<ref>/correct")
def begin(ref: str) -> ResponseReturnValue:
    """The draft in which it is put right is next; one that was begun is gone on with."""
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    with transaction() as session:
        row = reading.hold(session, ref, g.resident_id)
        filler = Filler(resident_id=g.resident_id)
        draft_ref = correction.begin(session, row, filler=filler, keys=keys, now=now)
    return redirect(url_for("procedure_form.resume", ref=draft_ref), 303)


@bp.errorhandler(NotReturned)
def refuse(error: NotReturned) -> ResponseReturnValue:
    """What cannot be put right any more, and why."""
    answer = unkept(render_template("procedures/refused.html", refused=error))
    answer.status_code = 409
    return answer


def _point(mine: Mine, item: Item) -> Point:
    def address(file_id: str, is_thumb: bool) -> str:  # noqa: FBT001 - as `fields` asks
        size = "thumb" if is_thumb else "whole"
        return url_for("procedure_mine.file", ref=mine.ref, file_id=file_id, size=size)

    sections = summary(
        mine.form.document, mine.evaluated, mine.language, mine.files, address=address
    )
    blocks = [block for section in sections for block in section.blocks]
    lines = tuple(
        line for block in blocks for line in block.lines if correction.named(line.path, item.path)
    )
    heading = next((one.title for one in blocks if one.path == item.path), "")
    title = heading or (lines[0].label if len(lines) == 1 else "")
    picture = address(item.spot.file_id, False) if item.spot else ""
    return Point(title=title, comment=item.comment, lines=lines, spot=item.spot, picture=picture)
