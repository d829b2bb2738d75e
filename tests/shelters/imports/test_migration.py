"""An edition published before this release can be published again after it."""

from __future__ import annotations

import gzip

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from liff_app import schema
from liff_app.shelters.composing import packed, written
from liff_app.shelters.imports import service
from tests.house.test_migrations import empty
from tests.shelters.published import NOW, row

__all__ = ["empty"]  # a fixture

LIST = """
INSERT INTO shelter_lists (id, preset, attribution, priority, created_at)
VALUES ('town', 'standard', '出典：町', 10, '2025-11-22 05:00:00')
"""
EDITION = """
INSERT INTO shelter_list_imports (
  list_id, file_name, file_sha256, encoding, total_rows, imported, reported, blank,
  added, changed, removed, published_at, published_by, packed_rows
) VALUES ('town', 'old.csv', '', 'utf-8', 1, 1, 0, 0, 1, 0, 0, '2025-11-22 05:00:00', 'x', :rows)
"""
KEPT = "SELECT list_id, file_name, imported, published_by, packed_rows FROM shelter_list_imports"


def test_editions_of_before_are_kept_and_can_be_published_again(empty: Engine) -> None:
    schema.upgrade(empty, "0007")
    rows = gzip.compress(written(packed(row("1"), None)).encode() + b"\n", mtime=0)
    with empty.begin() as connection:
        connection.execute(text(LIST))
        connection.execute(text(EDITION), {"rows": rows})

    def kept() -> list[tuple[object, ...]]:
        with empty.connect() as connection:
            return [(*one[:4], bytes(one[4])) for one in connection.execute(text(KEPT))]

    before = kept()
    for _ in range(2):
        schema.upgrade(empty, "0008")
        assert kept() == before
        schema.downgrade(empty, "0007")
        assert kept() == before
    schema.upgrade(empty)
    with Session(empty) as session:
        made = service.republication(session, service.latest(session, "town").id)
        about = made.about
        assert (about.preset, about.priority, about.attribution) == ("standard", 10, "出典：町")
        assert made.places() == {}
        seen = service.Seen(about.of_edition)
        change = service.publish(session, made, seen=seen, by="command:x", now=NOW)
        assert (change.added, change.removed) == (["1"], [])
