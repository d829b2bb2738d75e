"""Why a change of a place's state may be refused."""

from __future__ import annotations

from liff_app.errors import Conflict, FieldError, InputInvalid
from liff_app.shelters.occupancy.changes import StatusView


class VersionConflict(Conflict):
    """Somebody else set the same thing since; `status` is how it stands now."""

    code = "version_conflict"

    def __init__(self, status: StatusView, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.status = status
        self.fields = fields  # opening, people, level, note: where the two disagree

    def members(self) -> dict[str, object]:
        """How it stands now, and where the two disagree."""
        return {"current": self.status.as_json(), "fields": list(self.fields)}


class DisasterOver(Conflict):
    """The change speaks of a disaster that is not on any more."""

    code = "disaster_over"
    title = "この災害は終わっています。本部に連絡してください。"


class NotUndoable(Conflict):
    """The event cannot be taken back here: it changed nothing, or the check-in made it."""

    code = "not_undoable"
    title = "この記録は取り消せません。"


class PeopleImprobable(InputInvalid):
    """The count is so large that somebody must confirm it."""

    code = "people_improbable"

    def __init__(self, people: int) -> None:
        message = f"{people:,}人で合っていますか。合っていれば、確かめて送ってください。"
        super().__init__([FieldError("people", "people_improbable", message)])
        self.people = people
