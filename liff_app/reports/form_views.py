"""`/liff/reports/new`: a resident tells the town of damage.

With a script it is one page that keeps a draft and sends through the API. Without one the same form
is posted page by page: what → where → words and photos → check → sent. Each page carries what was
said before, and the key that makes a repeat the same report.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import (
    RETRY_AFTER_SECONDS,
    STATUS,
    Conflict,
    DomainError,
    FieldError,
    InputInvalid,
    KeyReused,
    StorageFull,
    TooMany,
    Unavailable,
)
from liff_app.i18n import gettext as _
from liff_app.reports import api_input, api_limits, filing, forms, my_queries, photo_intake
from liff_app.reports.categories.service import Stopped
from liff_app.reports.form_pages import FormPage, form_page
from liff_app.reports.forms import MOST_PHOTOS, Typed
from liff_app.reports.photo_intake import Taken
from liff_app.reports.places import service as places
from liff_app.towns import service as town_names

bp = Blueprint("report_form", __name__)

STEPS = ("category", "place", "words", "check", "send")
REFUSALS = (InputInvalid, KeyReused, TooMany, StorageFull, Unavailable, Conflict)


@bp.url_value_preprocessor
def make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Photos need more room than words do; said before the guard reads the form."""
    request.max_content_length = api_input.REPORT_REQUEST
    request.max_form_memory_size = api_input.TEXT_BYTES
    request.max_form_parts = api_input.MOST_PARTS


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The form, empty; the script puts a draft back into it."""
    return _show("category", forms.blank())


@bp.get("/new/towns.json")
def towns() -> Response:
    """Towns whose name holds what was typed, with the point that stands for each.

    Without words: two corners around all of them, for a map that knows no place yet.
    """
    code = current_app.config["SETTINGS"].municipality_code
    typed = request.args.get("q", "")[:40].strip()
    if not typed:
        return _unkept(jsonify(towns=[], around=town_names.corners(db.session, code)))
    found = places.search(db.session, typed, municipality_code=code)
    named = [{"name": one.name, "kana": one.kana, "lat": one.lat, "lon": one.lon} for one in found]
    return _unkept(jsonify(towns=named))


@bp.post("/new")
def step() -> ResponseReturnValue:
    """On to the page that the pressed button names, or back to the one with a fault."""
    typed, wanted = forms.read(), request.form.get("step", "")
    wanted = wanted if wanted in STEPS else "check"
    try:
        typed = _with_photos(_with_place(typed, wanted), wanted)
        _check(typed, wanted)
        if wanted == "send":
            return _send(typed)
    except REFUSALS as error:
        return _refuse(typed, wanted, error)
    return _show(wanted, typed)


@bp.get("/new/sent/<ref>")
def sent(ref: str) -> ResponseReturnValue:
    """What was sent has arrived: its number, and what happens next."""
    report = my_queries.one_mine(db.session, ref, g.resident_id, now=clock.now())
    return _unkept(make_response(render_template("reports/new_sent.html", report=report)))


def _with_place(typed: Typed, wanted: str) -> Typed:
    """The place is looked up when its page is left; its own search comes back to it."""
    if wanted not in ("words", "check") or (typed.has_place and "town" not in request.form):
        return typed
    code = current_app.config["SETTINGS"].municipality_code
    return forms.placed(db.session, typed, municipality_code=code)


def _with_photos(typed: Typed, wanted: str) -> Typed:
    """The pictures of this page are kept, and named by the form from now on."""
    raws = [file.read() for file in request.files.getlist("photo")]
    raws = [raw for raw in raws if raw]
    if not raws or wanted not in ("check", "words", "place"):
        return typed
    if len(raws) + len(typed.photos) > MOST_PHOTOS:
        message = _("写真は%(n)s枚まで送れます。", n=MOST_PHOTOS)
        raise InputInvalid([FieldError("photo", "too_many", message)])
    with photo_intake.place(g.resident_id):
        ready = photo_intake.take(raws, resident_id=g.resident_id)
        with transaction() as session:
            kept = [_keep(session, one) for one in ready]
    return replace(typed, photos=tuple(dict.fromkeys((*typed.photos, *kept))))


def _keep(session: Session, ready: Taken) -> str:
    view = photo_intake.keep(session, ready, resident_id=g.resident_id)
    return f"{view.id}:{view.sha256}"


def _check(typed: Typed, wanted: str) -> None:
    """Raises InputInvalid, or Stopped, for what must be right before the wanted page."""
    if wanted == "category":
        return
    found = form_page(db.session).category(typed.category)
    if found is None:
        raise InputInvalid(
            [FieldError("category", "required", _("困りごとの種類をえらんでください。"))]
        )
    if found.stop is not None:
        raise Stopped(found.stop, field="category")
    if wanted in ("check", "send"):
        code = current_app.config["SETTINGS"].municipality_code
        filing.check(db.session, forms.to_draft(typed), municipality_code=code)


def _send(typed: Typed) -> ResponseReturnValue:
    """The report is filed, once, and the page that says so is next."""
    known = filing.kept_receipt(db.session, resident_id=g.resident_id, key=typed.request_key)
    if known is None:
        api_limits.admit_report(g.resident_id, typed.request_key)
    with transaction() as session:
        receipt = filing.file_once(
            session,
            forms.to_draft(typed),
            resident_id=g.resident_id,
            key=typed.request_key,
            photo_ids=forms.photo_ids(typed),
            photo_digests=forms.photo_digests(typed),
            settings=current_app.config["SETTINGS"],
            now=clock.now(),
        )
    return redirect(url_for(".sent", ref=receipt.ref), 303)


def _refuse(typed: Typed, wanted: str, error: DomainError) -> ResponseReturnValue:
    """The page with the fault again, nothing of what was typed lost."""
    if isinstance(error, Stopped):
        answer = _show("stop", typed, stop=error.stop)
    else:
        errors = error.errors if isinstance(error, InputInvalid) else []
        if not errors:
            errors = [FieldError("", error.shown_code, error.shown_title)]
        answer = _show(_page_of(errors, wanted), typed, errors=errors)
    answer.status_code = next(STATUS[k] for k in type(error).__mro__ if k in STATUS).value
    if isinstance(error, TooMany | Unavailable):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _page_of(errors: list[FieldError], wanted: str) -> str:
    """The page that asks for the first wrong field."""
    names = {one.field for one in errors}
    if "category" in names:
        return "category"
    if "place" in names:
        return "place"
    return wanted if names == {""} and wanted in ("place", "words") else "words"


def _show(name: str, typed: Typed, **more: Any) -> Response:  # noqa: ANN401 - a template's values
    page = form_page(db.session)
    context = {"page": page, "typed": typed, "errors": [], "stop": None} | more
    context |= {"category": page.category(typed.category), "spots": _spots(name, typed)}
    context["words"] = _answer_words(page, typed)
    file = "new" if name == "category" else f"new_{name}"
    return _unkept(make_response(render_template(f"reports/{file}.html", **context)))


def _spots(name: str, typed: Typed) -> list[forms.Spot]:
    if name != "place":
        return []
    code = current_app.config["SETTINGS"].municipality_code
    return forms.spots(db.session, typed, municipality_code=code)


def _answer_words(page: FormPage, typed: Typed) -> list[tuple[str, str]]:
    """Each answer in the words of its question, to be read once more before sending."""
    found = page.category(typed.category)
    answers = []
    for question in found.questions if found else ():
        said = typed.answers.get(question.code, "")
        option = question.option(said)
        if said:
            answers.append((question.label, option.label if option else said))
    return answers


def _unkept(answer: Response) -> Response:
    """A person's page, which no cache may keep."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
