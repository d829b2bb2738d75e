"""Files in an S3-compatible store. One PUT makes a whole object or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from liff_app.gateways.file_store import FileMissing, StoredFile, StoreFailed, StoreFull, checked

if TYPE_CHECKING:
    from obstore.store import S3Config

CONNECT_SECONDS = 2.0
CALL_SECONDS = 10.0  # 12 MB at 10 Mbit/s
RETRIES = 1  # a call is whole or nothing, so it may be tried again
RETRY_SECONDS = 5.0
# What stores say when they are full: HTTP 507, or S3's and MinIO's own codes for a full bucket.
# The text also tells the address and how long it took: a bare number could stand in either.
_FULL = (
    *("status code: 507", "InsufficientStorage", "XMinioStorageFull"),
    *("QuotaExceeded", "EntityTooLarge"),
)


class S3Store:
    """A folder of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    def at(
        cls,
        address: str,
        *,
        key_id: str,
        secret: str,
        call_seconds: float = CALL_SECONDS,
    ) -> S3Store:
        """The store of `s3://bucket/prefix?endpoint=…&region=…`."""
        parts = urlsplit(address)
        options = dict(parse_qsl(parts.query))
        endpoint = options.get("endpoint")
        account: S3Config = {
            "access_key_id": key_id,
            "secret_access_key": secret,
            "region": options.get("region", "us-east-1"),
            # Stores other than Amazon's seldom have a host name for every bucket.
            "virtual_hosted_style_request": endpoint is None,
        }
        if endpoint:
            account["endpoint"] = endpoint
        return cls(
            Bucket(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                config=account,
                client_options={
                    "timeout": timedelta(seconds=call_seconds),
                    "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                    "allow_http": (endpoint or "").startswith("http://"),
                },
                retry_config={
                    "max_retries": RETRIES,
                    "retry_timeout": timedelta(seconds=RETRY_SECONDS),
                    "backoff": {
                        "init_backoff": timedelta(milliseconds=100),
                        "max_backoff": timedelta(seconds=1),
                        "base": 2,
                    },
                },
            )
        )

    def put(self, key: str, data: bytes) -> None:
        """The whole of `data` lies at `key`, or nothing changed."""
        with _told():
            obstore.put(self._bucket, checked(key), data, use_multipart=False)

    def get(self, key: str) -> bytes:
        """The file. Raises FileMissing if there is none."""
        with _told():
            return bytes(obstore.get(self._bucket, checked(key)).bytes())

    def delete(self, key: str) -> None:
        """The file is gone; it need not have been there."""
        try:
            with _told():
                obstore.delete(self._bucket, checked(key))
        except FileMissing:
            return

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        try:
            with _told():
                obstore.head(self._bucket, checked(key))
        except FileMissing:
            return False
        return True

    def list(self, prefix: str) -> Iterator[StoredFile]:
        """Every file below the folder `prefix`."""
        with _told():
            for some in obstore.list(self._bucket, prefix=checked(prefix)):
                for one in some:
                    yield StoredFile(one["path"], one["size"], one["last_modified"])


@contextmanager
def _told() -> Iterator[None]:
    """What the store refuses, in our own words. Its text may name the bucket: not passed on."""
    try:
        yield
    except FileNotFoundError:
        raise FileMissing("no such file") from None
    except (BaseError, OSError) as error:
        text = str(error)
        if any(word in text for word in _FULL):
            raise StoreFull("the store is full") from None
        raise StoreFailed(type(error).__name__) from None
