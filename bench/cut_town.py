"""Residents of a real server who send reports over a line that breaks, and try until answered."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import random
import re
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from PIL import Image, ImageDraw, ImageFilter

from bench.cutting import PATIENCE_S, Cut, Line
from liff_app import clock
from liff_app.db import transaction
from liff_app.gateways.line_login import LineIdentity
from liff_app.identity import service as identity

MOST_TRIES = 40
BOUNDARY = "a-boundary-of-a-browser-42"
OK = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class Phone:
    """A signed-in resident's browser: the cookie and the token of our pages."""

    resident_id: str
    cookie: str
    csrf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it goes over the line."""

    path: str
    kind: str
    body: bytes


def sign_in(app: Flask, port: int, number: int) -> Phone:
    """A new resident with a live session."""
    now, keys = clock.now(), app.config["SETTINGS"].keys
    with transaction() as session:
        person = LineIdentity(
            sub=f"U{number:032x}",
            audience="1234567890",
            issued_at=now,
            expires_at=now + timedelta(hours=1),
            token_digest=hashlib.sha256(f"token {number}".encode()).digest(),
        )
        resident_id = identity.sign_in(session, person, keys=keys, now=now, again=False)
        token, _ = identity.start_session(session, resident_id, now=now)
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    asked.request(
        "GET", "/liff/menu", headers={"Cookie": f"machimado={token}", "Host": "localhost"}
    )
    page = asked.getresponse().read().decode()
    asked.close()
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found, "no token on the menu page"
    return Phone(resident_id, token, found[1])


def picture(seed: int, size: tuple[int, int] = (1200, 900)) -> bytes:
    """A photo-like JPEG of some 150 kB; every seed has other bytes and other pixels."""
    dice = random.Random(seed)
    image = Image.new("RGB", size, (dice.randrange(256), 120, 90))
    pen = ImageDraw.Draw(image)
    for _ in range(400):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        colour = tuple(dice.randrange(256) for _ in range(3))
        pen.ellipse((x, y, x + dice.randrange(150), y + dice.randrange(150)), fill=colour)
    made = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.5)).save(made, "JPEG", quality=88)
    return made.getvalue()


def words(number: int) -> dict[str, Any]:
    """What is reported: another text for each number."""
    return {
        "category": "road",
        "description": f"道路に穴があいています。{number} 回目の電波の悪い場所から。",
        "lat": 35.6 + number / 100_000,
        "lon": 140.29,
        "accuracy_m": 25,
    }


def as_text(number: int) -> Request:
    """The words alone, as JSON."""
    body = json.dumps(words(number), ensure_ascii=False).encode()
    return Request(path="/api/v1/reports", kind="application/json", body=body)


def as_photo(ref: str, raw: bytes) -> Request:
    """A photo for a report that is there."""
    return Request(path=f"/api/v1/reports/{ref}/photos", kind="image/jpeg", body=raw)


def as_form(number: int, photos: list[bytes]) -> Request:
    """Words and photos at once, as a browser's form."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in words(number).items()
    ]
    for raw in photos:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        parts += [head.encode(), raw, b"\r\n"]
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return Request(path="/api/v1/reports", kind=kind, body=b"".join(parts))


def raw_request(phone: Phone, request: Request, key: str | None) -> bytes:
    """The request byte by byte, as it goes over the line."""
    lines = [
        f"POST {request.path} HTTP/1.1",
        "Host: localhost",
        f"Cookie: machimado={phone.cookie}",
        f"X-CSRF-Token: {phone.csrf}",
        f"Content-Type: {request.kind}",
        f"Content-Length: {len(request.body)}",
        *([f"Idempotency-Key: {key}"] if key else []),
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


@dataclass(slots=True)
class Sending:
    """One submission: what befell each try, and the whole answer at last."""

    cuts: list[Cut] = field(default_factory=list)
    broken: int = 0  # tries without a whole answer
    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)


def deliver(
    line: Line,
    phone: Phone,
    request: Request,
    cuts: list[Cut],
    key: Callable[[], str | None],
    seen: Counter[str],
) -> Sending:
    """Send until a whole answer came: over lines that break as told, then over one that holds."""
    done, waiting = Sending(cuts=list(cuts)), list(cuts)
    for _ in range(MOST_TRIES):
        cut = waiting.pop(0) if waiting else None
        answer = _try(line, raw_request(phone, request, key()), cut)
        if answer is None:
            done.broken += 1
            continue
        done.status, text = answer
        seen[f"answer {done.status}"] += 1
        if done.status in OK:
            done.body = json.loads(text)
            return done
        if done.status < 500:  # no phone would go on after a refusal
            done.body = json.loads(text) if text.startswith(b"{") else {}
            return done
    raise TimeoutError("never answered")


def _try(line: Line, raw: bytes, cut: Cut | None) -> tuple[int, bytes] | None:
    """Status and body of a whole answer; None where the line broke before its end."""
    wire = line.connect(cut)
    try:
        _say(wire, raw)
        answer = http.client.HTTPResponse(wire, method="POST")
        answer.begin()
        if answer.length is None:  # the head itself was cut short: to a browser, no answer
            return None
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        wire.close()


def _say(wire: socket.socket, raw: bytes) -> None:
    """All of it, as far as the line takes it: an answer may come although the line broke."""
    try:
        wire.sendall(raw)
    except (BrokenPipeError, ConnectionResetError):
        return
