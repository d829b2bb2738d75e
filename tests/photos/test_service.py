"""Photos from the first byte to the last: files before rows, and rows before nobody's eyes."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response, jsonify, request
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from liff_app import clock, retention
from liff_app.access import Audience, mount
from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.gateways.file_store import FileStore, StoredFile, StoreFailed, StoreFull
from liff_app.gateways.file_store_local import LocalStore
from liff_app.photos import service as photos
from liff_app.photos import serving
from liff_app.photos.models import Photo
from liff_app.photos.service import PhotoView
from tests.conftest import on_sqlite
from tests.photos import corpus, heic_files

HANAKO, TARO = "a" * 32, "b" * 32
ROOMY = (10**13, 0, 10**13)


@pytest.fixture
def store(app: Flask, tmp_path: Path) -> LocalStore:
    found = LocalStore(tmp_path / "files", disk_usage=lambda _: ROOMY)
    app.extensions["file_store"] = found
    return found


def keep(store: FileStore, raw: bytes = b"", *, owner: str = HANAKO) -> PhotoView:
    prepared = photos.prepare(raw or corpus.jpeg())
    with transaction() as session:
        return photos.keep(session, store, prepared, owner=owner, now=clock.now())


def files(store: FileStore) -> list[str]:
    return sorted(one.key for one in store.list("photos"))


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Photo)) or 0


def seen(raw: bytes, across: float, down: float) -> tuple[int, ...]:
    with Image.open(io.BytesIO(raw)) as picture:
        found = picture.getpixel((int(picture.width * across), int(picture.height * down)))
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


def test_a_photo_is_kept_as_two_pictures_of_our_own(app: Flask, store: LocalStore) -> None:
    raw = corpus.saved(corpus.quarters(2000, 1500), "JPEG", exif=corpus.exif())
    view = keep(store, raw)
    assert (view.width, view.height, view.claimed_by, view.is_public) == (1600, 1200, None, False)
    assert len(view.id) == 32
    assert len(files(store)) == 2
    large = photos.read(db.session, store, view.id, "large", public=False)
    thumb = photos.read(db.session, store, view.id, "thumb", public=False)
    for copy, size in ((large, (1600, 1200)), (thumb, (320, 240))):
        with Image.open(io.BytesIO(copy)) as picture:
            assert picture.size == size
    assert raw not in {store.get(key) for key in files(store)}
    assert photos.photo_view(db.session, view.id) == view


def test_the_position_is_told_once_where_asked_and_never_kept(
    app: Flask, store: LocalStore
) -> None:
    raw = corpus.saved(corpus.quarters(), "JPEG", exif=corpus.exif())
    assert photos.prepare(raw).position is None
    assert photos.prepare(raw, want_position=True).position == (35.504167, 139.75)
    for name in ("HEIC", "PNG", "WEBP"):
        other = heic_files.GPS if name == "HEIC" else corpus.saved(
            corpus.quarters(), name, exif=corpus.exif()
        )  # fmt: skip
        assert photos.prepare(other, want_position=True).position == (35.504167, 139.75), name
    assert photos.prepare(corpus.jpeg(), want_position=True).position is None
    keep(store, raw)
    stored = [store.get(key) for key in files(store)]
    assert not [one for one in stored if b"Exif" in one]
    row = db.session.scalar(select(Photo))
    assert row
    assert not [value for value in vars(row).values() if "139.75" in str(value)]


def test_the_same_bytes_from_the_same_owner_are_one_photo(app: Flask, store: LocalStore) -> None:
    first = keep(store)
    assert keep(store) == first
    assert photos.known(db.session, corpus.jpeg(), owner=HANAKO) == first
    assert photos.known(db.session, corpus.jpeg(), owner=TARO) is None
    assert (rows(), len(files(store))) == (1, 2)
    assert keep(store, owner=TARO).id != first.id
    assert keep(store, corpus.png()).id != first.id


def test_a_photo_that_a_report_holds_is_sent_again_for_another_one(
    app: Flask, store: LocalStore
) -> None:
    first = keep(store)
    with transaction() as session:
        photos.claim(session, first.id, by="report-1", owner=HANAKO)
    again = photos.known(db.session, corpus.jpeg(), owner=HANAKO, within="report-1")
    assert again
    assert again.id == first.id
    assert keep(store).id != first.id


def test_a_photo_belongs_to_one_report(app: Flask, store: LocalStore) -> None:
    view = keep(store)
    with transaction() as session:
        assert photos.claim(session, view.id, by="one", owner=HANAKO).claimed_by == "one"
    with transaction() as session:
        photos.claim(session, view.id, by="one")
    with pytest.raises(Conflict), transaction() as session:
        photos.claim(session, view.id, by="another")
    with pytest.raises(NotFound), transaction() as session:
        photos.claim(session, view.id, by="one", owner=TARO)
    with pytest.raises(NotFound), transaction() as session:
        photos.claim(session, "f" * 32, by="one")


def test_the_public_sees_a_photo_only_while_it_is_released(app: Flask, store: LocalStore) -> None:
    view = keep(store)

    def public() -> bytes:
        return photos.read(db.session, store, view.id, "large", public=True)

    with pytest.raises(NotFound):
        public()
    with transaction() as session:
        released = photos.release(session, view.id, now=clock.now())
    assert released.is_public
    assert public() == photos.read(db.session, store, view.id, "large", public=False)
    with transaction() as session:
        hidden = photos.unrelease(session, view.id)
    assert hidden.public_version > released.public_version
    with pytest.raises(NotFound):
        public()


def test_a_mask_is_black_in_the_public_copy_and_nowhere_else(  # noqa: PLR0915 - one story
    app: Flask, store: LocalStore
) -> None:
    view = keep(store, corpus.saved(corpus.quarters(800, 600), "PNG"))
    before = set(files(store))
    with transaction() as session:
        photos.mask(session, store, view.id, [(0, 0, 0.5, 0.5)], now=clock.now())
    with pytest.raises(NotFound):
        photos.read(db.session, store, view.id, "large", public=True)
    with transaction() as session:
        photos.release(session, view.id, now=clock.now())
    for size in ("large", "thumb"):
        public = photos.read(db.session, store, view.id, size, public=True)
        assert max(seen(public, 0.25, 0.25)) <= 2
        assert max(seen(public, 0.02, 0.02)) <= 2
        assert max(seen(public, 0.48, 0.48)) <= 8, "JPEG rings a little at an edge"
        assert seen(public, 0.75, 0.25)[1] > 150
        staff = photos.read(db.session, store, view.id, size, public=False)
        assert seen(staff, 0.25, 0.25)[0] > 180
    drawn = set(files(store)) - before
    with transaction() as session:
        second = photos.mask(session, store, view.id, [(0.5, 0.5, 0.5, 0.5)], now=clock.now())
    assert second.is_public
    assert second.public_version == 2
    assert second.boxes == ((0.5, 0.5, 0.5, 0.5),)
    public = photos.read(db.session, store, view.id, "large", public=True)
    assert seen(public, 0.25, 0.25)[0] > 180
    assert max(seen(public, 0.75, 0.75)) <= 2
    assert not drawn & set(files(store)), "the first public copy is gone"
    with transaction() as session:
        photos.mask(session, store, view.id, [], now=clock.now())
    assert set(files(store)) == before


def test_nothing_of_what_is_masked_is_left_in_the_public_file(
    app: Flask, store: LocalStore
) -> None:
    """Two photos that differ only below the box give the same public bytes, to the last one."""
    plain, secret = Image.new("RGB", (640, 480), (120, 130, 140)), None
    secret = plain.copy()
    secret.paste(Image.effect_noise((96, 96), 90).convert("RGB"), (160, 160))
    copies = []
    for picture in (plain, secret):
        view = keep(store, corpus.saved(picture, "PNG"))
        with transaction() as session:
            photos.mask(session, store, view.id, [(0.2, 0.28, 0.25, 0.32)], now=clock.now())
            photos.release(session, view.id, now=clock.now())
        copies.append(photos.read(db.session, store, view.id, "large", public=True))
    assert copies[0] == copies[1]


@on_sqlite
@pytest.mark.parametrize(
    "box",
    [(0, 0, 0, 1), (0, 0, 1.1, 1), (-0.1, 0, 0.5, 0.5), (0.6, 0, 0.5, 1),
     (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)],
)  # fmt: skip
def test_a_box_that_is_none_is_refused(
    app: Flask, store: LocalStore, box: tuple[float, float, float, float]
) -> None:
    view = keep(store)
    with pytest.raises(InputInvalid), transaction() as session:
        photos.mask(session, store, view.id, [box], now=clock.now())
    with pytest.raises(InputInvalid), transaction() as session:
        photos.mask(session, store, view.id, [(0, 0, 1, 1)] * 51, now=clock.now())


def test_a_mask_drawn_before_the_transaction_is_taken_in_it(app: Flask, store: LocalStore) -> None:
    view = keep(store)
    drawn = photos.draw(db.session, store, view.id, [(0, 0, 1, 1)], now=clock.now())
    with pytest.raises(NotFound):
        photos.read(db.session, store, view.id, "large", public=True)
    with transaction() as session:
        photos.mask(session, store, view.id, drawn.boxes, now=clock.now(), drawn=drawn)
        photos.release(session, view.id, now=clock.now())
    public = photos.read(db.session, store, view.id, "large", public=True)
    assert max(seen(public, 0.75, 0.75)) <= 2


def test_a_deleted_photo_is_gone_for_everybody_and_its_files_after_the_commit(
    app: Flask, store: LocalStore
) -> None:
    view = keep(store)
    with transaction() as session:
        photos.mask(session, store, view.id, [(0, 0, 1, 1)], now=clock.now())
        photos.release(session, view.id, now=clock.now())
    assert len(files(store)) == 4
    with transaction() as session:
        photos.delete(session, store, view.id, now=clock.now())
        assert len(files(store)) == 4, "not before the commit"
    assert files(store) == []
    for public in (True, False):
        with pytest.raises(NotFound):
            photos.read(db.session, store, view.id, "large", public=public)
    assert photos.photos_of(db.session, [view.id]) == {}
    assert photos.known(db.session, corpus.jpeg(), owner=HANAKO) is None
    retention.run(now=clock.now())
    assert rows() == 0


def test_a_deletion_that_rolls_back_deletes_no_file(app: Flask, store: LocalStore) -> None:
    view = keep(store)
    with pytest.raises(ZeroDivisionError), transaction() as session:  # noqa: PT012 - a block
        photos.delete(session, store, view.id, now=clock.now())
        _ = 1 / 0
    assert len(files(store)) == 2
    assert photos.photo_view(db.session, view.id) == view


class Flaky:
    """A store that does not delete for a while."""

    def __init__(self, inner: LocalStore) -> None:
        self.inner = inner
        self.is_down = True

    def delete(self, key: str) -> None:
        if self.is_down:
            raise StoreFailed("down")
        self.inner.delete(key)

    def put(self, key: str, data: bytes) -> None:
        self.inner.put(key, data)

    def get(self, key: str) -> bytes:
        return self.inner.get(key)

    def exists(self, key: str) -> bool:
        return self.inner.exists(key)

    def list(self, prefix: str) -> Iterator[StoredFile]:
        return self.inner.list(prefix)


def test_files_that_could_not_be_deleted_go_with_a_later_sweep(
    app: Flask, store: LocalStore
) -> None:
    flaky = Flaky(store)
    app.extensions["file_store"] = flaky
    view = keep(flaky)
    with transaction() as session:
        photos.delete(session, flaky, view.id, now=clock.now())
    retention.run(now=clock.now() + timedelta(days=60))
    assert (rows(), len(files(store))) == (1, 2), "the row remembers what is still to be deleted"
    flaky.is_down = False
    counts = retention.run(now=clock.now() + timedelta(days=60))
    assert counts["photo_files"] == 2
    assert (rows(), files(store)) == (0, [])


def test_what_no_report_claims_goes_after_a_day_and_nothing_else(
    app: Flask, store: LocalStore
) -> None:
    left, held = keep(store), keep(store, corpus.png())
    with transaction() as session:
        photos.claim(session, held.id, by="report-1")
    now = clock.now()
    assert retention.run(now=now + timedelta(hours=23))["photos"] == 0
    assert rows() == 2
    assert retention.run(now=now + timedelta(hours=25), dry_run=True)["photos"] == 1
    assert len(files(store)) == 4
    counts = retention.run(now=now + timedelta(hours=25))
    assert (counts["photos"], counts["photo_files"]) == (1, 2)
    assert photos.photos_of(db.session, [left.id, held.id]).keys() == {held.id}
    assert len(files(store)) == 2


def test_files_without_a_row_go_after_a_day(app: Flask, store: LocalStore) -> None:
    held = keep(store)
    with transaction() as session:
        photos.claim(session, held.id, by="report-1")
    kept = files(store)
    orphan = photos.shelve(store, photos.prepare(corpus.png()), now=clock.now())
    with pytest.raises(ZeroDivisionError), transaction() as session:  # noqa: PT012 - a block
        photos.keep(session, store, orphan, owner=HANAKO, now=clock.now())
        _ = 1 / 0
    (Path(store._root) / kept[0]).parent.joinpath("unfinished0").write_bytes(b"ha")  # noqa: SLF001 - as a killed process leaves it
    assert len(files(store)) == 5
    assert retention.run(now=clock.now() + timedelta(hours=23))["photo_files"] == 0
    assert retention.run(now=clock.now() + timedelta(hours=49))["photo_files"] == 3
    assert files(store) == kept


def test_a_file_shelved_before_is_not_written_again(app: Flask, store: LocalStore) -> None:
    shelved = photos.shelve(store, photos.prepare(corpus.jpeg()), now=clock.now())
    before = files(store)
    with transaction() as session:
        photos.keep(session, store, shelved, owner=HANAKO, now=clock.now())
    assert files(store) == before
    assert len(before) == 2


@on_sqlite
@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_full_disk_keeps_neither_file_nor_row(
    app: Flask, store: LocalStore, monkeypatch: pytest.MonkeyPatch, step: str, which: int
) -> None:
    """Whether the disk fills up at the large picture or at the small one."""
    real: Callable[..., object] = getattr(os, step)
    prepared = photos.prepare(corpus.jpeg())
    begun: list[str] = []
    real_put = store.put

    def put(key: str, data: bytes) -> None:
        begun.append(key)
        real_put(key, data)

    def full(*args: object, **named: object) -> object:
        if len(begun) > which:
            raise OSError(errno.ENOSPC, "full")
        return real(*args, **named)

    monkeypatch.setattr(store, "put", put)
    with monkeypatch.context() as broken:
        broken.setattr(os, step, full)
        with pytest.raises(StoreFull), transaction() as session:
            photos.keep(session, store, prepared, owner=HANAKO, now=clock.now())
    assert len(begun) == which + 1
    assert (rows(), files(store)) == (0, [])


def upload_route(app: Flask, client: FlaskClient, raw: bytes) -> tuple[int, str]:
    head = 'Content-Disposition: form-data; name="photo"; filename="写真.svg"\r\n\r\n'
    answer = client.post(  # built by hand: the client would leave its temporary file open
        "/api/v1/_photo",
        data=b"--x\r\n" + head.encode() + raw + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"Origin": "http://localhost"},
    )
    found = answer.get_json()
    return answer.status_code, found.get("code", "")


@pytest.fixture
def with_route(app: Flask, store: LocalStore) -> Flask:
    """A route such as a feature has, for what HTTP says."""
    bp = Blueprint("photo_probe", __name__)

    @bp.url_value_preprocessor
    def room(_endpoint: str | None, _values: dict[str, object] | None) -> None:
        serving.make_room()

    @bp.post("/_photo")
    def take() -> Response:
        prepared = photos.prepare(request.files["photo"].read())
        with transaction() as session:
            view = photos.keep(session, store, prepared, owner=HANAKO, now=clock.now())
        return jsonify(id=view.id)

    mount(app, bp, Audience.ANYONE, "/api/v1")
    return app


@on_sqlite
def test_over_http_each_trouble_has_its_own_status(
    with_route: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, store: LocalStore
) -> None:
    large = corpus.jpeg() + bytes(3 * 1024 * 1024)
    assert upload_route(with_route, client, large)[0] == 200, "more than the usual cap of 1 MB"
    assert upload_route(with_route, client, b"<svg/>") == (422, "photo_type")
    assert upload_route(with_route, client, corpus.jpeg()[:200]) == (422, "photo_broken")
    with monkeypatch.context() as broken:
        broken.setattr(store, "_disk_usage", lambda _: (10**13, 10**13, 0))
        assert upload_route(with_route, client, corpus.png()) == (507, "storage_full")
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _eio)
        assert upload_route(with_route, client, corpus.png()) == (503, "unavailable")
    assert upload_route(with_route, client, corpus.png())[0] == 200


def _eio(_handle: int) -> None:
    raise OSError(errno.EIO, "broken")
