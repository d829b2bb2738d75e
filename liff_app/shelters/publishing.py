"""From a list's rows to places: an edition published in one step, all or nothing.

The edition's rows are kept with it, and the place each of them stood for, so that any earlier
edition can be published again and finds its places.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, Self

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from liff_app.shelters.composing import (
    BATCH,
    batches,
    compose,
    digest_of,
    recompose,
    table_of,
    written,
)
from liff_app.shelters.differences import Difference, difference, renumbered_ids
from liff_app.shelters.editions import Edition, Publishable, Values
from liff_app.shelters.matching import KnownPlaces
from liff_app.shelters.models import GONE, ListImport, Shelter, ShelterList, ShelterSource, new_id

__all__ = ["Difference", "Edition", "difference", "publish"]


def publish(session: Session, edition: Publishable, *, by: str, now: datetime) -> Difference:
    """The edition is the list: places added, changed and withdrawn accordingly, all or nothing.

    Publishing what is already published changes nothing and stores no edition. Withdrawn places
    keep their row and history. Gives the difference, with pairs left apart for their distance.
    """
    change = difference(session, edition)
    if change.is_empty:
        return change
    has_new_say = _ensure_list(session, edition, now)
    touched, kept = _replace_rows(session, edition, change)
    if has_new_say:
        touched |= _places_of(session, edition.about.list_id)
    recompose(session, touched, now=now)
    record = _record(edition, change, kept, by=by, now=now)
    session.add(record)
    session.flush()  # its number is wanted
    change.edition_id = record.id
    return change


def _ensure_list(session: Session, edition: Publishable, now: datetime) -> bool:
    """The list is known as the edition names it; gives whether its say against others changed."""
    about = edition.about
    known = session.get(ShelterList, about.list_id)
    has_new_say = known is not None and known.priority != about.priority
    if known is None:
        known = ShelterList(id=about.list_id, created_at=now)
        session.add(known)
    known.preset = about.preset
    known.attribution = about.attribution
    known.priority = about.priority
    session.flush()  # rows refer to it
    return has_new_say


class _Kept:
    """The edition's rows, and the places they stand for, as they are packed to be kept."""

    def __init__(self) -> None:
        self._rows, self._places = io.BytesIO(), io.BytesIO()
        self._files = [
            gzip.GzipFile(fileobj=into, mode="wb", compresslevel=6, mtime=0)
            for into in (self._rows, self._places)
        ]

    def add(self, text: str, shelter_id: str) -> None:
        """Keep one row."""
        for file, line in zip(self._files, (text, shelter_id), strict=True):
            file.write(line.encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for file in self._files:
            file.close()

    def rows(self) -> bytes:
        """All rows, packed; once everything is kept."""
        return self._rows.getvalue()

    def places(self) -> bytes:
        """The place of each row, packed; once everything is kept."""
        return self._places.getvalue()


def _replace_rows(
    session: Session, edition: Publishable, change: Difference
) -> tuple[set[str], _Kept]:
    """Write the list's rows and the places they bring.

    Gives the older places whose description may have changed, and all rows packed to be kept.
    """
    list_id = edition.about.list_id
    before = _known_again(session, edition)
    moved = _moved(session, list_id, before)
    renumbered = [*renumbered_ids(session, edition, set(change.changed) - moved), *sorted(moved)]
    known = KnownPlaces(
        session,
        list_id,
        arriving=[*change.added, *renumbered],
        leaving=frozenset((*change.removed, *renumbered)),
    )
    rewritten = {*change.changed, *moved}
    touched = {known.own[source_id] for source_id in (*change.removed, *rewritten)}
    known.disown(renumbered)
    known.reserve(before)
    _mark_gone(session, list_id, change.removed)
    _keep_trace(session, list_id, renumbered)
    # Changed rows, and rows that were gone and return, are written anew.
    returning = [source_id for source_id in change.added if source_id in known.own]
    _delete_rows(session, list_id, sorted({*rewritten, *returning}))
    wanted = frozenset((*change.added, *rewritten))
    with _Kept() as kept:
        for part in _parts(edition.rows()):
            touched |= _write(session, list_id, known, wanted, part, kept)
    change.far_pairs = known.far_pairs
    return touched, kept


def _known_again(session: Session, edition: Publishable) -> dict[str, str]:
    """The place each row of an edition published before stood for, where it is still there."""
    before = edition.places()
    there = set(session.scalars(select(Shelter.id))) if before else set()
    return {source_id: place for source_id, place in before.items() if place in there}


def _moved(session: Session, list_id: str, before: Mapping[str, str]) -> set[str]:
    """Rows that stand for another place now than the edition before knows them for."""
    if not before:
        return set()
    rows = session.execute(
        select(ShelterSource.source_id, ShelterSource.shelter_id).where(
            ShelterSource.list_id == list_id, ShelterSource.digest != GONE
        )
    )
    return {source_id for source_id, place in rows if before.get(source_id, place) != place}


def _parts(rows: Iterator[Values]) -> Iterator[list[Values]]:
    """The rows in batches, so that the text of 115,402 rows is never in memory as a whole."""
    while part := list(islice(rows, BATCH)):
        yield part


def _write(
    session: Session,
    list_id: str,
    known: KnownPlaces,
    wanted: Collection[str],
    part: Iterable[Values],
    kept: _Kept,
) -> set[str]:
    """Write those of a batch of rows that are `wanted`; gives the older places they speak of."""
    places: list[dict[str, Any]] = []
    sources: list[dict[str, Any]] = []
    older: set[str] = set()
    for row in part:
        text, source_id = written(row), row["source_id"]
        if source_id not in wanted:
            kept.add(text, known.own[source_id])
            continue
        shelter_id = known.recognise(source_id, row)
        if shelter_id is None:
            shelter_id = new_id()
            places.append({"id": shelter_id, **compose([row])})
        else:
            older.add(shelter_id)
        kept.add(text, shelter_id)
        sources.append(
            {
                "list_id": list_id,
                "source_id": source_id,
                "shelter_id": shelter_id,
                "digest": digest_of(text),
                "row": text,
            }
        )
    if places:
        session.execute(insert(table_of(Shelter)), places)
    if sources:
        session.execute(insert(table_of(ShelterSource)), sources)
    return older


def _places_of(session: Session, list_id: str) -> set[str]:
    there = ShelterSource.list_id == list_id, ShelterSource.digest != GONE
    return set(session.scalars(select(ShelterSource.shelter_id).where(*there)))


def _keep_trace(session: Session, list_id: str, source_ids: Sequence[str]) -> None:
    """Keep the old row of a renumbered id as one that is gone, under a name of its own."""
    for part in batches(source_ids):
        there = ShelterSource.list_id == list_id, ShelterSource.source_id.in_(part)
        for old in session.scalars(select(ShelterSource).where(*there)):
            trace = f"{old.shelter_id}~{old.source_id}"[:80]
            session.merge(
                ShelterSource(
                    list_id=list_id,
                    source_id=trace,
                    shelter_id=old.shelter_id,
                    digest=GONE,
                    row=old.row,
                )
            )
    session.flush()


def _mark_gone(session: Session, list_id: str, source_ids: Sequence[str]) -> None:
    for part in batches(source_ids):
        session.execute(
            update(ShelterSource)
            .where(ShelterSource.list_id == list_id, ShelterSource.source_id.in_(part))
            .values(digest=GONE)
        )


def _delete_rows(session: Session, list_id: str, source_ids: Sequence[str]) -> None:
    for part in batches(source_ids):
        session.execute(
            delete(ShelterSource).where(
                ShelterSource.list_id == list_id, ShelterSource.source_id.in_(part)
            )
        )


def _record(
    edition: Publishable, change: Difference, kept: _Kept, *, by: str, now: datetime
) -> ListImport:
    return ListImport(
        **(asdict(edition.about) | {"kind": edition.about.kind.value}),
        added=len(change.added),
        changed=len(change.changed),
        removed=len(change.removed),
        published_at=now,
        published_by=by,
        packed_rows=kept.rows(),
        packed_places=kept.places(),
    )
