"""Tokens a forger could send, one by one and by name."""

from __future__ import annotations

import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.gateways.token_mint import (
    CHANNEL,
    FOREIGN_CHANNEL,
    ISSUER,
    KID,
    LINE_KEY,
    NOW,
    ORDER,
    STRANGER_KEY,
    USER,
    Claims,
    as_json,
    b64,
    claims,
    header,
    key_set,
    raw_signature,
    seal,
)


def _hmac_token(alg: str, secret: bytes) -> str:
    signed = f"{b64(as_json(header(alg=alg)))}.{b64(as_json(claims()))}"
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def _with_signature(raw: bytes) -> str:
    return f"{b64(as_json(header()))}.{b64(as_json(claims()))}.{b64(raw)}"


def _stranger_jwk() -> object:
    return json.loads(key_set(STRANGER_KEY))["keys"][0]


def _public_bytes(encoding: serialization.Encoding) -> bytes:
    return LINE_KEY.public_key().public_bytes(
        encoding, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def header_forgeries() -> dict[str, object]:
    """Forgeries that bend the algorithm or the key."""
    good = seal(header(), claims())
    stem = good.rpartition(".")[0]
    body = b64(as_json(claims()))
    found: dict[str, object] = {
        "alg none, no signature": f"{b64(as_json(header(alg='none')))}.{body}.",
        "alg None, mixed case": f"{b64(as_json(header(alg='nOnE')))}.{body}.AAAA",
        "alg none, properly signed": seal(header(alg="none"), claims()),
        "alg missing": seal(header(alg=...), claims()),
        "alg a list": seal(header(alg=["ES256"]), claims()),
        "alg es256 in lower case": seal(header(alg="es256"), claims()),
        "alg ES384": seal(header(alg="ES384"), claims()),
        "HS256 with the public key's PEM": _hmac_token(
            "HS256", _public_bytes(serialization.Encoding.PEM)
        ),
        "HS256 with the public key's DER": _hmac_token(
            "HS256", _public_bytes(serialization.Encoding.DER)
        ),
        "HS256 with an empty secret": _hmac_token("HS256", b""),
        "HMAC under the name ES256": _hmac_token(
            "ES256", _public_bytes(serialization.Encoding.PEM)
        ),
        "another key under LINE's kid": seal(header(), claims(), STRANGER_KEY),
        "unknown kid": seal(header(kid="ffffffff"), claims(), STRANGER_KEY),
        "no kid": seal(header(kid=...), claims()),
        "kid empty": seal(header(kid=""), claims()),
        "kid a list": seal(header(kid=[KID]), claims()),
        "kid a path": seal(header(kid="../../dev/null"), claims()),
        "signature missing": f"{stem}.",
        "header a list": seal(b"[]", claims()),
        "header not JSON": seal(b"kid", claims()),
        "header nested 1400 deep": seal(b"[" * 1400, claims()),
        "header with kid twice": seal(
            as_json(header())[:-1] + b',"kid":"ffffffff"}', claims(), STRANGER_KEY
        ),
    }
    jwk = _stranger_jwk()
    carried: dict[str, object] = {
        "jku": "https://evil.example/certs",
        "jwk": jwk,
        "x5u": "https://evil.example/chain",
        "x5c": ["MIIB"],
        "x5t#S256": "AAAA",
        "crit": ["exp"],
        "b64": False,
        "zip": "DEF",
    }
    for name, value in carried.items():
        found[f"{name} and the forger's key"] = seal(
            header(**{name: value}), claims(), STRANGER_KEY
        )
        found[f"{name} though signed by LINE"] = seal(header(**{name: value}), claims())
    return found


def signature_forgeries() -> dict[str, object]:
    """Forgeries of the third part alone."""
    signed = seal(header(), claims()).rpartition(".")[0]
    r, s = raw_signature(signed)
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    values = {
        "r and s zero": (0, 0),
        "r zero": (0, s),
        "s zero": (r, 0),
        "r the group order": (ORDER, s),
        "s the group order": (r, ORDER),
        "r and s one": (1, 1),
        "r and s swapped": (s, r),
        "all bits set": (2**256 - 1, 2**256 - 1),
    }
    found: dict[str, object] = {
        f"signature with {name}": _with_signature(a.to_bytes(32) + b.to_bytes(32))
        for name, (a, b) in values.items()
    }
    whole = r.to_bytes(32) + s.to_bytes(32)
    found["signature in DER"] = _with_signature(LINE_KEY.sign(signed.encode(), scheme))
    found["signature one byte short"] = _with_signature(whole[:-1])
    found["signature one byte long"] = _with_signature(whole + b"\0")
    found["signature with a zero between r and s"] = _with_signature(
        r.to_bytes(32) + s.to_bytes(33)
    )
    found["signature padded with zeros in front"] = _with_signature(b"\0" * 32 + whole)
    return found


def claim_forgeries() -> dict[str, object]:
    """Claims LINE would not sign for this town, yet with a right signature: a bought channel."""
    second = int(NOW.timestamp())
    changes: dict[str, Claims] = {
        "iss of another": {"iss": "https://access.line.me.evil.example"},
        "iss with a slash": {"iss": ISSUER + "/"},
        "iss a list": {"iss": [ISSUER]},
        "iss missing": {"iss": ...},
        "aud another channel": {"aud": FOREIGN_CHANNEL},
        "aud a list with ours": {"aud": [FOREIGN_CHANNEL, CHANNEL]},
        "aud a list of ours alone": {"aud": [CHANNEL]},
        "aud ours and a blank": {"aud": CHANNEL + " "},
        "aud a prefix of ours": {"aud": CHANNEL[:-1]},
        "aud a number": {"aud": int(CHANNEL)},
        "aud in full-width digits": {"aud": "".join(chr(ord(c) + 0xFEE0) for c in CHANNEL)},
        "aud empty": {"aud": ""},
        "aud missing": {"aud": ...},
        "expired": {"exp": second - 61, "iat": second - 3661},
        "expired a day ago": {"exp": second - 86400, "iat": second - 90000},
        "exp missing": {"exp": ...},
        "exp null": {"exp": None},
        "exp text": {"exp": str(second + 3600)},
        "exp a bool": {"exp": True},
        "exp a fraction": {"exp": second + 3600.5},
        "exp 10^30": {"exp": 10**30},
        "exp ten years away": {"exp": second + 315360000},
        "exp negative": {"exp": -1},
        "exp before iat": {"exp": second - 100, "iat": second - 50},
        "exp equal to iat": {"exp": second, "iat": second},
        "exp a list": {"exp": [second + 3600]},
        "iat missing": {"iat": ...},
        "iat a bool": {"iat": True},
        "iat a bool and exp an hour later": {"iat": True, "exp": 3601},
        "iat text": {"iat": str(second)},
        "iat in the future": {"iat": second + 120, "exp": second + 3720},
        "iat zero": {"iat": 0, "exp": 3600},
        "sub missing": {"sub": ...},
        "sub in capitals": {"sub": USER.upper()},
        "sub with a newline": {"sub": USER + "\n"},
        "sub a digit short": {"sub": USER[:-1]},
        "sub a group": {"sub": "C" + USER[1:]},
        "sub in full-width digits": {"sub": "U" + "０" * 32},
        "sub in Arabic digits": {"sub": "U" + "٠" * 32},
        "sub a list": {"sub": [USER]},
    }
    return {name: seal(header(), claims(**change)) for name, change in changes.items()}


def _body(addition: bytes) -> str:
    return seal(header(), as_json(claims())[:-1] + addition + b"}")


def text_forgeries() -> dict[str, object]:
    """Texts and payloads that parsers read differently, and things that are no text."""
    good = seal(header(), claims())
    head, body, signature = good.split(".")
    return {
        "payload nested 1400 deep": seal(header(), b"[" * 1400),
        "payload nested in exp": seal(header(), claims(exp=json.loads("[" * 300 + "]" * 300))),
        "payload a list": seal(header(), b"[]"),
        "payload a text": seal(header(), b'"x"'),
        "payload empty": f"{head}..{signature}",
        "payload cut off": seal(header(), as_json(claims())[:-1]),
        "payload not UTF-8": seal(header(), as_json(claims()).replace("川".encode(), b"\xff")),
        "payload UTF-16": seal(header(), json.dumps(claims()).encode("utf-16")),
        "payload with a byte order mark": seal(header(), b"\xef\xbb\xbf" + as_json(claims())),
        "aud twice, ours last": seal(
            header(), f'{{"aud":"{FOREIGN_CHANNEL}",'.encode() + as_json(claims())[1:]
        ),
        "sub twice": _body(b',"sub":"' + USER.encode() + b'"'),
        "exp NaN": seal(header(), as_json(claims(exp=float("nan")))),
        "exp Infinity": seal(header(), as_json(claims(exp=float("inf")))),
        "exp 1e999": seal(header(), as_json(claims(exp=...))[:-1] + b',"exp":1e999}'),
        "exp of 2000 digits": seal(header(), claims(exp=10**2000)),
        "longer than 4 KB": seal(header(), claims(name="x" * 4096)),
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{signature}",
        "five parts, as encrypted": f"{head}.{body}.{signature}.{body}.{signature}",
        "blank in front": f" {good}",
        "newline behind": f"{good}\n",
        "newline inside": f"{head}.{body[:9]}\n{body[9:]}.{signature}",
        "padding": f"{head}.{body}.{signature}==",
        "other trailing bits": good[:-1] + chr(ord(good[-1]) + 1),
        "plus and slash": _spelled_with_plus(),
        "full-width full stops": good.replace(".", "．"),
        "full-width letter": good.replace(good[5], chr(ord(good[5]) + 0xFEE0), 1),
        "lone surrogate": f"{good}\ud800",
        "NUL behind": f"{good}\0",
        "empty": "",
        "only dots": "..",
        "bytes": good.encode(),
        "None": None,
        "a number": 7,
        "a list": [good],
        "an object": {"id_token": good},
    }


def _spelled_with_plus() -> str:
    for number in range(1000):
        good = seal(header(), claims(name=f"n{number}"))
        if "-" in good or "_" in good:
            return good.replace("-", "+").replace("_", "/")
    raise AssertionError("no token with - or _ among a thousand")


def matrix() -> dict[str, object]:
    """Every named forgery."""
    return header_forgeries() | signature_forgeries() | claim_forgeries() | text_forgeries()
