"""Files of answers: drawn anew or looked into, sealed before they are stored, gone when they go."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update

from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.gateways.file_store import FileMissing, FileStore, StoreFailed
from liff_app.gateways.file_store_local import LocalStore
from liff_app.procedures import dossiers
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.files import naming, pdf, serving, sweeping
from liff_app.procedures.files import service as files
from liff_app.procedures.files.service import FileRefused, FileView, Refusal
from liff_app.procedures.models import Dossier, SealedFile
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import FilePurpose
from tests.conftest import on_sqlite
from tests.photos import corpus, heic_files
from tests.procedures.files import papers
from tests.procedures.ground import NOON, document, publish, submit

ROOMY = (10**13, 0, 10**13)
MARK = b"MARKER-4711-OF-A-PERSON"


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    pdf.reader.close()


@pytest.fixture
def store(app: Flask, tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "sealed", disk_usage=lambda _: ROOMY)


@pytest.fixture
def dossier(app: Flask, settings: Settings) -> tuple[str, DataKey]:
    with transaction() as session:
        return dossiers.new(session, settings.keys, now=NOON)


def marked_pdf() -> bytes:
    """A document whose bytes hold the marker as they stand."""
    return papers.pdf() + b"%" + MARK


def keep(
    store: FileStore, dossier: tuple[str, DataKey], raw: bytes, name: str = "書類.pdf"
) -> FileView:
    prepared = files.prepare(raw, Kind.FILE, name)
    with transaction() as session:
        return files.keep(
            session, store, prepared, dossier_id=dossier[0], key=dossier[1],
            purpose=FilePurpose.ANSWER, by="resident", now=NOON,
        )  # fmt: skip


def stored(store: FileStore) -> list[str]:
    return sorted(one.key for one in store.list("procedures"))


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SealedFile)) or 0


def test_a_document_lies_sealed_and_opens_as_it_was(
    store: LocalStore, dossier: tuple[str, DataKey], tmp_path: Path
) -> None:
    raw = marked_pdf()
    assert MARK in raw
    view = keep(store, dossier, raw, "住民票 𠮷.pdf")
    assert (view.name, view.pages, view.size, view.has_thumb) == (
        "住民票 𠮷.pdf",
        1,
        len(raw),
        False,
    )
    for file in (tmp_path / "sealed").rglob("*"):
        if file.is_file():
            assert MARK not in file.read_bytes()
            assert raw[:8] not in file.read_bytes()
    served = files.read(db.session, store, dossier[1], view.id)
    assert (served.data, served.name) == (raw, "住民票 𠮷.pdf")


def test_nothing_of_a_file_stands_readable_in_the_database(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    keep(store, dossier, marked_pdf(), "山田花子の住民票.pdf")
    row = db.session.scalars(select(SealedFile)).one()
    held = repr([getattr(row, column.key) for column in SealedFile.__table__.columns])
    assert "山田" not in held
    assert "山田".encode() not in row.name_sealed


def test_a_photo_is_drawn_anew_and_small(store: LocalStore, dossier: tuple[str, DataKey]) -> None:
    raw = corpus.saved(corpus.quarters(2000, 1500), "JPEG", exif=corpus.exif())
    view = keep(store, dossier, raw, "IMG_1.HEIC")
    assert (view.width, view.height, view.media_type) == (1600, 1200, "image/jpeg")
    large = files.read(db.session, store, dossier[1], view.id)
    thumb = files.read(db.session, store, dossier[1], view.id, thumb=True)
    assert (large.name, thumb.media_type) == ("IMG_1.jpg", "image/jpeg")
    for served, size in ((large, (1600, 1200)), (thumb, (320, 240))):
        with Image.open(io.BytesIO(served.data)) as picture:
            assert picture.size == size
            assert not picture.getexif()
    assert len(stored(store)) == 2


def test_a_phones_heic_is_taken(store: LocalStore, dossier: tuple[str, DataKey]) -> None:
    raw = next(iter(_heics()))
    view = keep(store, dossier, raw, "photo.heic")
    assert view.media_type == "image/jpeg"


def _heics() -> Iterator[bytes]:
    for name in dir(heic_files):
        found = getattr(heic_files, name)
        if isinstance(found, bytes):
            yield found
        elif callable(found) and not name.startswith("_"):
            made = found()
            if isinstance(made, bytes):
                yield made


def test_a_signature_on_see_through_ground_becomes_dark_on_white() -> None:
    pad = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    pad.paste((0, 0, 0, 255), (100, 100, 500, 110))
    out = io.BytesIO()
    pad.save(out, "PNG")
    made = files.prepare(out.getvalue(), Kind.SIGNATURE, "signature.png")
    with Image.open(io.BytesIO(made.data)) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)
        corner = picture.getpixel((300, 105))
    assert isinstance(corner, tuple)
    assert max(int(one) for one in corner) < 60


@pytest.mark.parametrize(
    ("raw", "kind", "refusal", "word"),
    [
        (b"", Kind.FILE, Refusal.EMPTY, "空"),
        (b"\0" * (files.MOST_BYTES + 1), Kind.FILE, Refusal.TOO_LARGE, "10MB"),
        (b"MZ" + b"\0" * 500, Kind.FILE, Refusal.TYPE, "写真かPDF"),
        (b"PK\x03\x04" + b"\0" * 500, Kind.FILE, Refusal.TYPE, "写真かPDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Kind.PHOTO, Refusal.PHOTO, "写真"),
        (b"\xff\xd8\xff" + b"\0" * 500, Kind.PHOTO, Refusal.PHOTO, "写真"),
        (papers.pdf(), Kind.PHOTO, Refusal.TYPE, "PDFは使えません"),
        (papers.pdf(), Kind.SIGNATURE, Refusal.TYPE, "PDFは使えません"),
        (papers.with_script(), Kind.FILE, Refusal.ACTIVE, "しかけ"),
    ],
)
def test_what_is_no_such_file_is_refused_by_its_content(
    raw: bytes, kind: Kind, refusal: Refusal, word: str
) -> None:
    with pytest.raises(FileRefused) as error:
        files.prepare(raw, kind, "honest.pdf", field="papers")
    (fault,) = error.value.errors
    assert (error.value.refusal, fault.field) == (refusal, "papers")
    assert word in fault.message


def test_the_same_bytes_again_are_the_same_file(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    first, again = keep(store, dossier, papers.pdf()), keep(store, dossier, papers.pdf())
    assert first == again
    assert (rows(), len(stored(store))) == (1, 1)
    other = keep(store, dossier, papers.pdf(2))
    assert other.id != first.id


def test_bytes_shelved_for_a_file_that_is_there_go(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    keep(store, dossier, papers.pdf())
    prepared = files.prepare(papers.pdf(), Kind.FILE, "x.pdf")
    shelved = files.shelve(store, prepared, key=dossier[1], now=NOON)
    assert len(stored(store)) == 2
    with transaction() as session:
        files.keep(session, store, shelved, dossier_id=dossier[0], key=dossier[1],
                   purpose=FilePurpose.ANSWER, by="resident", now=NOON)  # fmt: skip
    assert len(stored(store)) == 1


def test_another_dossiers_file_is_not_there(
    store: LocalStore, dossier: tuple[str, DataKey], settings: Settings
) -> None:
    view = keep(store, dossier, papers.pdf())
    with transaction() as session:
        _, stranger = dossiers.new(session, settings.keys, now=NOON)
    assert files.views(db.session, stranger, [view.id]) == {}
    with pytest.raises(NotFound):
        files.read(db.session, store, stranger, view.id)
    with pytest.raises(NotFound):
        files.read(db.session, store, dossier[1], "0" * 32)
    assert files.views(db.session, dossier[1], [view.id, "0" * 32]) == {view.id: view}
    with pytest.raises(NotFound):
        files.read(db.session, store, dossier[1], view.id, thumb=True)  # a document has none


def test_bytes_moved_to_another_files_place_do_not_open(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    one, two = keep(store, dossier, papers.pdf(1)), keep(store, dossier, papers.pdf(2))
    row = db.session.scalars(select(SealedFile).where(SealedFile.id == one.id)).one()
    other = db.session.scalars(select(SealedFile).where(SealedFile.id == two.id)).one()
    store.put(row.store_key, store.get(other.store_key))
    with pytest.raises(Exception, match="does not belong here"):
        files.read(db.session, store, dossier[1], one.id)


def test_what_is_taken_back_is_gone_at_once_and_its_bytes_after_the_commit(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    view, other = keep(store, dossier, papers.pdf(1)), keep(store, dossier, papers.pdf(2))
    with transaction() as session:
        assert files.drop(session, store, [view.id], dossier_id="f" * 32) == 0
        assert files.drop(session, store, [view.id], dossier_id=dossier[0]) == 1
        assert files.views(session, dossier[1], [view.id, other.id]) == {other.id: other}
        assert len(stored(store)) == 2
    assert len(stored(store)) == 1
    again = keep(store, dossier, papers.pdf(1))  # sent once more, it is a new file
    assert again.id != view.id


def test_at_sending_files_that_no_revision_names_go(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    kept, hidden = keep(store, dossier, papers.pdf(1)), keep(store, dossier, papers.pdf(2))
    prepared = files.prepare(papers.pdf(3), Kind.FILE, "通知.pdf")
    with transaction() as session:
        decision = files.keep(session, store, prepared, dossier_id=dossier[0], key=dossier[1],
                              purpose=FilePurpose.DECISION, by="staff:1", now=NOON)  # fmt: skip
    with transaction() as session:
        files.drop_others(session, store, dossier_id=dossier[0], keep_ids=[kept.id])
    found = files.views(db.session, dossier[1], [kept.id, hidden.id, decision.id])
    assert set(found) == {kept.id, decision.id}


class Deaf:
    """A store that answers no deletion."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def delete(self, key: str) -> None:
        raise StoreFailed(key)


