"""Nothing that a person typed or sent lies anywhere in the open.

Markers go in through the pages: one in every kind of answer, in names and contents of files, in
what could not be read, in drafts, in what is kept for the next form, in reasons and notes. Then
everything that is on disk is searched: database, its write-ahead log, file store, logs, a backup.
"""

from __future__ import annotations

import base64
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfWriter
from sqlalchemy import make_url, select, text, update

from liff_app import clock, telemetry
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.procedures import retention
from liff_app.procedures.desk import casework, pointing
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Document, Kind, Normalise
from liff_app.procedures.models import Procedure, ProcedureDraft, Submission
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import Status
from tests.procedures.desk.desk import reviewer
from tests.procedures.filling.journeys import LIFF, Journey, begin, proof
from tests.procedures.ground import children, document, page, publish, question

MARKERS = {
    "text": "目印一郎𠮷葛\U000e0100",
    "long": "目印の長い文です。二行目もあります。",
    "kana": "メジルシイチロウ",
    "phone": "0903715926",
    "postal": "9218046",
    "email": "mejirushi-7c21@example.jp",
    "digits": "00471182250917",
    "integer": "739105628",
    "decimal": "73910.562847",
    "date": "1931-05-17",
    "lat": "35.603971",
    "lon": "140.291753",
    "place": "目印橋のたもと",
    "child": "目印太郎の子",
    "photo_name": "目印の写真",
    "pdf_name": "目印の書類",
    "pdf": "markerinsidethepdf51c9",
    "unread": "目印の読めない数",
    "draft": "目印の書きかけ",
    "reason": "目印の差し戻しの理由",
    "comment": "目印の直すところ",
    "note": "目印の内部メモ",
    "answer": "目印のお返事",
    "withdrawn": "目印の取り下げの理由",
}
NAMES = ("text", "long", "kana", "phone", "postal", "email", "digits")


def asked() -> Document:
    """One question of every kind that a person answers."""
    folded = {"kana": Normalise.KANA, "phone": Normalise.PHONE, "postal": Normalise.POSTAL,
              "email": Normalise.EMAIL, "digits": Normalise.DIGITS}  # fmt: skip
    words = [
        question(name, Kind.LONG_TEXT if name == "long" else Kind.TEXT, prefill=f"my_{name}",
                 normalise=folded.get(name))
        for name in NAMES
    ]  # fmt: skip
    return document(
        page("words", *words),
        page(
            "numbers",
            question("integer", Kind.INTEGER),
            question("decimal", Kind.DECIMAL),
            question("date", Kind.DATE),
            question("place", Kind.PLACE),
        ),
        page("family", children()),
        page("papers", question("photo", Kind.PHOTO), question("file", Kind.FILE)),
    )


def photo() -> bytes:
    """A picture of a size that nothing else has."""
    made = io.BytesIO()
    Image.effect_noise((211, 173), 60).convert("RGB").save(made, "JPEG", quality=92)
    return made.getvalue()


