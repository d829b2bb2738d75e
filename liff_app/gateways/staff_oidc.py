"""Single sign-on of colleagues: the town's own OpenID Connect issuer says who somebody is.

Authorization code with PKCE, state and nonce. Addresses come from the issuer's discovery document
and nothing follows a redirect. The ID token is verified here, with the issuer's published keys. An
issuer that hangs holds at most `AT_ONCE` + 1 threads once, and is left alone for `SILENT` then.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from typing import Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from liff_app.errors import NotSignedIn, Unavailable
from liff_app.gateways import staff_claims
from liff_app.gateways.line_jwks import fetch_once, json_object
from liff_app.telemetry import log

ALGORITHMS: Final = ["RS256", "PS256", "ES256"]  # never one that needs no key, or the secret
TIMEOUT_S: Final = 5.0
KEPT: Final = timedelta(hours=1)  # the discovery document and the keys
STALE: Final = timedelta(hours=24)  # how old they may be for the time others fetch new ones
SILENT: Final = timedelta(seconds=45)  # after a failed call, from its beginning: it took up to 15
AT_ONCE: Final = 2  # codes exchanged at the same time
REFETCH_GAP: Final = timedelta(seconds=60)
Ask = Callable[[urllib.request.Request, float], bytes]


class IssuerSilent(Unavailable):
    """The issuer does not answer, or not as an issuer should."""

    code = "issuer_silent"
    title = "シングルサインオンの相手が答えません。パスワードでログインするか、少し待ってください。"


class IdentityRefused(NotSignedIn):
    """What came back does not prove who somebody is."""

    code = "identity_refused"
    title = "シングルサインオンで本人を確かめられませんでした。もう一度お試しください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffIdentity:
    """Who the issuer says it is: their name there, and when they last proved it, if it says so."""

    name: str
    proven_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a browser carries to the issuer and back: kept sealed in a cookie meanwhile."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """What the issuer is told of the verifier (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class StaffOidc(Protocol):
    """What sign-in asks of an issuer."""

    def address(self, journey: Journey, *, again: bool, now: datetime) -> str:
        """Where the browser goes; `again` asks for the proof anew. Raises IssuerSilent."""

    def identity(self, code: str, journey: Journey, *, now: datetime) -> StaffIdentity:
        """Who came back with `code`. Raises IssuerSilent or IdentityRefused."""


def _asked(request: urllib.request.Request, timeout_s: float) -> bytes:
    return fetch_once(request, timeout_s)


@dataclass(frozen=True, slots=True)
class _Known:
    """The issuer's addresses and keys, and when they were read."""

    document: Mapping[str, object]
    keys: KeySet
    at: datetime


class IssuerOidc:
    """The issuer at one address, for many threads."""

    def __init__(
        self,
        issuer: str,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        claim: str,
        ask: Ask = _asked,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._claim = claim
        self._ask = ask
        self._fetching = threading.Lock()
        self._exchanging = threading.BoundedSemaphore(AT_ONCE)
        self._silent_until: datetime | None = None
        self._known: _Known | None = None

    def address(self, journey: Journey, *, again: bool, now: datetime) -> str:
        """Where the browser goes; `again` asks for the proof anew. Raises IssuerSilent."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid profile email",
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": journey.challenge,
            "code_challenge_method": "S256",
        }
        if again:
            query |= {"prompt": "login", "max_age": "0"}
        endpoint = _text(self._read(now).document, "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def identity(self, code: str, journey: Journey, *, now: datetime) -> StaffIdentity:
        """Who came back with `code`. Raises IssuerSilent or IdentityRefused."""
        token = self._exchange(code, journey, now)
        claims = self._claims(token, now)
        fault = staff_claims.fault(claims, self._issuer, self._client_id, journey.nonce, now)
        name = claims.get(self._claim)
        if not fault and self._claim == "email" and claims.get("email_verified") is not True:
            fault = "email_verified"
        if fault or not isinstance(name, str) or not staff_claims.is_name(name):
            raise _refused(fault or "name")
        return StaffIdentity(name=name, proven_at=staff_claims.moment(claims.get("auth_time"), now))

    def _exchange(self, code: str, journey: Journey, now: datetime) -> str:
        document = self._read(now).document
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": journey.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        known_ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if isinstance(known_ways, list) and "client_secret_basic" in known_ways:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked where it is read
            _text(document, "token_endpoint"), urlencode(form).encode(), headers
        )
        with self._turn(self._exchanging, now):
            return _text(self._json(request, now, redeems=True), "id_token")

    def _claims(self, token: str, now: datetime) -> Mapping[str, object]:
        """The token's claims, its signature verified; the keys are read again for a new `kid`."""
        try:
            return jwt.decode(token, self._read(now).keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            fresh = self._read(now, newer_than=now - REFETCH_GAP)
        try:
            return jwt.decode(token, fresh.keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            raise _refused("signature") from None

    def _read(self, now: datetime, newer_than: datetime | None = None) -> _Known:
        """The issuer's document and keys, at most an hour old; older while others fetch them.

        Nobody waits for another's fetch: with the issuer hanging, every thread of the town would
        otherwise wait in turn, and no resident be answered.
        """
        known, oldest = self._known, newer_than or now - KEPT
        if known is not None and known.at > oldest:
            return known
        try:
            with self._turn(self._fetching, now):
                latest = self._known
                if latest is None or latest is known:  # else somebody was faster
                    latest = self._known = self._fetched(now)
                return latest
        except _Taken:
            if known is None or known.at <= now - STALE:
                raise
            return known

    @contextmanager
    def _turn(self, places: threading.Lock | threading.Semaphore, now: datetime) -> Iterator[None]:
        """A place to call the issuer from, without waiting. Raises IssuerSilent."""
        if not places.acquire(blocking=False):
            raise _Taken("others are asking")
        try:
            if self._silent_until is not None and now < self._silent_until:
                raise IssuerSilent("silent a moment ago")
            yield
        finally:
            places.release()

    def _fetched(self, now: datetime) -> _Known:
        """What the issuer publishes. Whatever is wrong with it is not asked for again at once."""
        try:
            return self._published(now)
        except IssuerSilent:
            self._silent_until = now + SILENT
            raise

    def _published(self, now: datetime) -> _Known:
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        document = self._json(urllib.request.Request(address), now)  # noqa: S310 - a checked setting
        if document.get("issuer") != self._issuer:
            raise IssuerSilent("the document is of another issuer")
        scheme = urlsplit(self._issuer).scheme
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(_text(document, name)).scheme != scheme:
                raise IssuerSilent(f"{name} is not {scheme}")
        listed = self._json(urllib.request.Request(_text(document, "jwks_uri")), now)  # noqa: S310 - same scheme as the issuer
        return _Known(document, _public_keys(listed), now)

    def _json(
        self, request: urllib.request.Request, now: datetime, *, redeems: bool = False
    ) -> Mapping[str, object]:
        try:
            return json_object(self._ask(request, TIMEOUT_S))
        except urllib.error.HTTPError as error:
            if (
                redeems and error.code == HTTPStatus.BAD_REQUEST
            ):  # RFC 6749, 5.2: the code is none of theirs
                raise _refused("code") from None
            # It does answer: what one browser brings must not shut the others out.
            log().warning("issuer_silent", error=type(error).__name__)
            raise IssuerSilent(f"status {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            self._silent_until = now + SILENT
            log().warning("issuer_silent", error=type(error).__name__)
            raise IssuerSilent(type(error).__name__) from None


class _Taken(IssuerSilent):
    """Others are asking the issuer just now."""


def _refused(fault: str) -> IdentityRefused:
    """The refusal, with its code in the log: which claim or step did not fit."""
    log().warning("staff_identity_refused", fault=fault)
    return IdentityRefused(fault)


def _public_keys(listed: Mapping[str, object]) -> KeySet:
    """The keys that verify signatures; others, and secrets that slipped in, are left out."""
    found = listed.get("keys")
    usable = [
        {name: value for name, value in one.items() if name in _KEY_MEMBERS}
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict)
        and one.get("kty") in ("RSA", "EC")
        and one.get("use", "sig") == "sig"
        and "d" not in one
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError):
        raise IssuerSilent("no readable keys") from None


_KEY_MEMBERS = frozenset({"kty", "kid", "n", "e", "crv", "x", "y", "alg", "use"})


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise IssuerSilent(f"no {name}")
    return value
