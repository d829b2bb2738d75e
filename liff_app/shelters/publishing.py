"""From a list's rows to places: what an edition would change, and its publication in one step.

The edition's rows are kept with it, so that any earlier edition can be published again.
"""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from liff_app.shelters.composing import (
    Position,
    batches,
    compose,
    digest_of,
    packed,
    recompose,
    table_of,
    written,
)
from liff_app.shelters.lists.model import ParsedList, ShelterRow
from liff_app.shelters.matching import KnownPlaces, is_another_place
from liff_app.shelters.models import GONE, ListImport, Shelter, ShelterList, ShelterSource, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A list as it would be published. `positions` by line, for rows that lack their own."""

    list_id: str
    parsed: ParsedList
    file_name: str
    file_sha256: str
    attribution: str
    priority: int
    positions: Mapping[int, Position] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict, repr=False)

    def digests(self) -> Mapping[str, str]:
        """The digest of each row, by its id; worked out once."""
        if not self._digests:
            for row in self.parsed.rows:
                text = written(packed(row, self.positions.get(row.line)))
                self._digests[row.source_id] = digest_of(text)
        return self._digests


@dataclass(slots=True)
class Difference:
    """What an edition changes against the one before: source ids, in the order of the file."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    relabelled: bool = False  # the source to be named is another
    far_pairs: list[tuple[str, float]] = field(default_factory=list)  # id, metres apart
    rivals: list[str] = field(default_factory=list)  # lists that look like an edition before

    @property
    def is_empty(self) -> bool:
        """Whether publishing would change nothing."""
        return not (self.added or self.changed or self.removed or self.relabelled)


def difference(session: Session, edition: Edition) -> Difference:
    """What publishing the edition would add, change and remove. Nothing is written."""
    before = _digests(session, edition.list_id)
    found = Difference()
    for source_id, digest in edition.digests().items():
        if source_id not in before:
            found.added.append(source_id)
        elif before[source_id] != digest:
            found.changed.append(source_id)
        else:
            found.unchanged += 1
    known = session.get(ShelterList, edition.list_id)
    found.relabelled = known is not None and known.attribution != edition.attribution
    if known is None:
        found.rivals = _rivals(session, edition)
    found.removed = [source_id for source_id in before if source_id not in edition.digests()]
    return found


def _rivals(session: Session, edition: Edition) -> list[str]:
    """Lists of the same shape that share over half of a new list's own ids.

    One mistyped code gives a list another name; published beside its former edition, every place
    would stand there twice. Rows with a 共通ID find each other by it and are left out.
    """
    own = {row.source_id for row in edition.parsed.rows if row.facility_key is None}
    rows = session.execute(
        select(ShelterSource.list_id, ShelterSource.source_id)
        .join(ShelterList, ShelterList.id == ShelterSource.list_id)
        .where(ShelterList.preset == edition.parsed.preset[:40], ShelterSource.digest != GONE)
    )
    shared = Counter(list_id for list_id, source_id in rows if source_id in own)
    return sorted(list_id for list_id, count in shared.items() if 2 * count > len(own))


def publish(session: Session, edition: Edition, *, by: str, now: datetime) -> Difference:
    """The edition is the list: places added, changed and withdrawn accordingly, all or nothing.

    Publishing what is already published changes nothing and stores no edition. Withdrawn places
    keep their row and history. Gives the difference, with pairs left apart for their distance.
    """
    change = difference(session, edition)
    if change.is_empty:
        return change
    _ensure_list(session, edition, now)
    touched, packed_rows = _replace_rows(session, edition, change)
    recompose(session, touched, now=now)
    session.add(_record(edition, change, packed_rows, by=by, now=now))
    return change


def _digests(session: Session, list_id: str) -> dict[str, str]:
    wanted = select(ShelterSource.source_id, ShelterSource.digest)
    there = ShelterSource.list_id == list_id, ShelterSource.digest != GONE
    rows = session.execute(wanted.where(*there))
    return {source_id: digest for source_id, digest in rows}  # noqa: C416 - Row is no pair


