"""`/liff/procedures/sent`: what became of what a resident sent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures import revisions
from liff_app.procedures.fields.showing import summary
from liff_app.procedures.files import service as files
from liff_app.procedures.files import serving
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.sent_files import sent_files
from liff_app.procedures.filling.submitting import files_in
from liff_app.procedures.following import documents, reading, withdrawing, wording
from liff_app.procedures.following.reading import Mine
from liff_app.procedures.following.withdrawing import TooLate

bp = Blueprint("procedure_mine", __name__)


@bp.get("")
def index() -> ResponseReturnValue:
    """Everything the resident sent: what asks for something first, then the newest."""
    lines = reading.asking(db.session, g.resident_id)
    lines += reading.lines(db.session, g.resident_id)
    return unkept(render_template("procedures/mine.html", lines=lines, words=wording))


@bp.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Where one submission stands, what happened, what was answered, what can be done now."""
    return _page(_mine(ref))


@bp.get("/<ref>/revisions/<int:number>")
def revision(ref: str, number: int) -> ResponseReturnValue:
    """What was sent that time, and what was different from the time before."""
    mine = _mine(ref)
    moment = next((one for one in mine.revisions if one.number == number), None)
    if moment is None:  # before a database is asked for a number that it may not hold
        raise NotFound("no such sending")
    row = reading.row_of(db.session, ref, g.resident_id)
    values = revisions.read(db.session, row, number, key=mine.key)
    before = revisions.read(db.session, row, number - 1, key=mine.key) if number > 1 else None
    found = reading.evaluated(mine, values)
    earlier = reading.evaluated(mine, before).values if before is not None else None
    known = files.views(db.session, mine.key, files_in(mine.form.document, values))
    sections = summary(
        mine.form.document, found, mine.language, known, before=earlier, address=_address(ref)
    )
    return unkept(
        render_template(
            "procedures/revision.html", mine=mine, number=number, sections=sections, at=moment.at
        )
    )  # fmt: skip


@bp.get("/<ref>/files/<file_id>/<any(whole, thumb):size>")
def file(ref: str, file_id: str, size: str) -> Response:
    """A file that the resident sent, or a document of the decision once it is theirs to see."""
    mine, row = _mine(ref), reading.row_of(db.session, ref, g.resident_id)
    given = {one.id for one in mine.documents}
    if file_id not in given | sent_files(db.session, row, mine.form.document, key=mine.key):
        raise NotFound("no such file here")
    store = current_app.extensions["file_store"]
    served = files.read(db.session, store, mine.key, file_id, thumb=size == "thumb")
    return serving.answer(served, inline=True)


@bp.get("/<ref>/withdraw")
def ask_withdraw(ref: str) -> ResponseReturnValue:
    """Whether it is really to be taken back."""
    mine = _mine(ref)
    if not mine.may_withdraw:
        return redirect(url_for(".show", ref=ref))
    return unkept(render_template("procedures/withdraw.html", mine=mine))


@bp.post("/<ref>/withdraw")
def withdraw(ref: str) -> ResponseReturnValue:
    """It is taken back."""
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    with transaction() as session:
        withdrawing.withdraw(
            session, ref, request.form.get("reason", ""),
            resident_id=g.resident_id, keys=keys, now=now,
        )  # fmt: skip
    return redirect(url_for(".show", ref=ref, done="withdrawn"), 303)


@bp.errorhandler(TooLate)
def refuse(error: TooLate) -> ResponseReturnValue:
    """What cannot be done any more stands on the submission's page."""
    answer = _page(_mine(str((request.view_args or {}).get("ref"))), refused=error.shown_title)
    answer.status_code = 409
    return answer


def _mine(ref: str) -> Mine:
    keys = current_app.config["SETTINGS"].keys
    return reading.one(db.session, ref, g.resident_id, keys=keys)


def _page(mine: Mine, refused: str = "") -> Response:
    sections = summary(
        mine.form.document, mine.evaluated, mine.language, mine.files, address=_address(mine.ref)
    )
    links = {one.id: documents.link(one.id, mine.ref, now=clock.now()) for one in mine.documents}
    done = request.args.get("done", "")
    return unkept(
        render_template(
            "procedures/show.html", mine=mine, sections=sections, words=wording, links=links,
            refused=refused, done=done if done in ("withdrawn", "corrected") else "",
        )
    )  # fmt: skip


def _address(ref: str) -> Any:  # noqa: ANN401 - a function of an id
    def address(file_id: str, is_thumb: bool) -> str:  # noqa: FBT001 - as `fields` asks
        return url_for(
            "procedure_mine.file", ref=ref, file_id=file_id, size="thumb" if is_thumb else "whole"
        )

    return address