def pdf() -> bytes:
    """A document with a marker in its bytes."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Subject": MARKERS["pdf"]})
    made = io.BytesIO()
    writer.write(made)
    assert MARKERS["pdf"].encode() in made.getvalue()
    return made.getvalue()


def filled(browser: FlaskClient) -> Journey:
    """A draft with all of it, ready to be sent."""
    journey = begin(browser)
    journey.post("words", **{name: MARKERS[name] for name in NAMES})
    place = {"lat": MARKERS["lat"], "lon": MARKERS["lon"], "text": MARKERS["place"]}
    date = dict(zip("ymd", MARKERS["date"].split("-"), strict=True)) | {"era": "common"}
    numbers = {"integer": MARKERS["integer"], "decimal": MARKERS["decimal"]}
    numbers |= {f"place.{part}": text for part, text in place.items()}
    numbers |= {f"date.{part}": text for part, text in date.items()}
    refused = journey.post("numbers", **(numbers | {"integer": MARKERS["unread"]}))
    assert refused.status_code == 422
    assert MARKERS["unread"] in refused.text
    done = journey.post("numbers", **numbers)
    assert done.status_code == 303, done.text
    born = {"era": "common", "y": "2019", "m": "4", "d": "1"}
    child = {f"children/0/birth.{part}": text for part, text in born.items()}
    child["children/0/child"] = MARKERS["child"]
    done = journey.post("family", **child)
    assert done.status_code == 303, done.text
    done = journey.post(
        "papers",
        photo=(io.BytesIO(photo()), f"{MARKERS['photo_name']}.jpg"),
        file=(io.BytesIO(pdf()), f"{MARKERS['pdf_name']}.pdf"),
    )
    assert done.headers["Location"].endswith("/check-answers"), done.text
    return journey


def worked(app: Flask, browser: FlaskClient) -> None:
    """A whole life: drafts, sendings, a return with its correction, notes, a withdrawal."""
    with transaction() as session:
        publish(session, asked())
    left = begin(browser)
    left.post("words", "save", text=MARKERS["draft"], long="", email="目印の壊れた宛先@")
    for _ in range(2):
        assert filled(browser).send(remember="yes").status_code == 303
    db.session.rollback()
    first, second = db.session.scalars(select(Submission.ref).order_by(Submission.id)).all()
    me, keys = reviewer(), app.config["SETTINGS"].keys

    def by(version: int) -> By:
        return By(version=version, colleague=me, scope=Scope(), keys=keys, now=clock.now())

    with transaction() as session:
        casework.note(session, first, MARKERS["note"], **by(1))
    with transaction() as session:
        casework.answer(session, first, MARKERS["answer"], **by(2))
    with transaction() as session:
        items = [Item(path="text", comment=MARKERS["comment"])]
        pointing.send_back(session, first, items, due_on=None, text=MARKERS["reason"], **by(3))
    asked_for = browser.post(f"{LIFF}/sent/{first}/correct", data=proof(browser))
    journey = Journey(browser, asked_for.headers["Location"].rsplit("/", 1)[1])
    assert MARKERS["comment"] in journey.get("words")
    journey.post("words", text=MARKERS["text"] + "二")
    assert journey.send().status_code == 303
    path = f"{LIFF}/sent/{second}/withdraw"
    said = {"reason": MARKERS["withdrawn"]}
    assert browser.post(path, data=proof(browser) | said).status_code == 303


def spellings(marker: str) -> Iterator[bytes]:
    """Every way in which the marker may stand in a file."""
    plain = marker.encode()
    yield plain
    yield marker.encode("utf-16-le")
    escaped = json.dumps(marker)[1:-1].encode()
    yield escaped
    yield escaped.hex().encode()
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for shift in range(3):  # inside a longer text that was written as base64
        whole = base64.b64encode(b"\0" * shift + plain)
        yield whole[4 if shift else 0 : -4].rstrip(b"=")


def found(raw: bytes, markers: dict[str, str] = MARKERS) -> set[str]:
    """Names of the markers that stand in these bytes."""
    return {name for name, text in markers.items() for one in spellings(text) if one and one in raw}


def on_disk(settings: Settings, tmp_path: Path, logged: str) -> dict[str, bytes]:
    """Everything the product has written, by where it lies; of PostgreSQL every table's rows."""
    lying = {str(file): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    lying["log"] = logged.encode()
    if settings.database_url.startswith("sqlite"):
        file = Path(str(make_url(settings.database_url).database))
        copy = tmp_path / "backup.db"
        with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(copy)) as other:
            one.backup(other)
            lying["backup as text"] = "\n".join(one.iterdump()).encode("utf-8", "replace")
        lying["backup"] = copy.read_bytes()
        return lying
    address = make_url(settings.database_url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in names.fetchall():
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as rows:
                lying[f"table {name}"] = b"".join(bytes(row) for row in rows)
    return lying


def leaks(lying: dict[str, bytes]) -> dict[str, set[str]]:
    """Markers by where they lie in the open."""
    return {where: names for where, raw in lying.items() if (names := found(raw))}


def test_no_marker_lies_in_the_open(
    app: Flask,
    resident: FlaskClient,
    settings: Settings,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    telemetry.configure_logging("DEBUG")
    telemetry.log().warning("job_failed", job="proof-that-logs-are-read")
    worked(app, resident)
    shown = resident.get(f"{LIFF}/remembered").text
    assert MARKERS["text"] in shown, "the marker is really kept"
    logged = "".join(capfd.readouterr())
    lying = on_disk(settings, tmp_path, logged)
    assert "proof-that-logs-are-read" in logged
    assert sum(len(raw) for raw in lying.values()) > 80_000
    assert leaks(lying) == {}
    stored = [raw for where, raw in lying.items() if "/files/procedures/" in where]
    assert len(stored) >= 4, "both papers of both sendings, and their thumbs"
    assert not [raw for raw in stored if b"JFIF" in raw or b"%PDF" in raw]


def test_what_is_planted_in_the_open_is_found(
    app: Flask, resident: FlaskClient, settings: Settings, tmp_path: Path
) -> None:
    """The same search, where three kinds of carelessness are planted."""
    worked(app, resident)
    db.session.rollback()
    with transaction() as session:
        row = session.scalars(select(ProcedureDraft).where(ProcedureDraft.purpose == "new")).one()
        row.body_sealed = json.dumps({"answers": {"text": MARKERS["draft"]}}).encode()
        session.scalars(select(Procedure)).one().title = MARKERS["child"]
    (tmp_path / "files" / "procedures" / "careless").write_bytes(b"%PDF" + MARKERS["pdf"].encode())
    wrong = leaks(on_disk(settings, tmp_path, f"draft saved {MARKERS['phone']}"))
    assert set().union(*wrong.values()) == {"draft", "child", "pdf", "phone"}
    assert wrong["log"] == {"phone"}


def test_after_its_time_nothing_of_it_opens_even_with_the_towns_key(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    worked(app, resident)
    db.session.rollback()
    with transaction() as session:
        still_open = update(Submission).where(Submission.closed_at.is_(None))
        session.execute(still_open.values(is_open=False, closed_at=Submission.created_at))
    far = clock.now().replace(year=clock.now().year + 6)
    with transaction() as session:
        assert retention.purge_drafts(session, now=far) == 1
        assert retention.forget(session, settings.keys, now=far) == 2
        assert retention.purge_remembered(session, now=far) == len(NAMES)
    db.session.rollback()
    keys = db.session.execute(text("SELECT key_sealed FROM procedure_dossiers")).scalars().all()
    assert keys
    assert set(keys) == {None}
    for table in ("revisions", "returns", "marks", "drafts", "remembered"):
        count = db.session.execute(text(f"SELECT count(*) FROM procedure_{table}")).scalar()  # noqa: S608 - names above
        assert count == 0, table
    rows = db.session.scalars(select(Submission).order_by(Submission.id)).all()
    assert [row.resident_id for row in rows] == [None, None]
    assert [row.status for row in rows] == [Status.RECEIVED, Status.WITHDRAWN], "counts stay"
    assert resident.get(f"{LIFF}/sent/{rows[0].ref}").status_code == 404
