"""`/procedures/documents`: a decision's document by a short-lived link.

LINE's own browser cannot save a file. The page gives a link that the phone's browser opens without
signing in: it opens one document, for ten minutes, and says nothing of whose it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from liff_app import clock
from liff_app.db import db
from liff_app.errors import NotFound
from liff_app.procedures import dossiers
from liff_app.procedures.desk import documents
from liff_app.procedures.files import service as files
from liff_app.procedures.files import serving
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.following import reading

bp = Blueprint("procedure_documents", __name__)

OPEN = timedelta(minutes=10)
PURPOSE = "procedure-document"


def link(file_id: str, ref: str, *, now: datetime) -> str:
    """Address that opens that document of that submission until `OPEN` is over."""
    said = [ref, file_id, int((now + OPEN).timestamp())]
    token = _signer().dumps(said)
    text = token if isinstance(token, str) else token.decode()
    return url_for("procedure_documents.show", token=text)


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The document, to be saved; a link that is over says so."""
    try:
        ref, file_id, until = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound("no such link") from None
    if clock.now().timestamp() >= until:
        answer = unkept(render_template("procedures/link_over.html"))
        answer.status_code = 410
        return answer
    row = reading.any_row(db.session, ref)
    key = dossiers.key_of(db.session, current_app.config["SETTINGS"].keys, row.dossier_id)
    if file_id not in {one.id for one in documents.given(db.session, row, key)}:
        raise NotFound("not given out")
    store = current_app.extensions["file_store"]
    served = files.read(db.session, store, key, file_id)
    return serving.answer(served, inline=False)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)
