"""The finder's page, twice: `/shelters` for everybody and every cache, `/liff/shelters` in LINE."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import assets, clock
from liff_app.db import db
from liff_app.headers import Policy, style_hash
from liff_app.shelters import service
from liff_app.shelters.forms import Asked, FinderForm
from liff_app.shelters.pages import FinderPage, Setting, finder_page

public = Blueprint("shelters_public", __name__)
bp = Blueprint("shelters", __name__)

# A minute fresh; caches in front may show it for a day rather than nothing while they ask again.
# Chromium opens the page offline within its minute only (seen in 156): the list of an open page is
# kept by the page itself.
CACHE = "public, max-age=60, stale-while-revalidate=86400"


@public.get("")
def finder() -> ResponseReturnValue:
    """The public finder: the same for everybody, no cookie, no nonce."""
    g.cacheable = True
    asked = FinderForm.from_query().to_asked()
    page = _page(asked, "public", url_for(".finder"))
    answer = make_response(render_template("shelters/finder.html", page=page))
    _cacheable(answer, is_private=asked.is_private)
    return answer


@bp.get("")
def liff_finder() -> ResponseReturnValue:
    """The finder inside LINE; nobody has to sign in to see where to flee."""
    asked = FinderForm.from_query().to_asked()
    page = _page(asked, "liff", url_for(".liff_finder"))
    return render_template("shelters/finder.html", page=page)


def _page(asked: Asked, audience: str, action: str) -> FinderPage:
    settings = current_app.config["SETTINGS"]
    now = clock.now()
    setting = Setting(
        audience=audience,
        action=action,
        tiles_url=settings.map_tiles_url,
        office_phone=settings.municipality_phone,
        now=now,
    )
    moment = service.board().now(db.session, now)
    return finder_page(moment, asked, setting)


def _cacheable(answer: Response, *, is_private: bool) -> None:
    policy: Policy = current_app.extensions["policy"]
    styles = tuple(style_hash(css) for css in assets.inlined_in(answer.get_data(as_text=True)))
    answer.headers["Content-Security-Policy"] = policy.cached_page(styles)
    # A page that was told where somebody is stays out of shared caches.
    answer.headers["Cache-Control"] = "no-store" if is_private else CACHE
