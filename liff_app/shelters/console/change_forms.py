"""What staff type to change one place, many places, or to take a report back."""

from __future__ import annotations

import secrets

from wtforms import BooleanField, SelectMultipleField, StringField

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.shelters.console.forms import code_of, typed
from liff_app.shelters.occupancy.changes import Change, StatusView
from liff_app.shelters.vocabulary import Level, Opening
from liff_app.webforms import ConsoleForm

BULK = (Opening.OPEN, Opening.PREPARING, Opening.CLOSED)
TYPED = ("opening", "people", "level", "note")


class ChangeForm(ConsoleForm):
    """One place. `was_…` is what the page showed: what nobody touched is not sent again."""

    opening = StringField()
    people = StringField()
    level = StringField()
    note = StringField()
    was_opening = StringField()
    was_people = StringField()
    was_level = StringField()
    was_note = StringField()
    version = StringField()
    key = StringField()
    confirmed = BooleanField()
    unchanged = StringField()

    def fill(self, status: StatusView) -> None:
        """The fields show the place as it stands."""
        self.opening.data = status.opening.value
        self.people.data = "" if status.people is None else str(status.people)
        self.level.data = status.level.value if status.level and status.level_by_hand else ""
        self.note.data = status.note
        self.rebase(status)

    def rebase(self, status: StatusView) -> None:
        """What was typed stays, and is now measured against the place as it stands."""
        self.was_opening.data = status.opening.value
        self.was_people.data = "" if status.people is None else str(status.people)
        self.was_level.data = status.level.value if status.level and status.level_by_hand else ""
        self.was_note.data = status.note
        self.version.data = str(status.version)
        self.key.data = secrets.token_urlsafe(16)

    def faults(self) -> list[FieldError]:
        """Everything that is wrong with what was typed."""
        people = self._count()
        if self._is_touched("people") and (people is None or people < 0):
            return [FieldError("people", "number", _("人数は数字で入れてください。"))]
        if not self.unchanged.data and not any(self._is_touched(name) for name in TYPED):
            message = _("変えるところがありません。同じままなら「変わりなし」を押してください。")
            return [FieldError("opening", "unchanged", message)]
        return []

    def to_change(self) -> Change:
        """What was touched, or 変わりなし."""
        version = typed(self.version.data)
        base = int(version) if version.isascii() and version.isdigit() else None
        key = typed(self.key.data)[:80] or None
        if self.unchanged.data:
            return Change(request_key=key)
        return Change(
            opening=code_of(Opening, self.opening.data) if self._is_touched("opening") else None,
            people=self._count() if self._is_touched("people") else None,
            level=code_of(Level, self.level.data) if self._is_touched("level") else None,
            level_cleared=self._is_touched("level") and not self.level.data,
            note=(self.note.data or "").strip() if self._is_touched("note") else None,
            base_version=base,
            request_key=key,
            confirmed=bool(self.confirmed.data),
        )

    def _is_touched(self, name: str) -> bool:
        now, was = (typed(self[one].data) for one in (name, f"was_{name}"))
        return now != was

    def _count(self) -> int | None:
        try:
            return int(typed(self.people.data).replace(",", ""))
        except ValueError:
            return None


class BulkForm(ConsoleForm):
    """Many places at once: which, to what, and on the second page that somebody looked."""

    shelter = SelectMultipleField(choices=[], validate_choice=False)
    all = BooleanField()
    opening = StringField()
    key = StringField()
    sure = BooleanField()

    def wanted(self) -> Opening | None:
        """The state they should all have, None for what cannot be set for many."""
        found = code_of(Opening, self.opening.data)
        return found if found in BULK else None


class UndoForm(ConsoleForm):
    """One report to be taken back, and why."""

    event = StringField()
    reason = StringField()

    def event_id(self) -> int:
        """The event's number, 0 for what is none."""
        text = typed(self.event.data)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0  # noqa: PLR2004 - digits of an id
