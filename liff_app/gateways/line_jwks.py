"""LINE's public signing keys: fetched from one configured address, kept in memory and on disk.

Sign-in must survive LINE's key server being away (it was, on 2026-03-19 and 2026-04-17), so a
copy on disk is served until it is a week old. Nothing here follows a redirect or an address
found in a token.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Final, Never
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from liff_app.errors import Unavailable
from liff_app.telemetry import log

REFRESH_AFTER: Final = timedelta(hours=24)
"""LINE announces no rotation period; a day keeps the set fresh at one request per process."""

REFETCH_GAP: Final = timedelta(seconds=60)
"""At most one fetch in this time while keys are held, however many unknown `kid`s arrive."""

REFETCH_GAP_WITHOUT_KEYS: Final = timedelta(seconds=5)
"""Shorter while nobody can sign in at all."""

STALE_AFTER: Final = timedelta(days=7)
"""A key that LINE withdrew must not be trusted for ever because LINE cannot be reached."""

MAX_BYTES: Final = 64 * 1024
"""LINE's set is about 1 kB per key."""


class LoginUnavailable(Unavailable):
    """LINE's keys can be had neither from LINE nor from disk; the token may well be good."""

    code = "login_unavailable"
    title = "いまLINEの本人確認ができません。しばらくしてからお試しください。"


def json_object(raw: bytes) -> dict[str, object]:
    """Read the JSON object in `raw`, UTF-8, without Python's leniency.

    Raises ValueError for anything but one object and for duplicate names, NaN and Infinity,
    which other readers of the same bytes may understand differently. Nesting too deep for the
    parser is a ValueError as well, not a RecursionError. Texts are left as they are, unlike in
    `strict_json`: half an emoji at the end of a display name, cut by LINE, must not lock its
    owner out, and we read no such text.
    """
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of error for the caller
    return found


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def signing_keys(key_set: Mapping[str, object]) -> dict[str, ECKey]:
    """Usable keys by `kid`: public P-256 keys meant for ES256 signatures, all others left out.

    Of two keys with one `kid` neither is used: which of them is meant cannot be known.
    """
    listed = key_set.get("keys")
    usable: dict[str, ECKey] = {}
    seen: set[str] = set()
    for jwk in listed if isinstance(listed, list) else []:
        kid = jwk.get("kid") if isinstance(jwk, dict) else None
        if not isinstance(kid, str) or not kid:
            continue
        key = _p256_key(jwk)
        if kid in seen:
            usable.pop(kid, None)
        elif key is not None:
            usable[kid] = key
        seen.add(kid)
    return usable


def _p256_key(jwk: Mapping[str, object]) -> ECKey | None:
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256") or "d" in jwk:
        return None
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", "ES256") != "ES256":
        return None
    operations = jwk.get("key_ops", ["verify"])
    x, y = jwk.get("x"), jwk.get("y")
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    if not isinstance(x, str) or not isinstance(y, str):
        return None
    try:
        # Only the point itself goes in: no other member of the set may steer the library.
        return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    except (JoseError, ValueError):  # ValueError: not base64url, or not a point of the curve
        return None


