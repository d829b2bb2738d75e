"""Forged and mutated tokens sent at a verifier, and verifiers that are flawed on purpose.

Used by the tests and by `python -m bench.forged_tokens`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from liff_app.gateways.line_login import (
    JwksSource,
    LineLogin,
    LocalLineLogin,
    LoginUnavailable,
    TokenExpired,
    TokenInvalid,
)
from tests.gateways.token_mint import (
    CHANNEL,
    ISSUER,
    NOW,
    OTHER_CHANNEL,
    STRANGER_KEY,
    Claims,
    as_json,
    b64,
    claims,
    good_tokens,
    header,
    key_set,
    seal,
    unb64,
)


def source() -> JwksSource:
    return JwksSource("https://line.invalid/certs", fetch=lambda _url, _timeout: key_set())


def verifier(kind: type[LocalLineLogin] = LocalLineLogin, *, leeway_s: int = 60) -> LocalLineLogin:
    accepted = frozenset({CHANNEL, OTHER_CHANNEL})
    return kind(source(), issuer=ISSUER, audiences=accepted, leeway_s=leeway_s)


@dataclass(slots=True)
class Outcome:
    """What became of the tokens: names accepted, names that ended in another error."""

    tried: int = 0
    expired: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    uncaught: list[str] = field(default_factory=list)


def attack(login: LineLogin, tokens: Iterable[tuple[str, object]]) -> Outcome:
    """Send every token; the verifier's own three errors are the only ones allowed."""
    outcome = Outcome()
    for name, token in tokens:
        outcome.tried += 1
        try:
            login.verify(token, now=NOW)
        except TokenExpired:
            outcome.expired.append(name)
        except TokenInvalid:
            pass
        except LoginUnavailable:
            outcome.uncaught.append(f"{name}: LoginUnavailable with keys at hand")
        except Exception as error:  # noqa: BLE001 - finding any other error is the purpose
            outcome.uncaught.append(f"{name}: {type(error).__name__}")
        else:
            outcome.accepted.append(name)
    return outcome


class NoAudienceCheck(LocalLineLogin):
    """Flawed on purpose: takes every channel's tokens."""

    def _audience(self, claims: Mapping[str, object]) -> str:
        return str(claims.get("aud"))


class NoSignatureCheck(LocalLineLogin):
    """Flawed on purpose: believes the payload."""

    def _require_signature(self, parts: object, now: datetime) -> None:
        pass


class NoIssuerCheck(LocalLineLogin):
    """Flawed on purpose: takes every issuer."""

    def _require_issuer(self, claims: Mapping[str, object]) -> None:
        pass


class NoLifeCheck(LocalLineLogin):
    """Flawed on purpose: believes any `exp`, like the libraries that took 10^30."""

    def _expires_at(self, claims: Mapping[str, object], issued_at: int) -> int:
        said = claims.get("exp")
        return min(said, 2**33) if isinstance(said, int) else issued_at + 3600


class NoSubjectCheck(LocalLineLogin):
    """Flawed on purpose: takes any user id."""

    def _subject(self, claims: Mapping[str, object]) -> str:
        return str(claims.get("sub"))


