"""Which reports a colleague may read and change."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, true

from liff_app.errors import NotAllowed
from liff_app.reports.models import Report
from liff_app.staff.rules import Colleague
from liff_app.staff.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Scope:
    """The departments whose reports are seen, and besides those of no department. None: all."""

    departments: frozenset[str] | None = None

    def sees(self, department_id: str | None) -> bool:
        """Whether a report of that department is seen."""
        return (
            self.departments is None or department_id is None or department_id in self.departments
        )


EVERYWHERE = Scope()


def scope_of(colleague: Colleague) -> Scope:
    """What the colleague may read and change. Raises NotAllowed for who reviews no reports."""
    grants = [one for one in colleague.grants if one.role is Role.REPORT_REVIEWER]
    if not grants:
        raise NotAllowed("reviews no reports")
    named = frozenset(one.department for one in grants if one.department is not None)
    return EVERYWHERE if any(one.department is None for one in grants) else Scope(named)


def where(scope: Scope) -> ColumnElement[bool]:
    """The scope as a condition on reports, in words that keep SQLite on the index of an order.

    For "this department or none" it would else join two indexes and sort what they gave: 270 ms
    instead of 0.3 of a million reports.
    """
    if scope.departments is None:
        return true()
    return func.coalesce(Report.department_id, "").in_(("", *sorted(scope.departments)))
