"""Which submissions and forms a colleague may read and change."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, true

from liff_app.errors import NotAllowed
from liff_app.procedures.models import Submission
from liff_app.staff.rules import Colleague
from liff_app.staff.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Scope:
    """The departments whose papers are seen. None: all."""

    departments: frozenset[str] | None = None

    def sees(self, department_id: str | None) -> bool:
        """Whether papers of that department are seen; of no department: only by who sees all.

        Unlike reports, applications are private from the first line, so nobody narrowed to a
        department finds those that no department has taken.
        """
        return self.departments is None or department_id in self.departments


EVERYWHERE = Scope()


def scope_of(colleague: Colleague) -> Scope:
    """What the colleague may read and change. Raises NotAllowed for who reviews no procedures."""
    grants = [one for one in colleague.grants if one.role is Role.PROCEDURE_REVIEWER]
    if not grants:
        raise NotAllowed("reviews no procedures")
    named = frozenset(one.department for one in grants if one.department is not None)
    return EVERYWHERE if any(one.department is None for one in grants) else Scope(named)


def where(scope: Scope) -> ColumnElement[bool]:
    """The scope as a condition on submissions."""
    if scope.departments is None:
        return true()
    return func.coalesce(Submission.department_id, "").in_(sorted(scope.departments))
