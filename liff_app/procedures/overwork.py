"""What is answered where a form asks more of somebody's answers than one pass may cost."""

from __future__ import annotations

from flask import Flask, Response

from liff_app import errors
from liff_app.errors import InputInvalid
from liff_app.procedures.engine.evaluation import TooMuchWork

__all__ = ["AnswersTooMuch", "init_app"]


class AnswersTooMuch(InputInvalid):
    """Answers of which the form cannot be worked out; what was kept before stays as it was.

    The compiler refuses forms of which any answers would do it, so that only a form compiled by an
    older version comes here.
    """

    code = "answers_too_much"
    title = "書かれた内容が長すぎて、計算が終わりません。短くして、もう一度お試しください。"


def init_app(app: Flask) -> None:
    """Have it answered in the one shape of all errors."""
    app.register_error_handler(TooMuchWork, _answered)


def _answered(_error: Exception) -> Response:
    return errors.answer(AnswersTooMuch([]))
