"""Pages that show several services: the resident's menu, and the town's front page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db
from liff_app.i18n import gettext as _
from liff_app.shelters import pages
from liff_app.shelters.service import board

bp = Blueprint("home", __name__)
front = Blueprint("front", __name__)


@bp.get("/menu")
def menu() -> ResponseReturnValue:
    """The services of the town, as large buttons."""
    services = [
        {
            "title": _("避難所をさがす"),
            "hint": _("いま近くで行ける場所と、混みぐあい"),
            "url": url_for("shelters.liff_finder"),
            "icon": "shelter",
        },
        {
            "title": _("まちの困りごとを知らせる"),
            "hint": _("道路の穴、消えた街灯など。写真と場所だけで送れます"),
            "url": url_for("report_form.new"),
            "icon": "report",
        },
        {
            "title": _("知らせたことの様子"),
            "hint": _("いまどうなっているか。役所からのおたずね"),
            "url": url_for("reports.index"),
            "icon": "paper",
        },
        {
            "title": _("手続き・アンケート"),
            "hint": _("申請をここで書いて送れます。とちゅうでやめても残ります"),
            "url": url_for("procedure_start.index"),
            "icon": "form",
        },
    ]
    moment = board().now(db.session, clock.now())
    if moment.disaster is not None and moment.disaster.checkin:
        services.append(
            {
                "title": _("避難所に入る・出る"),
                "hint": _("家族の人数を伝える受付。名前は書きません"),
                "url": url_for("checkin.show"),
                "icon": "people",
            }
        )
    return render_template(
        "home/resident.html",
        services=services,
        disaster=pages.banner(moment),
    )


@front.get("/")
def index() -> ResponseReturnValue:
    """The front page leads to the public finder: the one page everybody may need at once."""
    return redirect(url_for("shelters_public.finder"), 302)
