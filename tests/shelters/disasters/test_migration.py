"""Disasters of before get the history that their own row tells, and keep it out of the way back."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

from liff_app import schema
from tests.house.test_migrations import empty

__all__ = ["empty"]  # a fixture

OLD = text(
    "INSERT INTO disasters (id, name, hazards, drill, started_at, started_by, ended_at, ended_by,"
    " open_slot) VALUES (:id, :name, 'flood', :drill, '2025-09-01 00:00:00', 'command:ops',"
    " :ended_at, :ended_by, :slot)"
)


def test_old_disasters_get_their_history_and_lose_nothing_on_the_way_back(empty: Engine) -> None:
    schema.upgrade(empty, "0006")
    over = {"ended_at": "2025-09-02 00:00:00", "ended_by": "command:else", "slot": None}
    still = {"ended_at": None, "ended_by": None, "slot": 1}
    with empty.begin() as connection:
        connection.execute(OLD, {"id": "past", "name": "訓練", "drill": True, **over})
        connection.execute(OLD, {"id": "now", "name": "台風", "drill": False, **still})
    schema.upgrade(empty, "0007")
    with empty.connect() as connection:
        told = connection.execute(
            text('SELECT disaster_id, kind, changes, "by" FROM disaster_events ORDER BY id')
        ).all()
        kept = connection.execute(text("SELECT area, checkin FROM disasters")).all()
    assert sorted(tuple(row) for row in told) == [
        ("now", "started", "{}", "command:ops"),
        ("past", "started", "{}", "command:ops"),
        ("past", "stopped", "{}", "command:else"),
    ]
    assert [(area, bool(checkin)) for area, checkin in kept] == [("", False)] * 2
    schema.downgrade(empty, "0006")
    assert "disaster_events" not in inspect(empty).get_table_names()
    with empty.connect() as connection:
        names = connection.scalars(text("SELECT name FROM disasters ORDER BY id")).all()
    assert names == ["台風", "訓練"]
