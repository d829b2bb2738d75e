"""Forms of the town: Flask-WTF with our session, our rules and Japanese messages.

Flask-WTF has no types; it is imported here only.
"""

from __future__ import annotations

from typing import Any, Self

from flask import Flask, Response, g, request, session
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.datastructures import MultiDict

from liff_app.errors import HTTP_TITLES, Problem, respond

csrf: Any = CSRFProtect()


def init_app(app: Flask) -> None:
    """Tokens are checked by the guard of an audience, not for every request alike."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session: a draft may take an evening
    # On https Flask-WTF wants a Referer, which our pages do not send everywhere and privacy tools
    # strip; the guard compares Origin instead.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf.init_app(app)
    app.context_processor(lambda: {"csrf_token": csrf_token})

    @app.errorhandler(CSRFError)
    def refused(_error: CSRFError) -> Response:
        return respond(Problem(403, *HTTP_TITLES[403]))


def csrf_token() -> str:
    """The token of this visitor's session; empty without one, where there is nothing to protect.

    Flask-WTF's own would begin a session, a row and a cookie, for everybody who only reads. In the
    console it is the one that the guard of STAFF made for the colleague's browser.
    """
    if "form_token" in g:
        return str(g.form_token())
    return str(generate_csrf()) if getattr(session, "is_live", False) else ""


class TownForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form posted by a browser; the audience's guard has already checked its token."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # same
        """The guard checks the token; the form only carries it."""

        csrf = True
        locales = ("ja",)


class ConsoleForm(FlaskForm):  # type: ignore[misc]  # same
    """A form of the console: the guard of STAFF has checked its token, which the page carries."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # same
        """Flask-WTF's own token would need a resident's session."""

        csrf = False
        locales = ("ja",)


class SearchForm(FlaskForm):  # type: ignore[misc]  # same
    """A form sent by GET: no token, nothing is changed, and the page stays cacheable."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # same
        """No token in a cacheable page."""

        csrf = False
        locales = ("ja",)

    @classmethod
    def from_query(cls) -> Self:
        """The form filled from the query string, whatever it holds."""
        return cls(MultiDict(request.args))
