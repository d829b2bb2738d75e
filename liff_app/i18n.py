"""The request's language, its dates and its text size. Sources are Japanese."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from flask_babel import gettext as translate

from liff_app.clock import JST

babel = Babel()
LANGUAGES = ("ja",)
SIZES = ("normal", "large", "xlarge")
WEEKDAYS = "月火水木金土日"


def init_app(app: Flask) -> None:
    """Texts go through `_()`; dates through the filters below."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "../translations"
    app.config["BABEL_DEFAULT_LOCALE"] = "ja"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Tokyo"
    babel.init_app(app, locale_selector=language)
    app.jinja_env.globals.update(page_lang=page_lang, text_size=text_size)
    app.jinja_env.filters.update(jst_clock=jst_clock, jst_moment=jst_moment)


def gettext(text: str, **values: object) -> str:
    """The text in the request's language. Imported as `_`, so that extraction finds it."""
    return str(translate(text, **values))


def language() -> str:
    """Locale the texts of this answer are in."""
    wanted = request.cookies.get("language", "ja") if has_request_context() else "ja"
    return wanted if wanted in LANGUAGES and not g.get("cacheable") else "ja"


def page_lang() -> str:
    """Value of the page's `lang` attribute: easy Japanese is Japanese, Chinese has a hyphen."""
    return {"ja_JP@easy": "ja"}.get(language(), language().replace("_", "-"))


def text_size() -> str:
    """The visitor's text size. A cacheable page is the same for all, so it says normal."""
    if not has_request_context() or g.get("cacheable"):
        return "normal"
    wanted = request.cookies.get("text_size", "normal")
    return wanted if wanted in SIZES else "normal"


def jst_clock(moment: datetime) -> str:
    """Give the clock time in Japan: 14:05."""
    local = moment.astimezone(JST)
    return f"{local.hour}:{local.minute:02d}"


def jst_moment(moment: datetime) -> str:
    """Give day and time in Japan: 11月22日（日）14:05."""
    local = moment.astimezone(JST)
    day = f"{local.month}月{local.day}日（{WEEKDAYS[local.weekday()]}）"
    return f"{day}{jst_clock(moment)}"