def _ensure_list(session: Session, edition: Edition, now: datetime) -> None:
    known = session.get(ShelterList, edition.list_id)
    if known is None:
        known = ShelterList(id=edition.list_id, created_at=now)
        session.add(known)
    known.preset = edition.parsed.preset[:40]  # as the table holds it
    known.attribution = edition.attribution
    known.priority = edition.priority
    session.flush()  # rows refer to it


def _replace_rows(session: Session, edition: Edition, change: Difference) -> tuple[set[str], bytes]:
    """Write the list's rows and the places they bring.

    Gives the older places whose description may have changed, and all rows packed to be kept.
    """
    renumbered = _renumbered(session, edition, change.changed)
    known = KnownPlaces(
        session,
        edition.list_id,
        arriving=[*change.added, *renumbered],
        leaving=frozenset((*change.removed, *renumbered)),
    )
    touched = {known.own[source_id] for source_id in (*change.removed, *change.changed)}
    known.disown(renumbered)
    _mark_gone(session, edition.list_id, change.removed)
    _keep_trace(session, edition.list_id, renumbered)
    # Changed rows, and rows that were gone and return, are written anew.
    returning = [source_id for source_id in change.added if source_id in known.own]
    _delete_rows(session, edition.list_id, [*change.changed, *returning])
    wanted = frozenset((*change.added, *change.changed))
    kept = io.BytesIO()
    with gzip.GzipFile(fileobj=kept, mode="wb", compresslevel=6, mtime=0) as lines:
        for part in batches(edition.parsed.rows):
            touched |= _write(session, edition, known, wanted, part, lines)
    change.far_pairs = known.far_pairs
    return touched, kept.getvalue()


def _write(
    session: Session,
    edition: Edition,
    known: KnownPlaces,
    wanted: Collection[str],
    part: Sequence[ShelterRow],
    lines: gzip.GzipFile,
) -> set[str]:
    """Write those of a batch of rows that are `wanted`; gives the older places they speak of.

    Batch by batch, so that the text of 115,402 rows is never in memory as a whole.
    """
    places: list[dict[str, Any]] = []
    sources: list[dict[str, Any]] = []
    older: set[str] = set()
    for row in part:
        values = packed(row, edition.positions.get(row.line))
        text = written(values)
        lines.write(text.encode() + b"\n")
        if row.source_id not in wanted:
            continue
        shelter_id = known.recognise(row.source_id, values)
        if shelter_id is None:
            shelter_id = new_id()
            places.append({"id": shelter_id, **compose([values])})
        else:
            older.add(shelter_id)
        sources.append(
            {
                "list_id": edition.list_id,
                "source_id": row.source_id,
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


def _renumbered(session: Session, edition: Edition, changed: Collection[str]) -> list[str]:
    """Ids that now stand for another building: both its name and its place are others.

    A town that numbers its list anew must not carry one school's opening to the next.
    """
    wanted = frozenset(changed)
    new = {row.source_id: row for row in edition.parsed.rows if row.source_id in wanted}
    found = []
    for part in batches(sorted(wanted)):
        there = ShelterSource.list_id == edition.list_id, ShelterSource.source_id.in_(part)
        rows = session.execute(select(ShelterSource.source_id, ShelterSource.row).where(*there))
        for source_id, text in rows:
            row = new[source_id]
            values = packed(row, edition.positions.get(row.line))
            if is_another_place(json.loads(text), values):
                found.append(source_id)
    return found


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
    edition: Edition, change: Difference, packed_rows: bytes, *, by: str, now: datetime
) -> ListImport:
    parsed = edition.parsed
    return ListImport(
        list_id=edition.list_id,
        file_name=edition.file_name[:200],
        file_sha256=edition.file_sha256,
        encoding=parsed.encoding or "",
        total_rows=parsed.total_rows,
        imported=len(parsed.rows),
        reported=parsed.rejected_rows,
        blank=parsed.blank_rows,
        added=len(change.added),
        changed=len(change.changed),
        removed=len(change.removed),
        published_at=now,
        published_by=by,
        packed_rows=packed_rows,
    )
