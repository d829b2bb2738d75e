"""What the emulator remembers, in one SQLite file (or in memory), safe for threads."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Body = dict[str, Any]

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS documents (seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, key))""",
    """CREATE TABLE IF NOT EXISTS blobs (key TEXT PRIMARY KEY, media_type TEXT NOT NULL,
    body BLOB NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user TEXT NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS documents_in_order ON documents (kind, seq)",
    "CREATE INDEX IF NOT EXISTS messages_of_user ON messages (user, seq)",
)


class Store:
    """Documents by kind and key, blobs by key, and each resident's talk in order.

    Every change is one SQLite transaction, so a killed emulator leaves a whole file.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        for statement in _SCHEMA:
            self._db.execute(statement)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one change; inner blocks join the outer one."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if outermost:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if outermost:
                self._db.execute("COMMIT")

    def get(self, kind: str, key: str) -> Body | None:
        """Return the document, or None."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return None if row is None else _body(row[0])

    def put(self, kind: str, key: str, body: Body) -> None:
        """Store the document, replacing an older one in its place."""
        with self.transaction():
            self._db.execute(
                "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, key, _text(body)),
            )

    def add(self, kind: str, key: str, body: Body) -> bool:
        """Store the document unless the key is taken; say whether it was stored."""
        with self.transaction():
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO documents (kind, key, body) VALUES (?, ?, ?)",
                (kind, key, _text(body)),
            )
            return cursor.rowcount == 1

    def add_many(self, kind: str, rows: Iterable[tuple[str, Body]]) -> None:
        """Store many documents at once, replacing older ones."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO documents (kind, key, body) VALUES (?, ?, ?)",
                [(kind, key, _text(body)) for key, body in rows],
            )

    def take(self, kind: str, key: str) -> Body | None:
        """Remove the document and return it: only one caller ever gets it."""
        with self.transaction():
            body = self.get(kind, key)
            self._db.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))
        return body

    def items(self, kind: str) -> list[tuple[str, Body]]:
        """Return all documents of a kind, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT key, body FROM documents WHERE kind = ? ORDER BY seq", (kind,)
            ).fetchall()
        return [(key, _body(text)) for key, text in rows]

    def page(self, kind: str, *, after: int, limit: int) -> list[tuple[int, str, Body]]:
        """Return up to `limit` documents behind the number `after`: number, key, body."""
        with self._lock:
            rows = self._db.execute(
                "SELECT seq, key, body FROM documents WHERE kind = ? AND seq > ?"
                " ORDER BY seq LIMIT ?",
                (kind, after, limit),
            ).fetchall()
        return [(seq, key, _body(text)) for seq, key, text in rows]

    def clear(self, *kinds: str) -> None:
        """Forget all documents of these kinds."""
        with self.transaction():
            self._db.executemany("DELETE FROM documents WHERE kind = ?", [(k,) for k in kinds])

    def put_blob(self, key: str, media_type: str, body: bytes) -> None:
        """Keep bytes with their media type."""
        with self.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", (key, media_type, body)
            )

    def blob(self, key: str) -> tuple[str, bytes] | None:
        """Return media type and bytes, or None."""
        with self._lock:
            row = self._db.execute(
                "SELECT media_type, body FROM blobs WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else (str(row[0]), bytes(row[1]))

    def remove_blob(self, key: str) -> None:
        """Forget one blob."""
        with self.transaction():
            self._db.execute("DELETE FROM blobs WHERE key = ?", (key,))

    def say(self, rows: Iterable[tuple[str, Body]]) -> None:
        """Append entries (user id, entry) to the talks."""
        with self.transaction():
            self._db.executemany(
                "INSERT INTO messages (user, body) VALUES (?, ?)",
                [(user, _text(body)) for user, body in rows],
            )

    def talk(self, user: str, *, after: int = 0) -> list[Body]:
        """Return the entries of one talk behind `after`, in order, each with its `seq`."""
        with self._lock:
            rows = self._db.execute(
                "SELECT seq, body FROM messages WHERE user = ? AND seq > ? ORDER BY seq",
                (user, after),
            ).fetchall()
        return [{"seq": seq, **_body(text)} for seq, text in rows]

    def forget_talks(self) -> None:
        """Empty every talk and drop every blob."""
        with self.transaction():
            self._db.execute("DELETE FROM messages")
            self._db.execute("DELETE FROM blobs")


def _text(body: Body) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _body(text: str) -> Body:
    body: Body = json.loads(text)
    return body
