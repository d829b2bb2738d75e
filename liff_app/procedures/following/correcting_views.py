"""Correcting what was returned: what is wrong and why, then only those questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.fields.showing import summary
from liff_app.procedures.fields.views import Line
from liff_app.procedures.filling import correction, pointing
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.correction import NotReturned
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.filling.pointing import Point, Pointing
from liff_app.procedures.following import reading
from liff_app.procedures.following.reading import Mine

bp = Blueprint("procedure_correcting", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to put right, with the answers it is about."""

    point: Point
    lines: tuple[Line, ...]


@bp.get("/<ref>/correct")
def ask(ref: str) -> ResponseReturnValue:
    """Everything that is to be put right, with the reasons."""
    keys = current_app.config["SETTINGS"].keys
    mine = reading.one(db.session, ref, g.resident_id, keys=keys)
    if mine.returned is None:
        return redirect(url_for("procedure_mine.show", ref=ref))
    points = _told(mine, mine.returned.items)
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


def _told(mine: Mine, items: Sequence[Item]) -> list[Told]:
    def address(file_id: str, is_thumb: bool) -> str:  # noqa: FBT001 - as `fields` asks
        size = "thumb" if is_thumb else "whole"
        return url_for("procedure_mine.file", ref=mine.ref, file_id=file_id, size=size)

    document, evaluated = mine.form.document, mine.evaluated
    pictures = pointing.pictures(db.session, mine.key, items)
    naming = Pointing(document, evaluated, mine.language, pictures, address)
    sections = summary(document, evaluated, mine.language, mine.files, address=address)
    lines = [line for section in sections for line in section.lines]
    return [
        Told(
            point=naming.point(item),
            lines=tuple(line for line in lines if correction.named(line.path, item.path)),
        )
        for item in items
    ]
