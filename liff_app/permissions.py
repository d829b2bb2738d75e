"""Which colleague, or which key of another system, may open what: the one table.

An endpoint for STAFF or SYSTEM that is missing here answers 403 and fails the build.
"""

from __future__ import annotations

from dataclasses import dataclass

from liff_app.staff.vocabulary import KeyScope, Role


@dataclass(frozen=True, slots=True)
class Need:
    """What opens an endpoint: any of the roles, any colleague at all, or a key with the scope."""

    roles: frozenset[Role] = frozenset()
    anybody: bool = False
    scope: KeyScope | None = None


def only(*roles: Role) -> Need:
    """Colleagues with any of these roles, in whatever scope: the operation narrows it."""
    return Need(roles=frozenset(roles))


def key(scope: KeyScope) -> Need:
    """Another system whose key has the scope."""
    return Need(scope=scope)


ANYBODY = Need(anybody=True)

NEEDS: dict[str, Need] = {}