def test_a_store_that_did_not_answer_is_asked_again(
    store: LocalStore, dossier: tuple[str, DataKey]
) -> None:
    view = keep(store, dossier, papers.pdf())
    deaf: FileStore = Deaf(store)  # type: ignore[assignment]  # hands on by name
    with transaction() as session:
        files.drop(session, deaf, [view.id], dossier_id=dossier[0])
    assert sweeping.sweep(deaf, now=NOON) == 0
    assert (rows(), len(stored(store))) == (1, 1)
    assert sweeping.sweep(store, now=NOON) == 1
    assert (rows(), len(stored(store))) == (0, 0)


def test_files_of_a_destroyed_dossier_and_of_nobody_go_and_others_stay(
    app: Flask, store: LocalStore, settings: Settings
) -> None:
    with transaction() as session:
        form = publish(session, document())
        row, key = submit(session, form, {"name": "山田"}, keys=settings.keys)
        held = (row.dossier_id, key)
        destroyed = dossiers.new(session, settings.keys, now=NOON)
        lost = dossiers.new(session, settings.keys, now=NOON)
    stays = keep(store, held, papers.pdf(1))
    keep(store, destroyed, papers.pdf(2))
    keep(store, lost, papers.pdf(3))
    with transaction() as session:
        dossiers.destroy(session, destroyed[0])
    assert sweeping.sweep(store, now=NOON + timedelta(hours=1)) == 1
    assert sweeping.sweep(store, now=NOON + timedelta(hours=25)) == 1
    assert sweeping.sweep(store, now=NOON + timedelta(days=5)) == 0
    assert rows() == 1
    assert files.read(db.session, store, key, stays.id).data == papers.pdf(1)
    assert db.session.get(Dossier, held[0]) is not None


