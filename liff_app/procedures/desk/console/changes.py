"""How a change of a case begins and ends on the desk: who makes it, and what is shown after it.

Whatever is refused leads back to the case's page with everything that was typed; where somebody
else was faster, the page says what they did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import transaction
from liff_app.errors import InputInvalid
from liff_app.procedures import scope
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.console import case_page, walk
from liff_app.procedures.desk.console.case_page import Told
from liff_app.procedures.desk.errors import CaseChanged, StepRefused
from liff_app.procedures.scope import Scope
from liff_app.staff.guard import colleague, note

MAX_DIGITS = 9
Detail = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the log is told of a change. `away`: the case is out of the colleague's sight now.

    `said`: what the page says of it, where that is not the same for every change by its form.
    """

    action: str
    said: str = ""
    away: bool = False
    detail: Detail = field(default_factory=dict)


Work = Callable[[Session, By], Done]
Render = Callable[[str, Told], Response]


def mine() -> Scope:
    """What the colleague of this request may read and change."""
    return scope.scope_of(colleague())


def by(version: int | None = None) -> By:
    """Who changes it, now, having seen `version` (without one: what the form says)."""
    return By(
        version=number("version") if version is None else version,
        colleague=colleague(),
        scope=mine(),
        keys=current_app.config["SETTINGS"].keys,
        now=clock.now(),
    )


def number(name: str) -> int:
    """A whole number that the form carries, 0 for anything else: no version is 0."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= MAX_DIGITS else 0


def change(
    ref: str, form: str, work: Work, render: Render = case_page.render
) -> ResponseReturnValue:
    """The work is done and noted, or the page of the case says why it was not.

    `form` names the form on the page that is shown again as it was typed.
    """
    try:
        with transaction() as session:
            done = work(session, by())
            note(session, done.action, f"procedure:{ref}", detail=done.detail)
    except CaseChanged:
        return render(ref, Told(form=form, seen=number("version"), typed=request.form)), 409
    except StepRefused as refused:
        told = Told(form=form, refused=refused.shown_title, typed=request.form)
        return render(ref, told), 409
    except InputInvalid as invalid:
        told = Told(form=form, errors=tuple(invalid.errors), typed=request.form)
        return render(ref, told), 422
    if done.away:
        return redirect(walk.list_url(), 303)
    said = done.said or form
    return redirect(url_for("procedure_case.show", ref=ref, done=said, _anchor="done"), 303)
