"""Connections to PostgreSQL: reads that cannot write, statements that stay prepared, lost lines."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from liff_app import postgres
from liff_app.db import db, transaction
from liff_app.health import Heartbeat
from tests.test_db import NOW

pytestmark = pytest.mark.postgres
WRITE = insert(Heartbeat).values(name="x", at=NOW)


@pytest.fixture(autouse=True)
def _on_postgres(app: Flask) -> None:
    assert db.engine.dialect.name == "postgresql"


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """These are about one kind of database."""
    return postgres_database


def rows() -> int:
    return len(db.session.scalars(select(Heartbeat.name)).all())


def test_what_only_reads_cannot_write_and_the_next_transaction_can() -> None:
    rows()
    with pytest.raises(DBAPIError, match="read-only transaction"):
        db.session.execute(WRITE)
    with transaction() as session:
        session.execute(WRITE)
    assert rows() == 1
    with pytest.raises(DBAPIError, match="read-only transaction"):
        db.session.execute(WRITE)
    db.session.rollback()
    with db.engine.begin() as connection:  # migrations write past the session
        connection.execute(text("DELETE FROM heartbeats"))
    assert rows() == 0


def test_a_savepoint_inside_a_read_reads_on() -> None:
    rows()
    with db.session.begin_nested():
        assert rows() == 0
    assert rows() == 0


def test_reads_that_end_keep_what_was_prepared_and_failed_ones_end_too() -> None:
    for _ in range(10):
        rows()
        db.session.rollback()
    prepared = select(text("count(*)")).select_from(text("pg_prepared_statements"))
    assert db.session.scalar(prepared), "each ROLLBACK made psycopg forget them"
    with pytest.raises(DBAPIError):
        db.session.execute(text("SELECT 1 / 0"))
    db.session.rollback()
    assert rows() == 0


@pytest.mark.parametrize("rested_s", [0.0, postgres.FRESH_S + 1])
def test_a_line_cut_while_it_rested_is_replaced_unseen(
    app: Flask, monkeypatch: pytest.MonkeyPatch, rested_s: float
) -> None:
    """The planted other half: one that rested for less than the bound shows its cut."""
    mine = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.rollback()
    other = create_engine(app.config["SETTINGS"].database_url)
    with other.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
    other.dispose()
    since = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: since() + rested_s)
    if rested_s:
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != mine
        return
    with pytest.raises(DBAPIError):
        db.session.scalar(text("SELECT 1"))
    db.session.rollback()
    assert db.session.scalar(text("SELECT 1")) == 1
