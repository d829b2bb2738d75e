"""One owner of the commit: what a transaction promises, on each database."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask, abort
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound

from liff_app import create_app
from liff_app.config import Settings
from liff_app.db import (
    SQLITE_PRAGMAS,
    TransactionNested,
    UtcDateTime,
    db,
    in_transaction,
    on_commit,
    transaction,
)
from liff_app.health import Heartbeat
from liff_app.shelters.models import ShelterVersion
from tests.conftest import on_sqlite

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
THREADS, STEPS = 8, 50


def names() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Heartbeat.name)))


def test_a_block_is_committed_at_its_end(app: Flask) -> None:
    with transaction() as session:
        session.add(Heartbeat(name="one", at=NOW))
        assert in_transaction()
    assert not in_transaction()
    assert names() == ["one"]


@pytest.mark.parametrize("leave", [RuntimeError, KeyboardInterrupt, lambda: abort(404)])
def test_a_block_left_by_an_exception_stores_nothing(
    app: Flask, leave: Callable[[], BaseException]
) -> None:
    with (  # noqa: PT012 - leaving the block is what is tested
        pytest.raises((RuntimeError, KeyboardInterrupt, NotFound)),
        transaction() as session,
    ):
        session.add(Heartbeat(name="one", at=NOW))
        session.flush()
        raise leave()
    assert not in_transaction()
    assert names() == []


def test_a_refused_row_rolls_the_whole_block_back(app: Flask) -> None:
    with transaction() as session:
        session.add(Heartbeat(name="one", at=NOW))
    with pytest.raises(IntegrityError), transaction() as session:  # noqa: PT012 - same
        session.add(Heartbeat(name="two", at=NOW))
        session.flush()
        session.connection().execute(insert(Heartbeat), {"name": "one", "at": NOW})
    assert names() == ["one"]


def test_nesting_is_refused_and_the_outer_block_goes_on(app: Flask) -> None:
    with transaction() as session:
        session.add(Heartbeat(name="one", at=NOW))
        with pytest.raises(TransactionNested), transaction():
            pass
        session.add(Heartbeat(name="two", at=NOW))
    assert names() == ["one", "two"]


def test_a_block_can_follow_one_that_failed(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        raise RuntimeError
    with transaction() as session:
        session.add(Heartbeat(name="one", at=NOW))
    assert names() == ["one"]


def test_what_waits_for_the_commit_runs_after_it_in_order(app: Flask) -> None:
    seen: list[object] = []
    with transaction() as session:
        session.add(Heartbeat(name="one", at=NOW))
        on_commit(lambda: seen.append(("first", in_transaction(), names())))
        on_commit(lambda: seen.append("second"))
        assert seen == []
    assert seen == [("first", False, ["one"]), "second"]


def test_what_waits_for_the_commit_never_runs_after_a_rollback(app: Flask) -> None:
    seen: list[str] = []
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - same
        on_commit(lambda: seen.append("ran"))
        raise RuntimeError
    with transaction():
        pass
    assert seen == []


def test_what_waits_may_open_its_own_transaction(app: Flask) -> None:
    def then() -> None:
        with transaction() as session:
            session.add(Heartbeat(name="after", at=NOW))

    with transaction():
        on_commit(then)
    assert names() == ["after"]


def test_waiting_for_a_commit_outside_a_block_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside"):
        on_commit(lambda: None)


def count_up(app: Flask, *, locked: bool) -> int:
    """Sum after eight threads have each read and then updated one row fifty times."""
    with transaction() as session:
        session.merge(ShelterVersion(name="test", value=0))
    together = threading.Barrier(THREADS)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            together.wait(20)
            for _ in range(STEPS):
                with app.app_context(), transaction() as session:
                    row = session.get_one(ShelterVersion, "test", with_for_update=locked)
                    row.value += 1
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert faults == []
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(ShelterVersion, "test").value


def test_reading_then_updating_in_parallel_loses_no_update(app: Flask) -> None:
    """With the row locked, as services do it. PostgreSQL needs the lock; SQLite has one writer."""
    assert count_up(app, locked=True) == THREADS * STEPS


@on_sqlite
def test_on_sqlite_no_lock_is_needed_because_writers_queue(app: Flask) -> None:
    assert count_up(app, locked=False) == THREADS * STEPS


@on_sqlite
def test_without_our_begin_the_same_work_fails(app: Flask) -> None:
    """The planted flaw: a deferred BEGIN, SQLAlchemy's default, cannot do what is tested above."""

    def deferred(_c: object, _cursor: object, statement: str, params: object, *_: object) -> object:
        return statement.replace("BEGIN IMMEDIATE", "BEGIN"), params

    event.listen(db.engine, "before_cursor_execute", deferred, retval=True)
    with pytest.raises(AssertionError):
        count_up(app, locked=False)


@on_sqlite
def test_sqlite_runs_with_every_pragma_we_name(settings: Settings) -> None:
    spelled = {"WAL": "wal", "FULL": "2", "ON": "1", "OFF": "0"}
    engine = create_app(settings).extensions["engine"]  # the fixture's spares the disk
    with engine.connect() as connection:
        for pragma in SQLITE_PRAGMAS:
            name, _, value = pragma.partition("=")
            found = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            assert str(found) == spelled.get(value, value), name
    engine.dispose()


@on_sqlite
def test_a_reader_does_not_take_the_writers_place(app: Flask) -> None:
    db.session.scalars(select(Heartbeat.name)).all()
    file = str(db.engine.url.database)
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.rollback()
    other.close()


def test_a_read_before_the_block_does_not_make_its_write_stale(app: Flask) -> None:
    with transaction() as session:
        session.add(ShelterVersion(name="test", value=1))
    assert db.session.get_one(ShelterVersion, "test").value == 1
    with app.app_context(), transaction() as session:
        session.get_one(ShelterVersion, "test").value = 5
    with transaction() as session:
        row = session.get_one(ShelterVersion, "test")
        row.value += 1
    db.session.rollback()
    assert db.session.get_one(ShelterVersion, "test").value == 6


@on_sqlite
def test_a_new_database_file_is_its_owners_alone(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "new" / "town.db"
    app = create_app(replace(settings, database_url=f"sqlite:///{file}"))
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (x)"))
            assert stat.S_IMODE(Path(f"{file}-wal").stat().st_mode) == 0o600
        db.engine.dispose()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_an_error_text_shows_no_values(app: Flask) -> None:
    with pytest.raises(IntegrityError) as caught, transaction() as session:  # noqa: PT012 - same
        for _ in range(2):
            session.execute(insert(Heartbeat), {"name": "geheim", "at": NOW})
    assert "hide_parameters" in str(caught.value)
    if db.engine.dialect.name == "sqlite":
        assert "geheim" not in str(caught.value)


moments = st.datetimes(
    min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - given a zone below
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)  # fmt: skip


@given(moments)
def test_moments_come_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    kind = UtcDateTime()
    for dialect in (sqlite.dialect(), postgresql.dialect()):  # type: ignore[no-untyped-call]  # its own gap
        back = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)
        assert back == moment
        assert back is not None
        assert back.tzinfo is UTC


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(NOW.replace(tzinfo=None), sqlite.dialect())
    assert UtcDateTime().process_bind_param(None, sqlite.dialect()) is None
