"""How connections to PostgreSQL are used: nothing is asked twice that need not be.

A journey of nine requests began with 158 round trips; 13 of them asked a connection used a moment
ago whether it still lived, and every read that ended in ROLLBACK made psycopg forget the statements
it had prepared, so that the server planned each of them anew (`python -m bench.procedures`).
"""

from __future__ import annotations

import time
from typing import Any

from psycopg import Connection as Wire
from psycopg import Error
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

FRESH_S = 1.0  # a connection that came back less long ago is not asked whether it lives
PREPARED_MOST = 500  # statements of one connection; psycopg's 100 are fewer than a town has


def tune(engine: Engine) -> None:
    """Ask only rested connections for a sign of life, and keep what was prepared."""
    event.listen(engine, "connect", _prepare_more)
    event.listen(engine, "checkin", _rest)
    event.listen(engine, "rollback", _end_reading)

    @event.listens_for(engine, "checkout")
    def wake(wire: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - SQLAlchemy types it loosely
        rested = record.info.get("rested")
        if rested is None or time.monotonic() - rested < FRESH_S:
            return
        try:
            engine.dialect.do_ping(wire)
        except Error as gone:
            raise InvalidatePoolError from gone


def only_reads(connection: Connection) -> None:
    """What this connection begins now may not write: PostgreSQL itself refuses."""
    wire = connection.connection.dbapi_connection
    if isinstance(wire, Wire):
        wire.read_only = True


def _prepare_more(wire: Wire[Any], _record: object) -> None:
    wire.prepared_max = PREPARED_MOST


def _rest(wire: Wire[Any] | None, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy types it loosely
    record.info["rested"] = time.monotonic()
    if wire is not None and not wire.closed:
        wire.read_only = None


def _end_reading(connection: Any) -> None:  # noqa: ANN401 - as above
    if connection.invalidated:
        return  # the line is cut: there is nothing to end
    wire = connection.connection.dbapi_connection
    if wire.read_only and wire.info.transaction_status == TransactionStatus.INTRANS:
        wire.commit()  # nothing was written: the same end, and the statements stay prepared
