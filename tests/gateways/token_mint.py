"""Tokens as LINE signs them, from keys derived from constants.

Signatures are deterministic too, so a seed gives the same tokens on every machine.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = datetime(2025, 11, 22, 5, 5, tzinfo=UTC)
ISSUER = "https://access.line.me"
CHANNEL = "1650000001"
OTHER_CHANNEL = "1650000002"  # a second channel of the same town, accepted too
FOREIGN_CHANNEL = "1659999999"
KID = "9c2f7a1e"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LINE_KEY = ec.derive_private_key(0x4C494E45, ec.SECP256R1())
STRANGER_KEY = ec.derive_private_key(0x5354524E, ec.SECP256R1())
USER = "U" + "0123456789abcdef" * 2

Claims = dict[str, object]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def claims(**changed: object) -> Claims:
    """Give what LINE signs; a value of `...` leaves the claim out."""
    issued = int(NOW.timestamp()) - 30
    found: Claims = {
        "iss": ISSUER,
        "sub": USER,
        "aud": CHANNEL,
        "exp": issued + 3600,
        "iat": issued,
        "amr": ["linesso"],
        "name": "川口 花子",
    }
    found.update(changed)
    return {name: value for name, value in found.items() if value is not ...}


def header(**changed: object) -> dict[str, object]:
    found: dict[str, object] = {"kid": KID, "typ": "JWT", "alg": "ES256"}
    found.update(changed)
    return {name: value for name, value in found.items() if value is not ...}


def raw_signature(signed: str, key: ec.EllipticCurvePrivateKey = LINE_KEY) -> tuple[int, int]:
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(signed.encode(), scheme))
    return r, s


def seal(
    head: bytes | Mapping[str, object],
    body: bytes | Mapping[str, object],
    key: ec.EllipticCurvePrivateKey = LINE_KEY,
) -> str:
    """Make a token over exactly these bytes, signed with `key`."""
    parts = [part if isinstance(part, bytes) else as_json(part) for part in (head, body)]
    signed = ".".join(b64(part) for part in parts)
    r, s = raw_signature(signed, key)
    return f"{signed}.{b64(r.to_bytes(32) + s.to_bytes(32))}"


def good_tokens(count: int, seed: int = 1) -> list[str]:
    """Tokens as LINE signs them, different people, ages and channels."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        issued = int(NOW.timestamp()) - dice.randrange(-50, 3500)
        person = f"U{dice.getrandbits(128):032x}"
        body = claims(
            sub=person,
            aud=dice.choice([CHANNEL, OTHER_CHANNEL]),
            iat=issued,
            exp=issued + 3600,
            name=dice.choice(["花子", "J. Smith", "👨‍👩‍👧", "?" * dice.randrange(1, 40)]),
            picture=f"https://profile.line-scdn.net/{number}" if number % 2 else ...,
        )
        found.append(seal(header(), body))
    return found


def key_set(key: ec.EllipticCurvePrivateKey = LINE_KEY, kid: str = KID) -> bytes:
    """Give the JSON LINE would publish for `key`."""
    point = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256"}
    jwk |= {"x": b64(point.x.to_bytes(32)), "y": b64(point.y.to_bytes(32))}
    return as_json({"keys": [jwk]})
