"""The Leaflet wheel has one maintainer: its bytes are npm's, and nothing else of it is served."""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app.vendor import LEAFLET_FILES, LEAFLET_FOLDER, LEAFLET_VERSION, leaflet_url
from tests.conftest import on_sqlite

# sha256 and bytes of npm's leaflet@1.9.3
KNOWN = {
    "leaflet.js": ("5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03", 146_715),
    "leaflet.css": ("90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722", 14_657),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_wheels_bytes_are_the_known_ones(name: str) -> None:
    raw = (Path(LEAFLET_FOLDER) / name).read_bytes()
    assert (sha256(raw).hexdigest(), len(raw)) == KNOWN[name]


@on_sqlite
def test_the_listed_files_are_served_compressed_and_for_good(
    app: Flask, client: FlaskClient
) -> None:
    for name in LEAFLET_FILES:
        answer = client.get(leaflet_url(name), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        packed = answer.headers.get("Content-Encoding") == "gzip"
        assert packed == name.endswith((".js", ".css"))
        raw = gzip.decompress(answer.data) if packed else answer.data
        assert raw == (Path(LEAFLET_FOLDER) / name).read_bytes()
        assert client.get(leaflet_url(name)).data == raw


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [
        f"/vendor/leaflet/{LEAFLET_VERSION}/leaflet-src.js",
        f"/vendor/leaflet/{LEAFLET_VERSION}/leaflet.js.map",
        f"/vendor/leaflet/{LEAFLET_VERSION}/../__init__.py",
        f"/vendor/leaflet/{LEAFLET_VERSION}/%2e%2e/__init__.py",
        f"/vendor/leaflet/{LEAFLET_VERSION}/images/../leaflet.js",
        f"/vendor/leaflet/{LEAFLET_VERSION}/",
        "/vendor/leaflet/0/leaflet.js",
        "/vendor/",
    ],
)
def test_nothing_else_of_the_wheel_is(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
