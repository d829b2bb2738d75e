"""Files in an S3-compatible store, against a small one of our own on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from liff_app.gateways.file_store import FileMissing, StoreFailed, StoreFull
from liff_app.gateways.file_store_s3 import S3Store
from tests.gateways import s3_server
from tests.gateways.s3_server import World

KEY = "photos/20261122/0a1bl"


@pytest.fixture
def world() -> Iterator[World]:
    with s3_server.running() as found:
        yield found


@pytest.fixture
def store(world: World) -> S3Store:
    return S3Store.at(
        f"s3://machi/files?endpoint={world.address}&region=ap-northeast-1",
        key_id="id",
        secret="not-so-secret",
        call_seconds=0.5,
    )


def test_a_file_is_put_read_listed_and_deleted(store: S3Store, world: World) -> None:
    data = bytes(range(256)) * 4096
    assert not store.exists(KEY)
    store.put(KEY, data)
    assert world.objects == {f"/machi/files/{KEY}": data}
    assert store.exists(KEY)
    assert store.get(KEY) == data
    store.put("photos/20261121/ffl", b"older")
    found = list(store.list("photos/20261122"))
    assert [(one.key, one.size) for one in found] == [(KEY, len(data))]
    assert found[0].modified_at.isoformat() == "2026-11-20T01:02:03+00:00"
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    assert world.calls
    assert all(signed for _, _, signed in world.calls), "every call is signed"


def test_a_missing_file_is_told_apart_from_a_store_in_trouble(store: S3Store) -> None:
    with pytest.raises(FileMissing):
        store.get(KEY)


@pytest.mark.parametrize("status", [400, 403, 409, 500, 503])
def test_an_error_of_the_store_is_a_failure(store: S3Store, world: World, status: int) -> None:
    world.status = status
    for call in (
        lambda: store.put(KEY, b"1"),
        lambda: store.get(KEY),
        lambda: store.delete(KEY),
        lambda: store.exists(KEY),
        lambda: list(store.list("photos")),
    ):
        with pytest.raises(StoreFailed) as caught:
            call()
        assert not isinstance(caught.value, FileMissing)
        assert "machi" not in str(caught.value), "the bucket's name stays inside"
    assert not world.objects


@pytest.mark.parametrize(
    ("status", "code"), [(507, "InsufficientStorage"), (403, "QuotaExceeded"), (507, "Anything")]
)
def test_a_full_store_is_said_to_be_full(
    store: S3Store, world: World, status: int, code: str
) -> None:
    world.status, world.code = status, code
    with pytest.raises(StoreFull):
        store.put(KEY, b"1")


def test_a_number_in_an_address_fills_no_store(store: S3Store, world: World) -> None:
    """The seventh of May stands in the address of each of its photos."""
    world.status = 403
    with pytest.raises(StoreFailed):
        store.get("photos/20260507/507")


def test_a_silent_store_is_given_up(store: S3Store, world: World) -> None:
    """Every call has an end: the limit of 0.5 s set above, tried twice, and not the thread's."""
    world.silent.set()
    begun = time.monotonic()
    with pytest.raises(StoreFailed):
        store.put(KEY, b"1")
    with pytest.raises(StoreFailed):
        store.get(KEY)
    assert time.monotonic() - begun < 25, "the server would have held us for 30 s a call"


def test_a_store_that_is_not_there_is_a_failure() -> None:
    nobody = S3Store.at("s3://machi?endpoint=http://127.0.0.1:9", key_id="id", secret="s")
    with pytest.raises(StoreFailed):
        nobody.get(KEY)


@pytest.mark.parametrize("key", ["../x", "/x", "x/", "a//b", "A", "x y", "写真", "", "x" * 81])
def test_a_key_that_is_none_of_ours_goes_nowhere(store: S3Store, world: World, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        store.put(key, b"1")
    assert not world.calls
