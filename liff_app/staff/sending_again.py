"""What was sent from a form of the console when the session was over: shown, and sent again.

Only what came from a page of ours is shown, never a password, a code or a token. Signed out, a
person signs in in another tab and sends it again; signed in anew, the form gets a token of the new
session, and goes through once they have looked at it and pressed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from liff_app.i18n import gettext as _
from liff_app.staff import guard
from liff_app.staff.destinations import destination

NEVER_SHOWN = frozenset({"csrf_token", "password", "again", "code", "next"})


def signed_out() -> Response:
    """What was sent is not done; it can be sent again after signing in."""
    answer = _page(HTTPStatus.UNAUTHORIZED)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="machimado"'
    return answer


def stale(_error: guard.FormStale) -> Response:
    """The form is of an earlier sign-in: the same again, with a token of this one."""
    return _page(HTTPStatus.FORBIDDEN)


def _page(status: HTTPStatus) -> Response:
    pairs = list(_sent()) if _is_from_here() else []
    page = render_template(
        "staff/send_again.html",
        status=status.value,
        pairs=pairs,
        typed=[(label, text) for name, text in pairs if (label := _label(name, text))],
        has_files=_has_files(),
        here=request.full_path.removesuffix("?"),
        login=url_for("staff_entry.login", next=form_page()),
        form_page=form_page(),
    )
    answer = Response(page, status.value, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def form_page() -> str | None:
    """The page that the form stands on: where it came from, or the nearest above its address."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if f"{came_from.scheme}://{came_from.netloc}" == _origin():
        found = destination(came_from._replace(scheme="", netloc="", fragment="").geturl())
        if found:
            return found
    here = request.path
    while here and destination(here) is None:
        here = here.rpartition("/")[0]
    return destination(here) if here else None


def _origin() -> str:
    parts = urlsplit(current_app.config["SETTINGS"].public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_from_here() -> bool:
    """Whether the browser says that a page of ours sent it: without a word for it, no."""
    return request.headers.get("Origin") == _origin()


def _sent() -> Iterator[tuple[str, str]]:
    """What the form held, as it was sent; nothing where it cannot be read."""
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large, or no form
        return
    yield from ((name, text) for name, text in sent if name not in NEVER_SHOWN)


def _has_files() -> bool:
    try:
        return any(one.filename for one in request.files.values())
    except HTTPException:
        return False


def _label(name: str, text: str) -> str:
    """How the page calls the field, "" for what nobody typed: codes and marks of the form."""
    if not text.strip():
        return ""
    known = _labels().get(name)
    if known:
        return known
    return "" if text.isascii() and " " not in text else _("入力したもの")


def _labels() -> dict[str, str]:
    return {
        "name": _("名前"),
        "kana": _("よみ"),
        "address": _("住所"),
        "area": _("地域"),
        "note": _("ひとこと"),
        "people": _("人数"),
        "people_change": _("増減"),
        "capacity": _("収容人数"),
        "phone": _("電話番号"),
        "remarks": _("備考"),
        "lat": _("緯度"),
        "lon": _("経度"),
        "login": _("ログイン名"),
        "new_list": _("新しい一覧の名前"),
        "attribution": _("出典の表示"),
        "reference": _("文書番号など"),
    }
