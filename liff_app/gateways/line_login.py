"""Who holds this LINE ID token? Verified on this machine, never by asking LINE per sign-in.

LINE signs the tokens of LIFF pages with ES256 and gives them one hour (LINE Login: verify ID
token). The library checks the signature; everything an attacker could bend around it is checked
here, because the JWT libraries tried accepted tokens with a list as `aud` or an `exp` of 10^30.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from liff_app.errors import NotSignedIn
from liff_app.gateways.line_jwks import JwksSource, LoginUnavailable, json_object

__all__ = [
    "JwksSource",
    "LineIdentity",
    "LineLogin",
    "LocalLineLogin",
    "LoginUnavailable",
    "RecordingLineLogin",
    "TokenExpired",
    "TokenInvalid",
]

MAX_TOKEN_CHARS: Final = 4096
"""LINE's tokens have 400 to 900 characters, with a long name and picture address."""

MAX_LIFE_S: Final = 24 * 60 * 60
"""LINE gives one hour; a day leaves room for a change without trusting an `exp` of 10^30."""

# Headers that would have us take a key, or a meaning, from the token itself.
_REFUSED_HEADERS: Final = frozenset(
    {"jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip", "enc"}
)
_SUB: Final = re.compile(r"U[0-9a-f]{32}")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]+")
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF_SIGNATURE: Final = 32  # bytes of r and of s (RFC 7518, 3.4)
# Header names LINE may add are not refused (an addition must not lock a town out); those that
# change the meaning are, above. The algorithm is fixed here, whatever the header says.
_ES256_ONLY: Final = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


class TokenInvalid(NotSignedIn):
    """Not a token LINE issued for this town, or one we cannot read. Nothing more is told."""

    code = "token_invalid"
    title = "LINEのログインを確認できませんでした。もう一度ひらいてください。"


class TokenExpired(NotSignedIn):
    """Right in every other respect, signature included, but its hour is over."""

    code = "token_expired"
    title = "LINEのログインの時間が切れました。もう一度ひらいてください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineIdentity:
    """What a good token says, and no more: name, picture and e-mail are never kept.

    `sub` is LINE's user id, valid under one provider only. `token_digest` (SHA-256) is the same
    for every spelling of one signed token, so a ledger of digests stops its second use: a third
    party can turn an ECDSA signature (r, s) into (r, n-s), another text that verifies too.
    """

    sub: str
    audience: str
    issued_at: datetime
    expires_at: datetime
    token_digest: bytes

    def __repr__(self) -> str:
        """Nothing about the person: reprs end up in logs."""
        return f"<LineIdentity until {self.expires_at.isoformat()}>"


class LineLogin(Protocol):
    """What we ask of LINE Login."""

    def verify(self, id_token: object, *, now: datetime) -> LineIdentity:
        """Name the holder of `id_token`, whatever type a client sent.

        Raises TokenInvalid, TokenExpired or LoginUnavailable, and nothing else.
        """


@dataclass(frozen=True, slots=True)
class _Signature:
    r: int
    s: int


@dataclass(frozen=True, slots=True)
class _Parts:
    """A token taken apart; `text` is ASCII."""

    text: str
    header: Mapping[str, object]
    claims: Mapping[str, object]
    signature: _Signature


class LocalLineLogin:
    """Verifies with the keys of `jwks`; accepts `issuer` and one of `audiences`, both exactly.

    `audiences` are LINE Login channel ids. `leeway_s` covers clocks that differ, in seconds.
    """

    def __init__(
        self, jwks: JwksSource, *, issuer: str, audiences: frozenset[str], leeway_s: int = 60
    ) -> None:
        if not issuer or not audiences or not all(audiences):
            raise ValueError("an issuer and at least one channel id are needed")
        self._jwks = jwks
        self._issuer = issuer
        self._audiences = audiences
        self._leeway_s = leeway_s

    def verify(self, id_token: object, *, now: datetime) -> LineIdentity:
        """Name the holder of `id_token`; see LineLogin.

        Whether a token is too old is said last, once its signature holds: to a forger a wrong
        claim, a wrong key and a wrong hour look the same.
        """
        try:
            parts = _take_apart(id_token)
        except ValueError:  # binascii.Error is one
            raise TokenInvalid("not a readable token") from None
        issued_at = self._issued_at(parts.claims, now)
        expires_at = self._expires_at(parts.claims, issued_at)
        audience = self._audience(parts.claims)
        sub = self._subject(parts.claims)
        self._require_issuer(parts.claims)
        self._require_signature(parts, now)
        if now.timestamp() >= expires_at + self._leeway_s:
            raise TokenExpired("the token's hour is over")
        return LineIdentity(
            sub=sub,
            audience=audience,
            issued_at=datetime.fromtimestamp(issued_at, UTC),
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            token_digest=_digest(parts),
        )

    def _issued_at(self, claims: Mapping[str, object], now: datetime) -> int:
        issued_at = _seconds(claims, "iat")
        if issued_at > now.timestamp() + self._leeway_s:
            raise TokenInvalid("issued in the future")
        return issued_at

    def _expires_at(self, claims: Mapping[str, object], issued_at: int) -> int:
        expires_at = _seconds(claims, "exp")
        if not 0 < expires_at - issued_at <= MAX_LIFE_S:
            raise TokenInvalid("no life of LINE's tokens")
        return expires_at

    def _audience(self, claims: Mapping[str, object]) -> str:
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience not in self._audiences:
            raise TokenInvalid("another channel's token")
        return audience

    def _subject(self, claims: Mapping[str, object]) -> str:
        sub = claims.get("sub")
        if not isinstance(sub, str) or _SUB.fullmatch(sub) is None:
            raise TokenInvalid("no LINE user id")
        return sub

    def _require_issuer(self, claims: Mapping[str, object]) -> None:
        if claims.get("iss") != self._issuer:
            raise TokenInvalid("another issuer's token")

    def _require_signature(self, parts: _Parts, now: datetime) -> None:
        """Last of the checks, so that garbage costs neither a fetch nor a curve operation."""
        kid = parts.header.get("kid")
        if not isinstance(kid, str):
            raise TokenInvalid("no key id")
        key = self._jwks.key(kid, now=now)
        if key is None or not _signed_by(parts.text, key):
            raise TokenInvalid("not signed by LINE")


