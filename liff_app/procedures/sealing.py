"""One key for everything a person sent with one submission: answers, files, words about it.

The key lies in `procedure_dossiers`, itself sealed under the town's key ring. Once it is destroyed,
nothing sealed under it opens again, wherever a copy may lie.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from liff_app.crypto import NONCE_BYTES, KeyRing, SealBroken

KEY_BYTES = 32  # AES-256


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one dossier, open in memory."""

    _key: bytes = field(repr=False)

    def seal(self, plain: bytes, context: str) -> bytes:
        """`plain` sealed for one place. `context` is `table.column:row-id`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The bytes sealed for `context`. Raises SealBroken."""
        try:
            return AESGCM(self._key).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise SealBroken("value does not belong here") from error

    def seal_text(self, text: str, context: str) -> bytes:
        """The same for text."""
        return self.seal(text.encode(), context)

    def open_text(self, sealed: bytes, context: str) -> str:
        """The same for text."""
        return self.open(sealed, context).decode()

    def digest(self, value: bytes, purpose: str) -> bytes:
        """Equal for equal values under this key, and says nothing without it. 32 bytes."""
        own = hmac.digest(self._key, f"machimado {purpose}".encode(), hashlib.sha256)
        return hmac.digest(own, value, hashlib.sha256)


def new_key() -> DataKey:
    """A key nobody has used."""
    return DataKey(os.urandom(KEY_BYTES))


def wrap(keys: KeyRing, key: DataKey, dossier_id: str) -> bytes:
    """The key, sealed under the town's ring."""
    plain = b64encode(key._key).decode()  # noqa: SLF001 - the two halves of one thing
    return keys.seal(plain, _context(dossier_id))


def unwrap(keys: KeyRing, sealed: bytes, dossier_id: str) -> DataKey:
    """The key that `wrap` sealed. Raises SealBroken."""
    return DataKey(b64decode(keys.open(sealed, _context(dossier_id))))


def rewrap(keys: KeyRing, sealed: bytes, dossier_id: str) -> bytes:
    """The same key under the ring's first; what it sealed needs no touch."""
    return keys.seal(keys.open(sealed, _context(dossier_id)), _context(dossier_id))


def _context(dossier_id: str) -> str:
    return f"procedure_dossiers.key_sealed:{dossier_id}"
