"""`/liff/reports`: what became of what a resident reported, and what they can still do about it.

Every step is a form that works without a script. Each may be sent twice: the operations behind
them do nothing more the second time.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from liff_app import clock, errors
from liff_app.db import db, transaction
from liff_app.errors import (
    STATUS,
    Conflict,
    DomainError,
    InputInvalid,
    NotFound,
    StorageFull,
    TooMany,
    Unavailable,
)
from liff_app.photos import service as photos
from liff_app.photos import serving
from liff_app.reports import api_input, api_photos, following, my_words, queries
from liff_app.reports.my_queries import MyReport, one_mine
from liff_app.reports.vocabulary import FixAnswer

bp = Blueprint("reports", __name__)

DONE = frozenset(
    {"fixed", "not_yet", "replied", "photo", "text_gone", "photo_gone", "withdrawn", "joined"}
)


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A photo is larger than other requests; said before the guard reads the form."""
    if endpoint == "reports.add_photo":
        request.max_content_length = api_input.PHOTO_REQUEST


@bp.get("")
def index() -> ResponseReturnValue:
    """Everything the resident reported or joined, newest first."""
    lines = queries.mine(db.session, g.resident_id)
    return _unkept(render_template("reports/mine.html", lines=lines, words=my_words))


@bp.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """One report: whole for its followers, for others what is public and 「わたしも」."""
    return _unkept(_page(ref))


@bp.get("/<ref>/photos/<photo_id>/<any(large, thumb):size>")
def photo(ref: str, photo_id: str, size: photos.Size) -> Response:
    """A photo on the reader's report: theirs as they sent it, others as the public sees them."""
    found = one_mine(db.session, ref, g.resident_id, now=clock.now())
    known = next((one for one in found.photos if one.id == photo_id), None)
    if known is None:
        raise NotFound("no such photo here")
    public = known.by_staff or not found.is_reporter
    store = current_app.extensions["file_store"]
    return serving.answer(photos.read(db.session, store, photo_id, size, public=public))


@bp.post("/<ref>/fix")
def answer_fix(ref: str) -> ResponseReturnValue:
    """直った or まだ is on record; まだ opens the report again."""
    said = request.form.get("answer", "")
    if said not in set(FixAnswer):
        raise NotFound("no such answer")
    with transaction() as session:
        following.answer_fix(
            session, ref, FixAnswer(said), request.form.get("text", ""),
            resident_id=g.resident_id, now=clock.now(),
        )  # fmt: skip
    return _back(ref, said)


@bp.post("/<ref>/reply")
def reply(ref: str) -> ResponseReturnValue:
    """The town's question is answered."""
    with transaction() as session:
        following.reply(
            session, ref, request.form.get("text", ""),
            resident_id=g.resident_id, now=clock.now(),
        )  # fmt: skip
    return _back(ref, "replied")


@bp.post("/<ref>/photos")
def add_photo(ref: str) -> ResponseReturnValue:
    """A photo more is on the report."""
    api_photos.add(ref, api_input.read_photo(), resident_id=g.resident_id)
    return _back(ref, "photo")


@bp.post("/<ref>/photos/<photo_id>/take-back")
def take_back_photo(ref: str, photo_id: str) -> ResponseReturnValue:
    """The resident's photo is gone for everybody."""
    store = current_app.extensions["file_store"]
    with transaction() as session:
        following.take_back_photo(
            session, store, ref, photo_id, resident_id=g.resident_id, now=clock.now()
        )
    return _back(ref, "photo_gone")


@bp.post("/<ref>/take-back-text")
def take_back_text(ref: str) -> ResponseReturnValue:
    """What the resident wrote is gone."""
    with transaction() as session:
        following.take_back_text(session, ref, resident_id=g.resident_id, now=clock.now())
    return _back(ref, "text_gone")


@bp.post("/<ref>/withdraw")
def withdraw(ref: str) -> ResponseReturnValue:
    """The report is withdrawn."""
    with transaction() as session:
        following.withdraw(session, ref, resident_id=g.resident_id, now=clock.now())
    return _back(ref, "withdrawn")


@bp.post("/<ref>/join")
def join(ref: str) -> ResponseReturnValue:
    """「わたしも」: the resident follows the report, or the one it is worked together with."""
    with transaction() as session:
        receipt = following.join(session, ref, resident_id=g.resident_id, now=clock.now())
    return _back(receipt.ref, "joined")


@bp.post("/<ref>/leave")
def leave(ref: str) -> ResponseReturnValue:
    """Who joined is told no more."""
    with transaction() as session:
        following.leave(session, ref, resident_id=g.resident_id, now=clock.now())
    return redirect(url_for(".index"), 303)


@bp.errorhandler(Conflict)
@bp.errorhandler(InputInvalid)
@bp.errorhandler(StorageFull)
@bp.errorhandler(TooMany)
@bp.errorhandler(Unavailable)
def refuse(error: DomainError) -> ResponseReturnValue:
    """What was refused stands on the report's page, with what was typed."""
    ref = (request.view_args or {}).get("ref")
    try:
        answer = _unkept(_page(str(ref), error))
    except NotFound as absent:  # raised in here it would be a crash
        return errors.answer(absent)
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    answer.status_code = status.value
    return answer


def _page(ref: str, refused: DomainError | None = None) -> str:
    """The page of a report, for whoever asks. Raises NotFound for what they may not see."""
    try:
        found = one_mine(db.session, ref, g.resident_id, now=clock.now())
    except NotFound:
        return _public_page(ref, refused)
    return _own_page(found, refused)


def _own_page(found: MyReport, refused: DomainError | None) -> str:
    done = request.args.get("done", "")
    return render_template(
        "reports/show.html",
        report=found,
        words=my_words,
        refused=refused,
        errors=refused.errors if isinstance(refused, InputInvalid) else [],
        typed=request.form.get("text", "") if refused else "",
        done=done if done in DONE else "",
    )


def _public_page(ref: str, refused: DomainError | None) -> str:
    return render_template(
        "reports/public.html",
        report=queries.public_one(db.session, ref),
        words=my_words,
        refused=refused,
    )


def _back(ref: str, done: str) -> ResponseReturnValue:
    return redirect(url_for(".show", ref=ref, done=done), 303)


def _unkept(page: str) -> Response:
    """A person's page, which no cache may keep."""
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer
