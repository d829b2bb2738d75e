"""What the page of the log is asked, and why a file of it is taken."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import Length

from liff_app.audit.queries import Search
from liff_app.clock import JST
from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.webforms import ConsoleForm, SearchForm

LONGEST = 120
LONGEST_REFERENCE = 40
FIRST_YEAR, LAST_YEAR = 2000, 3000  # what a date field may be mistyped to ends calendars
LAST_NUMBER = 2_147_483_647  # of the database's integer


class Reason(StrEnum):
    """Why somebody takes the log out of the house."""

    REVIEW = "review"
    INQUIRY = "inquiry"
    DISCLOSURE = "disclosure"
    INCIDENT = "incident"
    KEEPING = "keeping"


class LogForm(SearchForm):
    """Period, who, what, to what; and from which number a page goes on."""

    since = StringField()
    until = StringField()
    actor = StringField(validators=[Length(max=LONGEST)])
    action = StringField(validators=[Length(max=LONGEST)])
    subject = StringField(validators=[Length(max=LONGEST)])
    before = StringField()
    after = StringField()

    @classmethod
    def from_posted(cls) -> Self:
        """The conditions that came along in a posted form."""
        return cls(MultiDict(request.form))

    def to_search(self) -> Search:
        """What is looked for. What cannot be used is no condition; `wrong` says so."""
        since, until = _day(self.since.data), _day(self.until.data)
        return Search(
            since=_start(since) if since else None,
            until=_start(until + timedelta(days=1)) if until else None,
            actor=_text(self.actor.data),
            action=_text(self.action.data),
            subject=_text(self.subject.data),
        )

    def wrong(self) -> list[FieldError]:
        """Fields that cannot be used."""
        errors = [
            FieldError(name, "date", _("日付を選びなおしてください。"))
            for name in ("since", "until")
            if self[name].data and _day(self[name].data) is None
        ]
        since, until = _day(self.since.data), _day(self.until.data)
        if since and until and until < since:
            sentence = _("終わりの日を、始めの日より後にしてください。")
            errors.append(FieldError("until", "order", sentence))
        return errors

    def conditions(self) -> dict[str, str]:
        """The conditions as an address, or a hidden field, carries them."""
        said = {
            "since": _iso(_day(self.since.data)),
            "until": _iso(_day(self.until.data)),
            "actor": _text(self.actor.data),
            "action": _text(self.action.data),
            "subject": _text(self.subject.data),
        }
        return {name: value for name, value in said.items() if value}

    def place(self) -> tuple[int | None, int | None]:
        """`before` and `after`, where they are numbers."""
        return _number(self.before.data), _number(self.after.data)


class ExportForm(ConsoleForm):
    """Why the file is taken, and under which paper of the office."""

    reason = StringField()
    reference = StringField()

    def wrong(self) -> list[FieldError]:
        """Fields that cannot be used."""
        errors = []
        if self.chosen() is None:
            errors.append(FieldError("reason", "missing", _("書き出す理由を選んでください。")))
        if len(self.paper()) > LONGEST_REFERENCE:
            errors.append(FieldError("reference", "length", _("40字までで書いてください。")))
        return errors

    def chosen(self) -> Reason | None:
        """The reason, None where none was chosen."""
        return next((one for one in Reason if one.value == self.reason.data), None)

    def paper(self) -> str:
        """Number of the paper, spaces folded."""
        return " ".join((self.reference.data or "").split())


def _text(text: str | None) -> str:
    return (text or "").strip()[:LONGEST]


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _start(day: date) -> datetime:
    """The first moment of the day in Japan."""
    return datetime.combine(day, datetime.min.time(), JST)


def _number(text: str | None) -> int | None:
    plain = text or ""
    if not (plain.isascii() and plain.isdigit()):
        return None
    return min(int(plain[:12]), LAST_NUMBER)
