"""Documents for the applicant, laid beside a case and taken away again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures.desk import documents, queries
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.console import case_page, walk
from liff_app.procedures.desk.console.case_page import Told
from liff_app.procedures.desk.console.changes import Done, change
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.files import service as files

bp = Blueprint("procedure_papers", __name__)
bp.url_defaults(walk.go_along)

FORM_BYTES = 1024 * 1024  # of the form around the file


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A document is larger than other requests; said before the guard reads the form."""
    if endpoint == "procedure_papers.add":
        request.max_content_length = files.MOST_BYTES + FORM_BYTES


@bp.post("/<ref>/documents")
def add(ref: str) -> ResponseReturnValue:
    """A document lies beside the case; its applicant gets it with the decision."""
    case, store = case_page.load(db.session, ref), current_app.extensions["file_store"]
    if case.key is None:
        return case_page.render(ref, Told()), 409
    key = case.key
    db.session.close()  # looking into a file takes seconds, and holds no connection
    try:
        raw, name = _sent()
        prepared = files.prepare(raw, Kind.FILE, name, field="document")
        shelved = files.shelve(store, prepared, key=key, now=clock.now())
    except InputInvalid as invalid:
        return case_page.render(ref, Told(form="document", errors=tuple(invalid.errors))), 422

    def work(session: Session, by: By) -> Done:
        view = documents.add(session, ref, store, shelved, **by)
        is_out = queries.find(session, ref, by["scope"]).status in documents.OUT
        said = "given" if is_out else ""
        return Done(action="procedure.document_added", said=said, detail={"file": view.id})

    return change(ref, "document", work)


def _sent() -> tuple[bytes, str]:
    """Bytes and name of the file that was chosen. Raises InputInvalid for none."""
    file = request.files.get("document")
    if file is None or not file.filename:
        message = _("書類のファイルをえらんでください。")
        raise InputInvalid([FieldError("document", "required", message)])
    return file.read(), file.filename


@bp.post("/<ref>/documents/<file_id>/remove")
def remove(ref: str, file_id: str) -> ResponseReturnValue:
    """Nobody can open the document any more."""
    store = current_app.extensions["file_store"]

    def work(session: Session, by: By) -> Done:
        documents.remove(session, ref, store, file_id, **by)
        return Done(action="procedure.document_removed", detail={"file": file_id})

    return change(ref, "document", work)
