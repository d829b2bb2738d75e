"""A version that residents have seen stays what it was: the last guard, under every operation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect

from liff_app.procedures.models import ProcedureVersion
from liff_app.procedures.vocabulary import VersionState

__all__ = ["FROZEN", "VersionFrozen"]

FROZEN = ("procedure_id", "number", "document", "sha256", "workbook")


class VersionFrozen(RuntimeError):
    """A slip of the program: it would have changed what a published version asked."""


@event.listens_for(ProcedureVersion, "before_update")
def _refuse_change(_mapper: object, _connection: object, row: ProcedureVersion) -> None:
    state: Any = inspect(row)
    before = state.attrs.state.history.deleted or (row.state,)
    changed = [name for name in FROZEN if state.attrs[name].history.has_changes()]
    if changed and before[0] != VersionState.DRAFT.value:
        raise VersionFrozen(f"{', '.join(changed)} of a version that is {before[0]}")


@event.listens_for(ProcedureVersion, "before_delete")
def _refuse_delete(_mapper: object, _connection: object, row: ProcedureVersion) -> None:
    if row.published_at is not None:
        raise VersionFrozen("a version that was published is kept")
