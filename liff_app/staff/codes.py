"""What proves a colleague besides the password: the code of their phone, or a recovery code.

The phone's code is RFC 6238 with SHA-1, six digits and 30 seconds, which every authenticator knows.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import unicodedata
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20  # RFC 4226: 160 bit
STEP_SECONDS = 30
DIGITS = 6
LEEWAY = (0, -1, 1)  # steps; a phone's clock may be half a minute off
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like something else
RECOVERY_CODES, RECOVERY_CHARS, GROUP = 10, 16, 4  # 80 bit each: nobody guesses one
_NOT_TYPED = re.compile(r"[^0-9A-Z]")


def new_secret() -> str:
    """A secret for a colleague's phone, as authenticators take it: base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address(secret: str, *, login: str, town: str) -> str:
    """What the QR code says: the `otpauth:` address of the secret."""
    return _totp(secret).get_provisioning_uri(login, f"まちまど {town}")


def code_at(secret: str, now: datetime) -> str:
    """The code that a phone shows at that moment."""
    return _totp(secret).generate(int(now.timestamp())).decode()


def step_of(secret: str, code: str, *, now: datetime, after: int | None) -> int | None:
    """The time step whose code this is, later than the last one used; None if it is none."""
    typed = plain(code).encode()
    present, found = int(now.timestamp()) // STEP_SECONDS, None
    for step in (present + offset for offset in LEEWAY):
        try:
            _totp(secret).verify(typed, step * STEP_SECONDS)
        except InvalidToken:
            continue
        if after is None or step > after:
            found = step
    return found


def plain(typed: str) -> str:
    """A code as it was meant, whatever spaces, hyphens or wide characters were typed."""
    return _NOT_TYPED.sub("", unicodedata.normalize("NFKC", typed).upper())


def new_recovery_codes() -> list[str]:
    """Ten codes, each to be used once, as they are printed: XXXX-XXXX-XXXX-XXXX."""
    return [
        "-".join(_draw(GROUP) for _ in range(RECOVERY_CHARS // GROUP))
        for _ in range(RECOVERY_CODES)
    ]


def looks_like_recovery(code: str) -> bool:
    """Whether it is as long as a recovery code, so not one of a phone."""
    return len(plain(code)) == RECOVERY_CHARS


def recovery_digest(code: str) -> bytes:
    """What is stored of a recovery code."""
    return hashlib.sha256(plain(code).encode()).digest()


def _draw(chars: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(chars))


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238; HMAC, where SHA-1 holds
