"""What a colleague does with categories on the console, and what came of it."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.reports.categories import service
from liff_app.reports.categories.model import Category
from tests.conftest import ConsoleVisitor

HOME = "/console/reports/categories"
OWN = {
    "name": "橋",
    "icon": "river",
    "order": "15",
    "group": "everyday",
    "active": "y",
    "version": "0",
}


def fields(page: str) -> dict[str, str]:
    """What the form on the page would send as it stands."""
    form = page[page.index('<form class="kinds-form"') :]
    form = form[: form.index("</form>")]
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_tick = said.get("type") in ("checkbox", "radio")
        if "name" in said and (not is_tick or re.search(r"\schecked", tag)):
            sent[said["name"]] = html.unescape(said["value"])
    for name, options in re.findall(
        r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    sent.pop("csrf_token", None)
    sent.pop("form_token", None)
    return sent


def opened(staff: ConsoleVisitor, code: str) -> dict[str, str]:
    """What the form of that category would send."""
    answer = staff.get(f"{HOME}/{code}")
    assert answer.status_code == 200
    return fields(answer.text)


def now(code: str) -> Category:
    """The category as it stands."""
    db.session.rollback()
    found = service.find(db.session, code)
    assert found is not None
    return found


def own(staff: ConsoleVisitor, **more: str) -> str:
    """A category of the town's own, made on the console; its code."""
    answer = staff.post(f"{HOME}/new", data=OWN | more)
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    return next(one.code for one in service.all_categories(db.session) if one.code[:2] == "c_")


def noted() -> list[tuple[str, str, str]]:
    """What the log says: action, subject, detail."""
    db.session.rollback()
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number))
    wanted = [one for one in events if one.action.startswith("report_category.")]
    return [(one.action, one.subject, str(one.detail)) for one in wanted]