FLAWED: dict[str, Callable[[], LineLogin]] = {
    "aud another channel": lambda: verifier(NoAudienceCheck),
    "another key under LINE's kid": lambda: verifier(NoSignatureCheck),
    "iss of another": lambda: verifier(NoIssuerCheck),
    "exp 10^30": lambda: verifier(NoLifeCheck),
    "sub in full-width digits": lambda: verifier(NoSubjectCheck),
    "expired": lambda: verifier(leeway_s=10**6),
}
"""A verifier with one planted flaw each, by the forgery it must be caught accepting."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _other_letter(dice: random.Random, good: list[str]) -> str:
    token = dice.choice(good)
    place = dice.randrange(len(token))
    return token[:place] + dice.choice(_ALPHABET) + token[place + 1 :]


def _other_character(dice: random.Random, good: list[str]) -> str:
    token = dice.choice(good)
    place, cut = dice.randrange(len(token)), dice.randrange(3)
    strange = dice.choice(["", "=", ".", "\0", "\n", " ", "０", "é", "\udcff", '"', "{", "%2E"])
    return token[:place] + strange + token[place + cut :]


def _flipped_bit(dice: random.Random, good: list[str]) -> str:
    parts = dice.choice(good).split(".")
    which = dice.randrange(3)
    raw = bytearray(unb64(parts[which]))
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    parts[which] = b64(bytes(raw))
    return ".".join(parts)


def _swapped_parts(dice: random.Random, good: list[str]) -> str:
    donors = [dice.choice(good).split(".") for _ in range(3)]
    return ".".join(
        donors[place][dice.choice([place, place, dice.randrange(3)])] for place in range(3)
    )


def _edited(dice: random.Random, good: list[str]) -> Claims:
    body: Claims = json.loads(unb64(dice.choice(good).split(".")[1]))
    strange: list[object] = [
        "",
        None,
        True,
        -1,
        2**63,
        1e300,
        [],
        {},
        "U" + "f" * 32,
        CHANNEL,
        ISSUER,
    ]
    for name in dice.sample(sorted(body), dice.randrange(1, 3)):
        body[name] = dice.choice(strange)
    return body


def _edited_old_signature(dice: random.Random, good: list[str]) -> str:
    head, _, signature = dice.choice(good).split(".")
    return f"{head}.{b64(as_json(_edited(dice, good)))}.{signature}"


def _resigned(dice: random.Random, good: list[str]) -> str:
    body = (
        _edited(dice, good) if dice.random() < 0.5 else claims(sub=f"U{dice.getrandbits(128):032x}")
    )
    return seal(header(), body, STRANGER_KEY)


def _other_header(dice: random.Random, good: list[str]) -> str:
    _, body, _ = dice.choice(good).split(".")
    name = dice.choice(["alg", "kid", "jku", "jwk", "crit", "b64", "typ", "x5c", "enc"])
    value: object = dice.choice(
        ["none", "HS256", "", None, 0, [], {}, ["exp"], "https://evil.example"]
    )
    return seal(header(**{name: value}), unb64(body), STRANGER_KEY)


def _other_spelling(dice: random.Random, good: list[str]) -> str:
    """Spell the same bytes otherwise: padding, trailing bits, the other alphabet, blanks."""
    parts = dice.choice(good).split(".")
    which = dice.randrange(3)
    part = parts[which]
    last = _ALPHABET.index(part[-1])
    choices = [part + "=" * (-len(part) % 4 or 1), part + "\r\n", f"{part[:8]} {part[8:]}"]
    if len(part) % 4:
        choices.append(part[:-1] + _ALPHABET[last ^ 1])
    if "-" in part or "_" in part:
        choices.append(part.replace("-", "+").replace("_", "/"))
    parts[which] = dice.choice(choices)
    return ".".join(parts)


def _cut(dice: random.Random, good: list[str]) -> str:
    token = dice.choice(good)
    return dice.choice([token[: dice.randrange(len(token))], token * dice.randrange(2, 20)])


MUTATIONS: tuple[Callable[[random.Random, list[str]], str], ...] = (
    _other_letter,
    _other_character,
    _flipped_bit,
    _swapped_parts,
    _edited_old_signature,
    _resigned,
    _other_header,
    _other_spelling,
    _cut,
)


def mutations(count: int, seed: int) -> Iterator[tuple[str, object]]:
    """`count` texts made from good tokens, none of them one LINE signed."""
    dice = random.Random(seed)
    good = good_tokens(50, seed)
    known = set(good)
    made = 0
    while made < count:
        change = MUTATIONS[made % len(MUTATIONS)]
        text = change(dice, good)
        if text not in known:
            made += 1
            yield f"{change.__name__} #{made}", text
