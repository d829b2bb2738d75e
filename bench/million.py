"""A city's ten years of damage reports, made from a seed, for the bench."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Index, Table, text

from liff_app.reports import rules
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Status

SOUTH, WEST, HIGH, WIDE = 34.20, 133.95, 0.20, 0.20  # degrees: 22 km by 18 km, 400,000 people
YEARS, OPEN_SHARE, MERGED_SHARE = 10, 0.03, 0.15
CATEGORIES = ("road", "light", "park", "river", "sign", "water", "tree", "dumping", "other")
WEIGHTS = (38, 17, 10, 5, 6, 4, 6, 9, 5)
OPEN = (Status.RECEIVED, Status.CHECKING, Status.ASKED, Status.PLANNED, Status.WORKING)
CLOSED = (Status.FIXED, Status.FIXED, Status.FIXED, Status.NO_ACTION, Status.FORWARDED)
BATCH = 20_000
SEED = 20261122
END = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

COLUMNS = (
    "id", "ref", "source", "category", "description", "answers", "lat", "lon", "cell",
    "accuracy_m", "place_way", "place_text", "town_name", "asset_number", "status", "is_open",
    "lead_id", "joined", "priority", "due_on", "handed_to", "text_public", "place_checked",
    "hidden", "version", "reopened", "created_at", "updated_at", "first_answer_at", "closed_at",
)  # fmt: skip
Row = tuple[Any, ...]


def rows(count: int) -> Iterator[Row]:
    """The reports in the order of their filing; the open ones are mostly of the last months."""
    dice = random.Random(SEED)
    step = timedelta(days=365.25 * YEARS) / count
    leads: list[int] = []
    for number in range(1, count + 1):
        at = END - step * (count - number)
        recent = number > count * (1 - 2 * OPEN_SHARE)
        is_open = dice.random() < (0.45 if recent else OPEN_SHARE / 20)
        merged = not is_open and bool(leads) and dice.random() < MERGED_SHARE
        lead = dice.choice(leads[-50:]) if merged else None
        if not merged:
            leads.append(number)
            del leads[:-50]
        yield _row(dice, number, at, is_open=is_open, lead=lead)


def _row(dice: random.Random, number: int, at: datetime, *, is_open: bool, lead: int | None) -> Row:
    # Half of all happens in the middle of the city.
    spread = 0.04 if dice.random() < 0.5 else 0.5
    lat = SOUTH + HIGH * min(1, max(0, dice.gauss(0.5, spread)))
    lon = WEST + WIDE * min(1, max(0, dice.gauss(0.5, spread)))
    status = dice.choice(OPEN) if is_open else dice.choice(CLOSED)
    status = Status.DUPLICATE if lead else status
    answered = at + timedelta(hours=dice.expovariate(1 / 30))
    closed = None if is_open else at + timedelta(days=1 + dice.expovariate(1 / 9))
    due = (at + timedelta(days=dice.randint(5, 40))).date() if is_open else None
    return (
        number, secrets.token_hex(8), "liff", dice.choices(CATEGORIES, WEIGHTS)[0],
        f"歩道に{number % 40}cmほどの穴があいています。自転車がころびそうです。", "{}",
        lat, lon, rules.cell_of(lat, lon), dice.randint(4, 60), "position", "公民館の前",
        f"{number % 200}番町", "", status.value, is_open, lead, dice.choice((0, 0, 0, 1, 4)),
        dice.choice((1, 1, 1, 2, 3)), due, "", bool(number % 3), True, False, 3,
        int(dice.random() < 0.02), at, max(at, closed or answered), answered, closed,
    )  # fmt: skip


def fill(engine: Engine, count: int) -> None:
    """The city's reports are in the database, its indexes and statistics made for them."""
    table = Report.__table__
    assert isinstance(table, Table)
    indexes: list[Index] = sorted(table.indexes, key=lambda one: str(one.name))
    with engine.begin() as connection:
        _take_time(connection)
        for index in indexes:
            index.drop(connection)
    if engine.dialect.name == "postgresql":
        _copy(engine, count)
    else:
        _insert(engine, count)
    with engine.begin() as connection:
        _take_time(connection)
        for index in indexes:
            index.create(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('reports', 'id'), :last)"),
                {"last": count},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _take_time(connection)
        vacuum = "VACUUM ANALYZE reports" if engine.dialect.name == "postgresql" else "ANALYZE"
        connection.exec_driver_sql(vacuum)


def _take_time(connection: Connection) -> None:
    """The product's limit of 30 s a statement is not for filling a city."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET statement_timeout = 0")


def _copy(engine: Engine, count: int) -> None:
    """PostgreSQL takes them by COPY."""
    raw = engine.raw_connection()
    try:
        cursor: Any = raw.cursor()
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(f"COPY reports ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows(count):
                copy.write_row(row)
        raw.commit()
    finally:
        raw.close()


def _insert(engine: Engine, count: int) -> None:
    """SQLite takes them by `executemany`, times without offset as our column type keeps them."""
    places = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT INTO reports ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608 - constants
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        batch: list[Row] = []
        for row in rows(count):
            batch.append(tuple(_plain(one) for one in row))
            if len(batch) == BATCH:
                cursor.executemany(statement, batch)
                batch.clear()
        cursor.executemany(statement, batch)
        cursor.execute("COMMIT")
    finally:
        raw.close()


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def photo(seed: int) -> bytes:
    """A JPEG of about 0.7 MB, 1600 by 1200, as a phone sends its worst case."""
    import io  # noqa: PLC0415 - Pillow is for this alone

    from PIL import Image, ImageFilter  # noqa: PLC0415 - same

    noise = random.Random(seed).randbytes(400 * 300 * 3)
    image = Image.frombytes("RGB", (400, 300), noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.SHARPEN)
    for quality in range(95, 40, -3):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= 700_000:
            break
    return out.getvalue()


def answer_ids(body: bytes) -> list[str]:
    """The refs of a JSON answer of the API."""
    return [one["id"] for one in json.loads(body)["reports"]]
