"""What the pages of the form show besides what was typed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import current_app, g
from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import Category, Stop
from liff_app.reports.moment import disaster_on
from liff_app.reports.vocabulary import Status

MODULES = (  # what the page's script imports, so that none waits for another
    "components/report_form",
    "components/report_form_fields",
    "components/report_form_near",
    "components/report_form_parcels",
    "components/report_form_photos",
    "components/report_form_place",
    "components/report_form_places",
    "core/http",
    "core/report_store",
    "lib/report_draft",
    "lib/report_sender",
    "lib/report_shrink",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The form as it is offered now. `stops` are all ends of it, told apart by their place."""

    categories: tuple[Category, ...]
    stops: tuple[Stop, ...]
    disaster: bool
    owner: str
    tiles_url: str
    states: tuple[tuple[str, str], ...]
    modules: tuple[str, ...] = MODULES

    def category(self, code: str) -> Category | None:
        """The category of that code, None if it is not offered."""
        return next((one for one in self.categories if one.code == code), None)


def form_page(session: Session) -> FormPage:
    """Everything the form needs to know of the town."""
    disaster = disaster_on(session)
    offered = tuple(categories.offered(session, disaster=disaster))
    settings = current_app.config["SETTINGS"]
    return FormPage(
        categories=offered,
        stops=_stops(offered),
        disaster=disaster,
        owner=owner_mark(g.resident_id),
        tiles_url=settings.map_tiles_url,
        states=tuple((code.value, name) for code, name in open_states().items()),
    )


def owner_mark(resident_id: str) -> str:
    """Tells drafts of two people on one phone apart, and nothing about either of them."""
    return hashlib.sha256(b"report-draft:" + resident_id.encode()).hexdigest()[:16]


def open_states() -> dict[Status, str]:
    """How a report that is worked on stands, in a few words for its neighbours."""
    return {
        Status.RECEIVED: _("受け付けました"),
        Status.CHECKING: _("確認しています"),
        Status.ASKED: _("確認しています"),
        Status.PLANNED: _("直す予定です"),
        Status.WORKING: _("直しています"),
        Status.REOPENED: _("もう一度見ています"),
    }


def _stops(offered: tuple[Category, ...]) -> tuple[Stop, ...]:
    found: list[Stop] = []
    for category in offered:
        ends = [category.stop, *(o.stop for q in category.questions for o in q.options)]
        found += [stop for stop in ends if stop is not None and stop not in found]
    return tuple(dict.fromkeys(found))
