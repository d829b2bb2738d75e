"""The key that signs ID tokens, and tokens forged on demand."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from liff_app.emulator.store import Store

_COORDINATE_BYTES = 32  # P-256


def b64url(raw: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Decode base64url without padding; raise ValueError for anything else."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _segment(part: Mapping[str, Any]) -> str:
    return b64url(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())


def _sign_es256(key: ec.EllipticCurvePrivateKey, signed: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)


def _sign_hs256(secret: bytes, signed: bytes) -> bytes:
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(signed)
    return mac.finalize()


class SigningKey:
    """One P-256 key, kept in the store so that tokens outlive a restart."""

    def __init__(self, store: Store) -> None:
        kept = store.get("setting", "signing_key")
        if kept is None:
            fresh = ec.generate_private_key(ec.SECP256R1())
            pem = fresh.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ).decode()
            store.add("setting", "signing_key", {"pem": pem})
            kept = {"pem": pem}
        key = serialization.load_pem_private_key(kept["pem"].encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the state file holds a signing key that is not on a curve")
        self._key = key
        # A stranger's key under the same kid: what a forger without LINE's key can do best.
        self._foreign = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as LINE publishes its own."""
        numbers = self._key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(_COORDINATE_BYTES), numbers.y.to_bytes(_COORDINATE_BYTES)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(x + y)
        return {
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "alg": "ES256",
            "kid": digest.finalize().hex(),
            "x": b64url(x),
            "y": b64url(y),
        }

    @property
    def public_pem(self) -> bytes:
        """The public key as PEM: the secret of the HS256 confusion attack."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def token(
        self,
        claims: Mapping[str, Any],
        *,
        headers: Mapping[str, Any] | None = None,
        signed_with: str = "own",
        secret: bytes = b"",
    ) -> str:
        """Return a compact JWS; the header says ES256 with our kid unless `headers` differ.

        A header set to None is left out. `signed_with`: `own` and `foreign` are ES256,
        `public_key` is HS256 keyed with our public PEM, `secret` is HS256 keyed with `secret`,
        `nothing` leaves the signature empty. The header is never adapted to the signature.
        """
        full = {"typ": "JWT", "alg": "ES256", "kid": self.jwk["kid"], **(headers or {})}
        header = {name: value for name, value in full.items() if value is not None}
        signed = f"{_segment(header)}.{_segment(claims)}".encode()
        return f"{signed.decode()}.{b64url(self._signature(signed, signed_with, secret))}"

    def _signature(self, signed: bytes, signed_with: str, secret: bytes) -> bytes:
        match signed_with:
            case "own":
                return _sign_es256(self._key, signed)
            case "foreign":
                return _sign_es256(self._foreign, signed)
            case "public_key":
                return _sign_hs256(self.public_pem, signed)
            case "secret":
                return _sign_hs256(secret, signed)
            case _:
                return b""

    def claims_of(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a token signed by us with ES256, or None; dates unchecked."""
        try:
            head, body, signature = token.split(".")
            header = json.loads(unb64url(head))
            if header.get("alg") != "ES256" or header.get("kid") != self.jwk["kid"]:
                return None
            if not self._signed_by_us(f"{head}.{body}".encode(), unb64url(signature)):
                return None
            claims = json.loads(unb64url(body))
        except (ValueError, AttributeError):
            return None
        return claims if isinstance(claims, dict) else None

    def _signed_by_us(self, signed: bytes, signature: bytes) -> bool:
        if len(signature) != 2 * _COORDINATE_BYTES:
            return False
        r = int.from_bytes(signature[:_COORDINATE_BYTES])
        s = int.from_bytes(signature[_COORDINATE_BYTES:])
        try:
            self._key.public_key().verify(
                encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256())
            )
        except InvalidSignature:
            return False
        return True