class _RefuseRedirects(urllib.request.HTTPRedirectHandler):
    """A key server that points elsewhere is not the one that was configured."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002 - the signature is urllib's
        fp: IO[bytes],  # noqa: ARG002 - the signature is urllib's
        code: int,  # noqa: ARG002 - the signature is urllib's
        msg: str,  # noqa: ARG002 - the signature is urllib's
        headers: HTTPMessage,  # noqa: ARG002 - the signature is urllib's
        newurl: str,  # noqa: ARG002 - the signature is urllib's
    ) -> urllib.request.Request | None:
        return None


def fetch_once(url: str | urllib.request.Request, timeout_s: float) -> bytes:
    """Fetch the body at `url`, at most MAX_BYTES long.

    Raises OSError or HTTPException for every failure of the way, redirects included, and
    ValueError for a body that is too long.
    """
    opener = urllib.request.OpenerDirector()
    # Put together by hand: `build_opener` would also open file: and ftp: addresses.
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
        _RefuseRedirects(),
    ):
        opener.add_handler(handler)
    try:
        with opener.open(url, timeout=timeout_s) as answer:
            body: bytes = answer.read(MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection; left open it is a ResourceWarning
        raise
    if len(body) > MAX_BYTES:
        raise ValueError(f"key set longer than {MAX_BYTES} bytes")
    return body


@dataclass(frozen=True, slots=True)
class _Held:
    """A key set and when LINE gave it out."""

    keys: Mapping[str, ECKey]
    fetched_at: datetime


_NOTHING: Final = _Held({}, datetime.min.replace(tzinfo=UTC))


class JwksSource:
    """LINE's keys by `kid`, for many threads.

    `url` is the only address asked, with `timeout_s` seconds per network step. `cache_path` is
    a file of this process' own; None keeps nothing on disk. `fetch` stands in for the network
    in tests.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 5.0,
        cache_path: Path | None = None,
        fetch: Callable[[str, float], bytes] = fetch_once,
    ) -> None:
        if urlsplit(url).scheme not in {"https", "http"}:
            raise ValueError("the key set's address must be http or https")
        self._url = url
        self._timeout_s = timeout_s
        self._cache_path = cache_path
        self._fetch = fetch
        self._fetching = threading.Lock()
        self._tried_at: datetime | None = None
        self._last_try_failed = False
        self._held = self._from_disk()

    def key(self, kid: str, *, now: datetime) -> ECKey | None:
        """Give the key LINE publishes under `kid`; None if LINE publishes no such key.

        Raises LoginUnavailable if that cannot be known: no set younger than a week is held, or
        the key is unknown and LINE could not be asked, or is just being asked.
        """
        if not _within(now, self._held.fetched_at, REFRESH_AFTER):
            self._refresh(now)
        if kid not in self._held.keys:
            self._refresh(now)
        held = self._held
        if not held.keys or not _within(now, held.fetched_at, STALE_AFTER):
            raise LoginUnavailable("no key set of LINE is at hand")
        found = held.keys.get(kid)
        if found is None and self._last_try_failed:
            raise LoginUnavailable("an unknown key, and LINE cannot be asked")
        return found

    def _refresh(self, now: datetime) -> None:
        """Ask LINE, unless that was done a moment ago or another thread is doing it.

        A thread that holds keys does not wait for another's fetch: with LINE hanging, every
        sign-in would otherwise wait for the timeout in turn.
        """
        if not self._fetching.acquire(blocking=not self._held.keys):
            return
        try:
            gap = REFETCH_GAP if self._held.keys else REFETCH_GAP_WITHOUT_KEYS
            if self._tried_at is not None and _within(now, self._tried_at, gap):
                return
            self._tried_at = now
            self._last_try_failed = True
            raw = self._fetch(self._url, self._timeout_s)
            self._held = _Held(_usable(raw), now)
            self._last_try_failed = False
            self._to_disk(raw, now)
        except (OSError, HTTPException, ValueError) as error:
            log().warning("line_keys_not_refreshed", error=type(error).__name__)
        finally:
            self._fetching.release()

    def _from_disk(self) -> _Held:
        if self._cache_path is None:
            return _NOTHING
        try:
            stored = json_object(self._cache_path.read_bytes())
            fetched_at = datetime.fromisoformat(str(stored["fetched_at"]))
            keys = _usable(str(stored["key_set"]).encode("utf-8"))
        except FileNotFoundError:
            return _NOTHING
        except (OSError, ValueError, KeyError) as error:
            log().warning("line_keys_on_disk_unreadable", error=type(error).__name__)
            return _NOTHING
        return _Held(keys, fetched_at) if fetched_at.tzinfo is not None else _NOTHING

    def _to_disk(self, raw: bytes, now: datetime) -> None:
        """Replace the copy on disk; a full disk costs the copy, not the sign-in."""
        if self._cache_path is None:
            return
        text = json.dumps({"fetched_at": now.isoformat(), "key_set": raw.decode("utf-8")})
        try:
            _replace_file(self._cache_path, text.encode("utf-8"))
        except OSError as error:
            log().warning("line_keys_not_kept_on_disk", error=type(error).__name__)


def _usable(raw: bytes) -> dict[str, ECKey]:
    keys = signing_keys(json_object(raw))
    if not keys:
        raise ValueError("no ES256 key in the set")
    return keys


def _within(now: datetime, then: datetime, span: timedelta) -> bool:
    """Whether the two lie less than `span` apart, in either order.

    Threads pass the time at which their request began, so `now` may be a little before `then`;
    a clock set back by more than `span` must not stop the fetching.
    """
    return abs(now - then) < span


def _replace_file(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