@on_sqlite
def test_bytes_without_a_row_go_after_a_day(
    app: Flask, store: LocalStore, dossier: tuple[str, DataKey], tmp_path: Path
) -> None:
    view = keep(store, dossier, papers.pdf(1))
    prepared = files.prepare(papers.pdf(2), Kind.FILE, "x.pdf")
    files.shelve(store, prepared, key=dossier[1], now=NOON)
    before = stored(store)
    later = max(one.modified_at for one in store.list("procedures")) + timedelta(hours=25)
    days = (later.date() - NOON.date()).days
    assert 0 <= days <= sweeping.DAYS_BACK, "the clock of this machine and NOON lie far apart"
    with transaction() as session:  # somebody's, so that only the rowless one is over
        session.execute(update(SealedFile).values(created_at=later))
    assert sweeping.sweep(store, now=later) == 1
    assert len(stored(store)) == len(before) - 1
    assert files.read(db.session, store, dossier[1], view.id).data == papers.pdf(1)


def test_a_store_without_the_bytes_says_so(store: LocalStore, dossier: tuple[str, DataKey]) -> None:
    view = keep(store, dossier, papers.pdf())
    store.delete(stored(store)[0])
    with pytest.raises(FileMissing):
        files.read(db.session, store, dossier[1], view.id)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("D:\\hanako\\住民票.pdf", "住民票.pdf"),
        ("/storage/hanako/a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("写真\u202egpj.exe", "写真gpj.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", "書類.pdf"),
        ("   ", "書類.pdf"),
        ("葛\U000e0100城.pdf", "葛\U000e0100城.pdf"),
        ("あ" * 200, "あ" * 120),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_misleads(typed: str, plain: str) -> None:
    assert naming.plain_name(typed, "書類.pdf") == plain


@pytest.mark.parametrize("inline", [True, False])
def test_a_file_travels_so_that_it_can_run_nothing(app: Flask, inline: bool) -> None:  # noqa: FBT001 - a parameter
    view = replace(files.Served(data=b"x", media_type="image/jpeg", name="住民票.jpg"))
    with app.test_request_context("/"):
        answer = serving.answer(view, inline=inline)
    way = "inline" if inline else "attachment"
    assert re.match(way + r"; filename\*=UTF-8''%E4%BD%8F", answer.headers["Content-Disposition"])
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_document_may_be_shown_by_the_browsers_reader_but_load_nothing(app: Flask) -> None:
    served = files.Served(data=b"x", media_type="application/pdf", name="a.pdf")
    with app.test_request_context("/"):
        policy = serving.answer(served, inline=True).headers["Content-Security-Policy"]
    assert "sandbox" not in policy
    assert "default-src 'none'" in policy
