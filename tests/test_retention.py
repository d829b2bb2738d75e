"""What is past its time is gone, and only that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from liff_app import clock, idempotency, retention
from liff_app.db import db, transaction
from liff_app.idempotency import Answer, KeptAnswer
from liff_app.identity import service
from liff_app.identity.models import LoginSession
from tests.conftest import on_sqlite

MARKER = "marker-5d1f0c7e-to-be-forgotten"


def keep_something() -> None:
    now = clock.now()
    with transaction() as session:
        service.start_session(session, None, now=now, values={"note": MARKER})
        idempotency.once(
            session, owner="r1", key="k" * 16, content=b"c" * 32, now=now,
            earn=lambda: Answer(200, MARKER),
        )  # fmt: skip


def rows() -> tuple[int, int]:
    db.session.rollback()
    counts = [
        db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (LoginSession, KeptAnswer)
    ]
    return counts[0], counts[1]


def test_nothing_goes_before_its_time(app: Flask) -> None:
    keep_something()
    assert set(retention.run(now=clock.now()).values()) == {0}
    assert rows() == (1, 1)


def test_each_kind_goes_at_its_own_time(app: Flask) -> None:
    keep_something()
    now = clock.now()
    assert retention.run(now=now + timedelta(hours=13))["login_sessions"] == 1
    assert rows() == (0, 1)
    assert retention.run(now=now + timedelta(days=31))["kept_answers"] == 1
    assert rows() == (0, 0)


def test_a_dry_run_counts_and_keeps(app: Flask) -> None:
    keep_something()
    counts = retention.run(now=clock.now() + timedelta(days=31), dry_run=True)
    assert (counts["login_sessions"], counts["kept_answers"]) == (1, 1)
    assert rows() == (1, 1)


@on_sqlite
def test_what_is_gone_is_gone_from_the_files_too(app: Flask) -> None:
    keep_something()
    file = str(db.engine.url.database)

    def on_disk() -> bool:
        raw = Path(file).read_bytes() + Path(f"{file}-wal").read_bytes()
        return MARKER.encode() in raw

    assert on_disk()
    retention.run(now=clock.now() + timedelta(days=31))
    assert not on_disk()


@on_sqlite
def test_what_somebody_deleted_before_is_gone_too_though_nothing_is_due(app: Flask) -> None:
    keep_something()
    with transaction() as session:
        session.query(LoginSession).delete()
        session.query(KeptAnswer).delete()
    file = str(db.engine.url.database)
    assert MARKER.encode() in Path(f"{file}-wal").read_bytes()
    assert set(retention.run(now=clock.now()).values()) == {0}
    assert MARKER.encode() not in Path(file).read_bytes() + Path(f"{file}-wal").read_bytes()


@on_sqlite
def test_deleting_alone_leaves_it_in_the_log(app: Flask) -> None:
    """The planted flaw: without cutting the write-ahead log the test above must fail."""
    keep_something()
    with transaction() as session:
        session.query(LoginSession).delete()
        session.query(KeptAnswer).delete()
    raw = Path(f"{db.engine.url.database}-wal").read_bytes()
    assert MARKER.encode() in raw
