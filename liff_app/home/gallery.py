"""`/_components`: every component in every state, for those who build pages."""

from __future__ import annotations

from flask import Blueprint, render_template

from liff_app import qr
from liff_app.procedures.fields import gallery as forms

bp = Blueprint("gallery", __name__)


@bp.get("/_components")
def show() -> str:
    """The gallery page; development and test only."""
    square = qr.square("https://example.lg.jp/s/x")
    return render_template("components/_gallery.html", square=square, form=forms.page())
