"""Field encryption with a key ring, and blind indexes to find a sealed value again.

AES-256-GCM per field. The associated data name the table, column and row, so a sealed value moved
to another row does not open. A sealed value carries the name of its key: `keys rotate` re-seals
under the first key of the ring, then older keys may be dropped.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32  # AES-256
NONCE_BYTES = 12  # NIST SP 800-38D, the size GCM is defined for
_NAME = re.compile(r"[a-z0-9]{1,16}")


class KeyRingInvalid(ValueError):
    """DATA_KEYS does not spell a key ring. The text says why and shows no key."""


class SealBroken(Exception):
    """A sealed value does not open: unknown key, changed bytes, or another row's value."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by name; the first is the one that seals."""

    _keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """The ring spelled `name:base64url,…`. Raises KeyRingInvalid."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, _, encoded = part.partition(":")
            if not _NAME.fullmatch(name) or name in keys:
                raise KeyRingInvalid(
                    "鍵の名前は英小文字と数字16字まで、重なりなしで書いてください。"
                )
            keys[name] = _key_bytes(encoded)
        if not keys:
            raise KeyRingInvalid("鍵が1つもありません。")
        return cls(keys)

    @property
    def has_weak_key(self) -> bool:
        """Whether a key was typed rather than drawn: 32 random bytes repeat so much never."""
        return any(len(set(key)) < KEY_BYTES // 2 for key in self._keys.values())

    @property
    def current(self) -> str:
        """Name of the key that seals."""
        return next(iter(self._keys))

    def seal(self, plain: str, context: str) -> bytes:
        """`plain` sealed for one place. `context` is `table.column:row-id`."""
        name = self.current
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._keys[name]).encrypt(nonce, plain.encode(), context.encode())
        return name.encode() + b":" + nonce + sealed

    def open(self, sealed: bytes, context: str) -> str:
        """The text sealed for `context`. Raises SealBroken."""
        name, _, rest = sealed.partition(b":")
        key = self._keys.get(name.decode("ascii", "replace"))
        if key is None or len(rest) <= NONCE_BYTES:
            raise SealBroken("unknown key or short value")
        try:
            plain = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            raise SealBroken("value does not belong here") from error
        return plain.decode()

    def is_current(self, sealed: bytes) -> bool:
        """Whether the value was sealed with the first key."""
        return sealed.startswith(self.current.encode() + b":")

    def derive(self, name: str, purpose: str) -> bytes | None:
        """Key for one purpose, drawn from the ring's key of that name; None if it is not there."""
        key = self._keys.get(name)
        return None if key is None else _derived(key, f"machimado {purpose}")

    def blind_index(self, value: str, purpose: str) -> bytes:
        """Keyed digest under the first key: equal for equal values, says nothing else. 32 bytes."""
        return self.blind_indexes(value, purpose)[0]

    def blind_indexes(self, value: str, purpose: str) -> list[bytes]:
        """The digest under every key of the ring, so that rows not yet rotated are found."""
        return self.indexer(purpose)(value)

    def indexer(self, purpose: str) -> Callable[[str], list[bytes]]:
        """`blind_indexes` of one purpose for many values: its keys are derived once."""
        drawn = [_index_key(key, purpose) for key in self._keys.values()]
        return lambda value: [hmac.digest(key, value.encode(), hashlib.sha256) for key in drawn]


def _key_bytes(encoded: str) -> bytes:
    try:
        key = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError) as error:
        raise KeyRingInvalid("鍵は base64url で書いてください。") from error
    if len(key) != KEY_BYTES:
        raise KeyRingInvalid("鍵はちょうど32バイトにしてください。")
    return key


def _index_key(key: bytes, purpose: str) -> bytes:
    return _derived(key, f"machimado blind index {purpose}")


def _derived(key: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info.encode()).derive(key)
