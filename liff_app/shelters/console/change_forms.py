"""What staff type to change one place, many places, or to take a report back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from wtforms import BooleanField, SelectMultipleField, StringField

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.shelters.console.forms import code_of, typed
from liff_app.shelters.occupancy.changes import Change, StatusView
from liff_app.shelters.occupancy.vocabulary import Need
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
    needs = SelectMultipleField(choices=[], validate_choice=False)
    was_opening = StringField()
    was_people = StringField()
    was_level = StringField()
    was_note = StringField()
    was_needs = StringField()
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
        self.needs.data = []
        self.was_needs.data = ""
        self.rebase(status)

    def rebase(self, status: StatusView) -> None:
        """What was typed stays, and is now measured against the place as it stands."""
        added, removed = self._needs_moved()
        kept = (frozenset(status.needs) | added) - removed
        self.needs.data = [need.value for need in Need if need in kept]
        self.was_needs.data = ",".join(need.value for need in status.needs)
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
        if self.unchanged.data:
            return self._faults_of_unchanged()
        if not any(self._needs_moved()) and not any(self._is_touched(name) for name in TYPED):
            message = _("変えるところがありません。同じままなら「変わりなし」を押してください。")
            return [FieldError("opening", "unchanged", message)]
        return []

    def _faults_of_unchanged(self) -> list[FieldError]:
        """変わりなし says that it is still so: of a place nobody has spoken of, it says nothing."""
        if self.was_opening.data != Opening.UNKNOWN.value:
            return []
        message = _(
            "開いているかどうかの報告がまだありません。先に状態をえらんで変更してください。"
        )
        return [FieldError("opening", "unknown", message)]

    def to_change(self) -> Change:
        """What was touched, or 変わりなし."""
        version = typed(self.version.data)
        base = int(version) if version.isascii() and version.isdigit() else None
        key = typed(self.key.data)[:80] or None
        if self.unchanged.data:
            return Change(request_key=key)
        added, removed = self._needs_moved()
        return Change(
            opening=code_of(Opening, self.opening.data) if self._is_touched("opening") else None,
            people=self._count() if self._is_touched("people") else None,
            level=code_of(Level, self.level.data) if self._is_touched("level") else None,
            level_cleared=self._is_touched("level") and not self.level.data,
            note=(self.note.data or "").strip() if self._is_touched("note") else None,
            needs_added=added,
            needs_removed=removed,
            base_version=base,
            request_key=key,
            confirmed=bool(self.confirmed.data),
        )

    def _needs_moved(self) -> tuple[frozenset[Need], frozenset[Need]]:
        """What was ticked and what was cleared, against what the page showed."""
        now, was = _needs(self.needs.data or ()), _needs(typed(self.was_needs.data).split(","))
        return now - was, was - now

    def _is_touched(self, name: str) -> bool:
        now, was = (typed(self[one].data) for one in (name, f"was_{name}"))
        return now != was

    def _count(self) -> int | None:
        try:
            return int(typed(self.people.data).replace(",", ""))
        except ValueError:
            return None


def _needs(codes: Iterable[str]) -> frozenset[Need]:
    return frozenset(need for code in codes if (need := code_of(Need, code)))


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
