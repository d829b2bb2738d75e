"""What opens an endpoint of the console or of another system's keys."""

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


def either(scope: KeyScope, *roles: Role) -> Need:
    """Another system whose key has the scope, or colleagues with any of these roles."""
    return Need(roles=frozenset(roles), scope=scope)


ANYBODY = Need(anybody=True)
