"""Engine, base class and the only commit.

SQLite runs in WAL with `synchronous=FULL`: NORMAL lost up to 599 acknowledged rows in power-cut
trials, FULL none. Writing transactions begin IMMEDIATE: with deferred ones 731 of 800
read-then-update commits vanished without an error (ADR 0002).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.types import TypeDecorator

from . import postgres


class TownSession(Session):
    """The session of a town. Outside of `transaction()` it reads; PostgreSQL holds it to that."""


class Database:
    """The app's engine and, per app context, one session.

    Flask-SQLAlchemy-Lite did this until it was measured: its asynchronous teardown starts an event
    loop in a thread for every request, 0.5 ms of the 0.16 ms a bare view costs (ADR 0003).
    """

    @property
    def engine(self) -> Engine:
        """The engine of the current app."""
        found: Engine = current_app.extensions["engine"]
        return found

    @property
    def session(self) -> Session:
        """The session of the current app context, made on first use, closed with the context."""
        session: Session | None = g.get("_database_session")
        if session is None:
            session = g._database_session = TownSession(self.engine)  # noqa: SLF001 - ours
        return session


db = Database()

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after", default=None)

SQLITE_PRAGMAS = (
    "busy_timeout=10000",  # ms; 8 writers stayed under 6 ms at p99, so 10 s means trouble
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


POSTGRES_LIMITS = (
    "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
)


class TransactionNested(RuntimeError):
    """A transaction was opened inside another: the surface commits, once."""


class Base(DeclarativeBase):
    """Root of every table. Constraint names follow one convention, so migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out. A naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC; SQLite keeps it without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """The stored moment, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def init_app(app: Flask, url: str) -> None:
    """Give the app its engine. A SQLite file and its folder are made for the owner's eyes only."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            Path(parsed.database).touch(mode=0o600)  # SQLite gives its WAL the file's own mode
        # Values stay out of error texts: a traceback on a terminal may end up in a journal.
        engine = create_engine(parsed, hide_parameters=True)
        _tune_sqlite(engine)
    else:
        engine = create_engine(
            parsed, hide_parameters=True, connect_args={"options": POSTGRES_LIMITS}
        )
        postgres.tune(engine)
    app.extensions["engine"] = engine

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session = g.pop("_database_session", None)
        if session is not None:
            session.close()


@event.listens_for(TownSession, "after_begin")
def _begin(_session: Session, begun: SessionTransaction, connection: Connection) -> None:
    if not _writing.get() and not begun.nested and connection.dialect.name == "postgresql":
        postgres.only_reads(connection)


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy types it loosely
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: committed at the end of the block, rolled back on any exception.

    Refuses nesting. Functions given to `on_commit` inside it run after the commit succeeded.
    """
    if _writing.get():
        raise TransactionNested("a transaction is already open")
    session = db.session
    session.rollback()  # end a read begun earlier: a deferred one cannot become a safe write
    writing, pending = _writing.set(True), _after_commit.set([])
    try:
        yield session
        session.commit()
        done = _after_commit.get() or []
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(writing)
        _after_commit.reset(pending)
    for then in done:
        then()


def forget_deleted() -> None:
    """What SQLite deleted is gone from its write-ahead log too; nothing to do elsewhere.

    `secure_delete` overwrites the pages, but the old ones stay readable in the log until it is
    cut. Readers may hold it back: then the next call does it.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.rollback()  # an open read of our own would hold it back
    connection = db.engine.raw_connection()  # a checkpoint cannot stand inside a transaction
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def in_transaction() -> bool:
    """Whether a `transaction()` block is open here. Gateways refuse to call out while one is."""
    return _writing.get()


def on_commit(then: Callable[[], None]) -> None:
    """Run `then` once the open transaction has been committed; never if it rolls back."""
    pending = _after_commit.get()
    if pending is None:
        raise RuntimeError("on_commit outside a transaction")
    pending.append(then)
