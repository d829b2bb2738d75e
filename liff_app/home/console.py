"""`/console/`: what needs a colleague's attention."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db
from liff_app.staff import guard, menu
from liff_app.staff.cards import Card

bp = Blueprint("console", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """The dashboard: a card of each service that the colleague may open, urgent ones first."""
    me = guard.colleague()
    lines = [(line, url_for(line.endpoint)) for line in menu.opened() if line.hint]
    return render_template("home/console/index.html", cards=_cards(me), lines=lines, me=me)


def _cards(me: guard.Colleague) -> list[Card]:
    made = [
        make(db.session, me, clock.now())
        for endpoint, make in current_app.extensions["dashboard_cards"]
        if guard.may_open(endpoint)
    ]
    return sorted((card for card in made if card is not None), key=lambda card: not card.urgent)
