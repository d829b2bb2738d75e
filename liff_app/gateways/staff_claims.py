"""What an ID token of the town's issuer must say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeGuard

LEEWAY_S: Final = 60
MAX_NAME: Final = 64


def fault(
    claims: Mapping[str, object], issuer: str, client_id: str, nonce: str, now: datetime
) -> str:
    """Which claim does not fit (OpenID Connect Core, 3.1.3.7), empty if all do."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, issued = claims.get("exp"), claims.get("iat")
    checks = {
        "iss": claims.get("iss") == issuer,
        "aud": client_id in audiences,
        "azp": claims.get("azp", client_id) == client_id
        and (len(audiences) == 1 or "azp" in claims),
        "nonce": claims.get("nonce") == nonce,
        "exp": _is_seconds(expires) and now.timestamp() < expires + LEEWAY_S,
        "iat": _is_seconds(issued) and issued <= now.timestamp() + LEEWAY_S,
    }
    return next((name for name, fits in checks.items() if not fits), "")


def moment(seconds: object, now: datetime) -> datetime | None:
    """When that was, at the latest now: a time to come would stay fresh until then."""
    return min(datetime.fromtimestamp(seconds, UTC), now) if _is_seconds(seconds) else None


def is_name(text: str) -> bool:
    """Whether it can be anybody's name."""
    return 0 < len(text) <= MAX_NAME and text.isprintable()


def _is_seconds(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11