def _take_apart(id_token: object) -> _Parts:
    """Split and read a token; ValueError if it is not a text LINE could have produced."""
    if not isinstance(id_token, str) or len(id_token) > MAX_TOKEN_CHARS:
        raise ValueError("not a short text")
    header_text, claims_text, signature_text = id_token.split(".")  # ValueError unless three
    header = json_object(_decode(header_text))
    if header.get("alg") != "ES256" or not _REFUSED_HEADERS.isdisjoint(header):
        raise ValueError("not a header of LINE's")
    raw = _decode(signature_text)
    if len(raw) != 2 * _HALF_SIGNATURE:
        raise ValueError("not an ES256 signature")
    r = int.from_bytes(raw[:_HALF_SIGNATURE])
    s = int.from_bytes(raw[_HALF_SIGNATURE:])
    if not (0 < r < _P256_ORDER and 0 < s < _P256_ORDER):
        raise ValueError("r or s out of range")
    claims = json_object(_decode(claims_text))
    return _Parts(id_token, header, claims, _Signature(r, s))


def _decode(segment: str) -> bytes:
    """Bytes of one base64url segment, only in the one canonical spelling (RFC 7515, 2).

    Python drops the unused bits at the end, so up to 16 texts would mean the same token.
    """
    if _SEGMENT.fullmatch(segment) is None:
        raise ValueError("not base64url")
    raw = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != segment.encode("ascii"):
        raise ValueError("not canonical base64url")
    return raw


def _seconds(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    # bool is an int to Python; LINE sends whole seconds, so a float is not LINE's.
    if isinstance(value, bool) or not isinstance(value, int):
        raise TokenInvalid(f"{name} is no whole number")
    if value <= 0:
        raise TokenInvalid(f"{name} is out of range")
    return value


def _signed_by(token: str, key: ECKey) -> bool:
    try:
        jws.deserialize_compact(token, key, registry=_ES256_ONLY)
    except JoseError:  # bad signature, header of a wrong type, segment over the library's caps
        return False
    return True


def _digest(parts: _Parts) -> bytes:
    signature = parts.signature
    smaller_s = min(signature.s, _P256_ORDER - signature.s)
    signed_text = parts.text.rpartition(".")[0]
    return hashlib.sha256(f"{signed_text}.{signature.r:064x}{smaller_s:064x}".encode()).digest()


def _outside() -> bool:
    return False


class RecordingLineLogin:
    """Answers from a table in unit tests; a token not in it is TokenInvalid.

    `asked` lists what was asked. `in_transaction` tells whether a database block is open: a
    real verification may fetch keys, and no network call may stand inside one.
    """

    def __init__(
        self,
        answers: Mapping[str, LineIdentity | Exception],
        *,
        in_transaction: Callable[[], bool] = _outside,
    ) -> None:
        self.answers = dict(answers)
        self.asked: list[object] = []
        self._in_transaction = in_transaction

    def verify(self, id_token: object, *, now: datetime) -> LineIdentity:
        """Give the table's answer, raised if it is an exception; past its time, TokenExpired."""
        if self._in_transaction():
            raise RuntimeError("verify() called inside a database transaction")
        self.asked.append(id_token)
        answer = self.answers.get(id_token) if isinstance(id_token, str) else None
        if answer is None:
            raise TokenInvalid("not in the table")
        if isinstance(answer, Exception):
            raise answer
        if now >= answer.expires_at:
            raise TokenExpired("the token's hour is over")
        return answer
