"""Decisions about colleagues: what a grant covers, and to what it may be narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from liff_app.staff.vocabulary import Role

BY_SHELTER = frozenset({Role.SHELTER_STAFF})
BY_DEPARTMENT = frozenset(
    {Role.SENDER, Role.APPROVER, Role.REPORT_REVIEWER, Role.PROCEDURE_REVIEWER}
)
# What an administrator may do without being told so. Sending and reading what residents wrote are
# granted by name, also to administrators: who configures must not by that read personal data.
IMPLIED = {Role.ADMINISTRATOR: frozenset({Role.SHELTER_STAFF, Role.VIEWER})}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, everywhere (both None) or for one department or one shelter."""

    role: Role
    department: str | None = None
    shelter: str | None = None

    @property
    def is_possible(self) -> bool:
        """Whether the role can be narrowed like this."""
        return (self.department is None or self.role in BY_DEPARTMENT) and (
            self.shelter is None or self.role in BY_SHELTER
        )

    def covers(self, role: Role, department: str | None, shelter: str | None) -> bool:
        """Whether it gives `role`; for a department or shelter that is named, also there."""
        if role in IMPLIED.get(self.role, ()):
            return True
        return (
            self.role is role
            and (department is None or self.department in (None, department))
            and (shelter is None or self.shelter in (None, shelter))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of the town hall who is signed in."""

    id: str
    name: str
    login: str
    grants: tuple[Grant, ...]
    session_id: str
    confirmed_at: datetime

    @property
    def actor(self) -> str:
        """How the log and every author field name them."""
        return f"staff:{self.id}"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles they were given, in whatever scope."""
        return frozenset(grant.role for grant in self.grants)

    def may(self, role: Role, *, department: str | None = None, shelter: str | None = None) -> bool:
        """Whether they may act as `role`: anywhere at all, or for what is named."""
        return any(grant.covers(role, department, shelter) for grant in self.grants)

    def shelters(self) -> frozenset[str] | None:
        """Ids of the shelters they may change; None: all."""
        return shelters_of(self.grants)


def shelters_of(grants: Iterable[Grant]) -> frozenset[str] | None:
    """Ids of the shelters that the grants let change; None: all."""
    given = [grant for grant in grants if grant.covers(Role.SHELTER_STAFF, None, None)]
    named = frozenset(grant.shelter for grant in given if grant.shelter is not None)
    return named if len(given) == sum(grant.shelter is not None for grant in given) else None
