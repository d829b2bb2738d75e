"""`/console/procedures/cases/<ref>`: one submission, and the files that came with it."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures.desk import documents, queries, reads
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import case_page, looks, walk
from liff_app.procedures.desk.console.case_page import Told
from liff_app.procedures.desk.console.changes import mine
from liff_app.procedures.desk.sendings import files_sent
from liff_app.procedures.files import service as files
from liff_app.procedures.files import serving
from liff_app.procedures.models import Submission
from liff_app.staff.guard import colleague

bp = Blueprint("procedure_case", __name__)
bp.url_defaults(walk.go_along)


@bp.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """The case as it stands; from now on it is no longer unread for this colleague."""
    row = queries.find(db.session, ref, mine())
    seen = row.id, row.version
    answer = case_page.render(ref, Told(done=request.args.get("done", "")))
    with transaction() as session:
        reads.mark(session, colleague().id, *seen)
    return answer


@bp.get("/<ref>/files/<file_id>/<size>")
def file(ref: str, file_id: str, size: str) -> ResponseReturnValue:
    """A file of an answer or a decision, and the log has who looked. `size`: thumb, whole, save."""
    case = case_page.load(db.session, ref)
    if size not in {"thumb", "whole", "save"} or case.key is None or not _holds(case, file_id):
        raise NotFound("no such file")
    store = current_app.extensions["file_store"]
    served = files.read(db.session, store, case.key, file_id, thumb=size == "thumb")
    if size != "thumb":
        looks.note_look(ref, looks.FILE_VIEWED)
    return serving.answer(served, inline=size != "save")


def _holds(case: Case, file_id: str) -> bool:
    """Whether a sending of this case names the file, or it is one of its documents."""
    if case.key is None:
        return False
    row = db.session.get_one(Submission, case.id)
    given = {one.id for one in documents.all_of(db.session, row, case.key)}
    sent = files_sent(db.session, row, key=case.key, document=case.form.document)
    return file_id in given | sent
