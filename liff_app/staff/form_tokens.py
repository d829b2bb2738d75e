"""What a form of the console carries, so that no other site can send it.

Made from the session's cookie, which no script can read, and a fresh number: the value differs in
every page, so that a compressed answer betrays nothing of it. Nothing is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

NONCE_CHARS = 16


def make(cookie: str) -> str:
    """A token for the browser that holds the cookie."""
    nonce = secrets.token_hex(NONCE_CHARS // 2)
    return nonce + _mark(cookie, nonce)


def fits(cookie: str, token: str) -> bool:
    """Whether the token was made for the cookie's browser."""
    nonce, mark = token[:NONCE_CHARS], token[NONCE_CHARS:]
    return hmac.compare_digest(mark.encode(), _mark(cookie, nonce).encode())


def _mark(cookie: str, nonce: str) -> str:
    text = f"machimado form:{nonce}".encode()
    return hmac.digest(cookie.encode(), text, hashlib.sha256).hex()
