"""What the bench asks of a million damage reports, and when an answer is right."""

from __future__ import annotations

import http.client
import json
import math
import random
import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bench import million
from liff_app import clock, periods
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.identity import service as identity
from liff_app.identity.models import Resident
from liff_app.reports import open_data, rules
from liff_app.reports.models import Report

PINS = 2000
NUMBERS = 20  # times the page of numbers is asked for: nobody looks at it often
SENDERS, SENDINGS = 40, 3  # residents, and how many reports each sends (10 an hour are allowed)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and whether an answer to it is right."""

    method: str
    path: str
    headers: dict[str, str]
    right: Callable[[bytes], bool]
    body: bytes = b""
    status: int = 200


class Wrong(Exception):
    """An answer was not the one expected."""


def plans(cookie: str, cookies: list[str], rounds: int) -> dict[str, list[Asked]]:
    """What a colleague and the first of the residents ask, by kind."""
    dice = random.Random(7)
    staff = {"Cookie": f"machimado-staff={cookie}", "Accept-Encoding": "gzip"}
    box = _box_of(PINS)
    area = ",".join(f"{one:.5f}" for one in box)
    resident = {"Cookie": f"machimado={cookies[0]}"}
    return {
        "map": [
            Asked(
                "GET", f"/console/reports/points?bbox={area}", staff, lambda body: _pins(body, box)
            )
            for _ in range(rounds)
        ],
        "near": [_near(dice, resident) for _ in range(rounds)],
        "inbox": [Asked("GET", "/console/reports", staff, _fifty) for _ in range(rounds)],
        "numbers": [
            Asked("GET", "/console/reports/statistics", staff, _numbers()) for _ in range(NUMBERS)
        ],
        "open": [Asked("GET", "/api/v1/reports.geojson", {}, _page) for _ in range(rounds)],
    }


def _box_of(pins: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a part of the city, around its middle, with that many pins."""
    lat, lon = million.SOUTH + million.HIGH / 2, million.WEST + million.WIDE / 2
    wanted = select(Report.lat, Report.lon).where(Report.is_open, Report.lead_id.is_(None))
    far = sorted(max(abs(row.lat - lat), abs(row.lon - lon)) for row in db.session.execute(wanted))[
        :pins
    ]
    half = math.floor(1e5 * far[-1]) / 1e5  # corners of five digits: not one pin more
    return lon - half, lat - half, lon + half, lat + half


def _pins(body: bytes, box: tuple[float, float, float, float]) -> bool:
    """Whether the answer holds (nearly) all pins of the box, and none outside."""
    west, south, east, north = box
    told = json.loads(body)
    lats, lons = told["lats"], told["lons"]
    inside = all(south - 1e-4 <= lat <= north + 1e-4 for lat in lats) and all(
        west - 1e-4 <= lon <= east + 1e-4 for lon in lons
    )
    return inside and PINS * 0.98 <= len(lats) <= PINS


def _near(dice: random.Random, headers: dict[str, str]) -> Asked:
    lat = million.SOUTH + million.HIGH * min(1, max(0, dice.gauss(0.5, 0.1)))
    lon = million.WEST + million.WIDE * min(1, max(0, dice.gauss(0.5, 0.1)))
    kind = dice.choices(million.CATEGORIES, million.WEIGHTS)[0]
    expected = _by_brute_force(lat, lon, kind)
    return Asked(
        "GET", f"/api/v1/reports/nearby?lat={lat}&lon={lon}&category={kind}", headers,
        lambda body: set(million.answer_ids(body)) == expected,
    )  # fmt: skip


_OPEN: dict[str, list[tuple[str, float, float]]] = {}


def _by_brute_force(lat: float, lon: float, kind: str) -> set[str]:
    """Refs of the nearest open reports of the kind within the radius, eight at most."""
    if not _OPEN:
        wanted = select(Report.category, Report.ref, Report.lat, Report.lon).where(
            Report.is_open, Report.lead_id.is_(None), Report.hidden.is_(False)
        )
        for row in db.session.execute(wanted):
            _OPEN.setdefault(row.category, []).append((row.ref, row.lat, row.lon))
    far = sorted(
        (rules.metres_between(lat, lon, *rules.public_position(at, on, checked=True)), ref)
        for ref, at, on in _OPEN.get(kind, [])
    )
    return {ref for metres, ref in far[:8] if metres <= rules.NEAR_M}


def _fifty(body: bytes) -> bool:
    return len(set(re.findall(rb'/console/reports/([0-9a-f]{16})"', body))) == 50


def _numbers() -> Callable[[bytes], bool]:
    """Whether the page tells how many reports came in, counted here once."""
    period = periods.last_year(clock.now().astimezone(JST).date())
    since = datetime.combine(period.since, datetime.min.time(), JST)
    wanted = select(func.count()).where(Report.created_at >= since)
    count = db.session.execute(wanted).scalar_one()
    return lambda body: f"<dd>{count:,}</dd>".encode() in body


def _page(body: bytes) -> bool:
    features = json.loads(body)["features"]
    return len({one["id"] for one in features}) == open_data.PAGE


# --- who asks, and what is sent ------------------------------------------------------------------


def sign_in() -> list[str]:
    """Session cookies of people who signed in."""
    tokens = []
    with transaction() as session:
        for _ in range(SENDERS):
            row = Resident(
                id=uuid.uuid4().hex, subject_index=secrets.token_bytes(32), subject_sealed=b"k1:",
                created_at=clock.now(), seen_on=clock.now().date(),
            )  # fmt: skip
            session.add(row)
            session.flush()
            tokens.append(identity.start_session(session, row.id, now=clock.now())[0])
    return tokens


def sendings(port: int, cookies: list[str]) -> list[Asked]:
    """Reports with a photo of 0.7 MB each, no two of them alike."""
    return [
        one
        for number in range(SENDINGS)
        for cookie in cookies
        for one in _sending(port, cookie, number)
    ]


def _sending(port: int, cookie: str, number: int) -> Iterator[Asked]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", "/liff/menu", headers={"Cookie": f"machimado={cookie}"})
        page = line.getresponse().read().decode()
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    if token is None:
        raise Wrong("no form token on the menu")
    boundary = uuid.uuid4().hex
    fields = {
        "category": "road", "description": "歩道に穴があいています。",
        "lat": f"{million.SOUTH + million.HIGH / 2 + number / 1000:.6f}",
        "lon": f"{million.WEST + million.WIDE / 2:.6f}", "accuracy_m": "12",
    }  # fmt: skip
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="photo[]"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
    )
    body = (
        b"".join(parts) + million.photo(secrets.randbits(30)) + f"\r\n--{boundary}--\r\n".encode()
    )
    headers = {
        "Cookie": f"machimado={cookie}", "X-CSRF-Token": token[1],
        "Origin": "http://localhost", "Idempotency-Key": str(uuid.uuid4()),
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }  # fmt: skip
    yield Asked(
        "POST", "/api/v1/reports", headers, lambda raw: "number" in json.loads(raw), body, 201
    )
