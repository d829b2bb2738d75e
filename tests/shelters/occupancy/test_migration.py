"""A history written before there were needs and request keys is kept whole, there and back."""

from __future__ import annotations

from sqlalchemy import Engine, text

from liff_app import schema
from tests.house.test_migrations import empty

__all__ = ["empty"]  # a fixture

OLD = """
INSERT INTO shelters (
  id, name, kana, name_en, address, municipality_name, position_source, roles, fits,
  capacity_raw, target, floors, phone, url, towns, remarks, always_open, published
) VALUES (
  's1', '中央小学校', '', '', '', '', 'list', 'shelter', 'uuuuuuuu',
  '', '', '', '', '', '', '', false, true
);
INSERT INTO disasters (id, name, hazards, drill, started_at, started_by, open_slot)
VALUES ('d1', '台風', 'flood', false, '2025-11-22 05:00:00', 'command:x', 1);
INSERT INTO shelter_statuses (
  shelter_id, disaster_id, opening, people, note, version, updated_at, updated_by
) VALUES ('s1', 'd1', 'open', 12, 'あ', 2, '2025-11-22 05:02:00', 'command:x');
INSERT INTO shelter_status_events (
  shelter_id, disaster_id, version, opening, people, note, at, "by"
) VALUES
  ('s1', 'd1', 1, 'open', 6, '', '2025-11-22 05:01:00', 'command:x'),
  ('s1', 'd1', 2, 'open', 12, 'あ', '2025-11-22 05:02:00', 'command:x')
"""
KEPT = 'SELECT version, opening, people, note, "by" FROM shelter_status_events ORDER BY id'


def read(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_old_events_are_changes_that_arrived_when_they_were_made(empty: Engine) -> None:
    schema.upgrade(empty, "0003")
    with empty.begin() as connection:
        for statement in OLD.split(";"):
            connection.execute(text(statement))
    before = read(empty, KEPT)
    for _ in range(2):
        schema.upgrade(empty, "0004")
        assert read(empty, KEPT) == before
        new = "SELECT kind, needs, reason, at = received_at, undoes FROM shelter_status_events"
        assert {tuple(map(str, row[:3])) for row in read(empty, new)} == {("change", "", "")}
        assert all(row[3] for row in read(empty, new))
        assert [row[4] for row in read(empty, new)] == [None, None]
        assert read(empty, "SELECT people, needs, checked_in FROM shelter_statuses") == [
            (12, "", None)
        ]
        schema.downgrade(empty, "0003")
        assert read(empty, KEPT) == before
