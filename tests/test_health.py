"""What a running town says about itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from liff_app import clock, health, worker
from liff_app.db import db, transaction
from tests.conftest import on_sqlite


class Usage(NamedTuple):
    """As shutil.disk_usage gives it."""

    total: int
    used: int
    free: int


def beat() -> None:
    with transaction() as session:
        health.beat(session, "worker", now=clock.now())


def test_a_town_with_a_worker_is_ready(app: Flask, client: FlaskClient) -> None:
    beat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "faults": []})


def test_a_silent_worker_is_told_but_pages_are_still_served(
    app: Flask, client: FlaskClient
) -> None:
    assert client.get("/readyz").get_json() == {"status": "ok", "faults": ["worker_silent"]}
    beat()
    late = clock.now() + timedelta(minutes=3)
    found = health.faults(db.session, app.config["SETTINGS"], now=late)
    assert [(fault.code, fault.stops_serving) for fault in found] == [("worker_silent", False)]


@pytest.mark.parametrize("version", ["0000", "9999", None])
def test_another_schema_than_the_codes_is_not_ready(
    app: Flask, client: FlaskClient, version: str | None
) -> None:
    with transaction() as session:
        (right,) = session.execute(text("SELECT version_num FROM alembic_version")).one()
        session.execute(text("DELETE FROM alembic_version"))
        if version:
            session.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["faults"]) == (503, ["schema_outdated"])
    finally:
        with transaction() as session:
            session.execute(text("DELETE FROM alembic_version"))
            session.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": right})


@on_sqlite
def test_a_full_disk_is_not_ready(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(100, 99, 1))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "disk_full" in answer.get_json()["faults"]


@on_sqlite
def test_a_lost_database_is_not_ready_and_the_process_still_lives(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: Session, *_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(Session, "execute", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["faults"]) == (503, ["database_unreachable"])
    assert "refused" not in answer.text
    assert client.get("/livez").get_json() == {"status": "ok"}


@on_sqlite
def test_a_worker_that_went_round_once_has_done_everything(app: Flask, client: FlaskClient) -> None:
    worker.run(app, once=True)
    assert client.get("/readyz").get_json()["faults"] == []
    public = Path(app.config["SETTINGS"].public_files)
    assert (public / "api/v1/shelters/snapshot.json").exists()
