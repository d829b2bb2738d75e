"""What every test would do anew though it comes out the same: done once in a test process.

A test makes an app of its own. Each compiles two hundred addresses and, when it draws them, its
templates: most of a test's time. Both depend on nothing but what they are compiled from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from liff_app import tables


class Compiled(BytecodeCache):
    """Templates by their names and texts: a changed text is compiled anew, as Jinja sees to."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same text."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def _once(real: Callable[[Rule, bool], Any]) -> Callable[..., Any]:
    """Builders of addresses, which hold nothing of the rule they were first compiled for."""
    kept: dict[tuple[object, ...], Any] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 - Werkzeug's
        kinds = tuple((name, type(one)) for name, one in rule._converters.items())  # noqa: SLF001 - no other way in
        key = (rule.rule, tuple(rule._trace), kinds, repr(rule.defaults), append_unknown)  # noqa: SLF001 - same
        if key not in kept:
            kept[key] = real(rule, append_unknown)
        return kept[key]

    return compile_builder


def install() -> None:
    """From now on, in this process."""
    Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": Compiled()}
    Rule._compile_builder = _once(Rule._compile_builder)  # type: ignore[method-assign]  # noqa: SLF001 - no other way in


def spare_the_disk(engine: Engine) -> None:
    """A database file of one test need not outlive a power cut: no commit waits for the disk."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_syncs)


def _without_syncs(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    # Whoever asks for no order gets the other one than usual, as PostgreSQL sometimes gives it.
    connection.execute("PRAGMA reverse_unordered_selects=ON")


def emptied(engine: Engine) -> None:
    """No row is left in the PostgreSQL database, append-only tables among them.

    TRUNCATE takes a file sync per table, this does not; and it is one question, not sixty.
    """
    every = [str(one.delete()) for one in reversed(tables.metadata.sorted_tables)]
    with engine.begin() as connection:
        past_append_only = "SET LOCAL session_replication_role = replica"
        connection.exec_driver_sql("; ".join([past_append_only, *every]))
