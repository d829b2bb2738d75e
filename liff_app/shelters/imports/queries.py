"""Reads for the pages of lists, as plain records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from liff_app.shelters.composing import batches, unpacked
from liff_app.shelters.differences import Difference
from liff_app.shelters.editions import EditionKind, Publishable, Values
from liff_app.shelters.imports import words
from liff_app.shelters.imports.models import ListUpload
from liff_app.shelters.models import GONE, ListImport, ShelterList, ShelterSource
from liff_app.shelters.refusals import FIELD_LIST


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """One edition of a list. `is_current`: it is what residents see."""

    id: int
    list_id: str
    list_name: str
    kind: EditionKind
    of_edition: int | None
    file_name: str
    imported: int
    reported: int
    added: int
    changed: int
    removed: int
    published_at: datetime
    published_by: str
    is_current: bool = False

    @property
    def is_field(self) -> bool:
        """Whether it is of the places added in the field, which take no file and no way back."""
        return self.list_id == FIELD_LIST


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A list with its editions, the newest first. `unplaced` rows have no position of their own.

    `is_field`: the places added in the field, which take no file, no pin and no withdrawal.
    """

    id: str
    name: str
    is_field: bool
    attribution: str
    rows: int
    unplaced: int
    editions: tuple[EditionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLine:
    """A file that waits to be looked at."""

    id: str
    file_name: str
    uploaded_by: str
    uploaded_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """A row of a list. `changes`: field, old words, new words."""

    source_id: str
    name: str
    address: str
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A difference row by row, in the order of the file; removed rows as they were."""

    added: tuple[RowLine, ...] = ()
    changed: tuple[RowLine, ...] = ()
    removed: tuple[RowLine, ...] = ()
    was: dict[str, Values] = field(default_factory=dict)  # rows as they are published, by id


_EDITION = (
    ListImport.id, ListImport.list_id, ListImport.preset, ListImport.attribution,
    ListImport.kind, ListImport.of_edition,
    ListImport.file_name, ListImport.imported, ListImport.reported, ListImport.added,
    ListImport.changed, ListImport.removed, ListImport.published_at, ListImport.published_by,
)  # fmt: skip


def lists(session: Session) -> list[ListLine]:
    """Every list there is, in the order of their names, with all its editions."""
    editions: dict[str, list[EditionLine]] = defaultdict(list)
    for row in session.execute(select(*_EDITION).order_by(ListImport.id.desc())):
        current = not editions[row.list_id]
        editions[row.list_id].append(_line(row._asdict(), is_current=current))
    counts = _counts(session)
    known = session.scalars(select(ShelterList).order_by(ShelterList.id)).all()
    names = {one.id: _name(one, editions[one.id]) for one in known}
    said = Counter(names.values())
    return [
        ListLine(
            id=one.id,
            name=words.with_id(names[one.id], one.id) if said[names[one.id]] > 1 else names[one.id],
            is_field=one.id == FIELD_LIST,
            attribution=one.attribution,
            rows=counts.get(one.id, (0, 0))[0],
            unplaced=counts.get(one.id, (0, 0))[1],
            editions=tuple(editions[one.id]),
        )
        for one in known
    ]


def edition(session: Session, edition_id: int) -> EditionLine | None:
    """The edition of that number."""
    row = session.execute(select(*_EDITION).where(ListImport.id == edition_id)).one_or_none()
    if row is None:
        return None
    newest = session.scalar(
        select(func.max(ListImport.id)).where(ListImport.list_id == row.list_id)
    )
    return _line(row._asdict(), is_current=newest == edition_id)


def list_names(session: Session) -> dict[str, str]:
    """What people call every list that files may be editions of, by its id."""
    rows = session.scalars(
        select(ShelterList).where(ShelterList.id != FIELD_LIST).order_by(ShelterList.id)
    )
    return {one.id: words.list_name(one.id, one.preset, one.attribution) for one in rows}


def waiting(session: Session, *, now: datetime) -> list[UploadLine]:
    """Files that are looked at, the newest first."""
    rows = session.scalars(
        select(ListUpload)
        .where(ListUpload.expires_at > now)
        .order_by(ListUpload.uploaded_at.desc(), ListUpload.id)
    )
    return [
        UploadLine(
            id=row.id,
            file_name=row.file_name,
            uploaded_by=row.uploaded_by,
            uploaded_at=row.uploaded_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def details(session: Session, made: Publishable, change: Difference) -> Details:
    """The difference row by row, with the words of every field that changes."""
    was = published(session, made.about.list_id, [*change.changed, *change.removed])
    added, changed = frozenset(change.added), frozenset(change.changed)
    new, other = [], []
    for row in made.rows():
        source_id = row["source_id"]
        if source_id in added:
            new.append(_row(row))
        elif source_id in changed:
            other.append(_row(row, was[source_id]))
    removed = tuple(_row(was[source_id]) for source_id in change.removed)
    return Details(added=tuple(new), changed=tuple(other), removed=removed, was=was)


def published(session: Session, list_id: str, source_ids: Sequence[str]) -> dict[str, Values]:
    """Those rows of the list as they are published, by id."""
    found: dict[str, Values] = {}
    for part in batches(source_ids):
        there = ShelterSource.list_id == list_id, ShelterSource.source_id.in_(part)
        rows = session.execute(select(ShelterSource.source_id, ShelterSource.row).where(*there))
        found.update((source_id, unpacked(text)) for source_id, text in rows)
    return found


def places_of(session: Session, list_id: str, source_ids: Sequence[str]) -> dict[str, str]:
    """The place each of those rows stands for, by row id."""
    found: dict[str, str] = {}
    for part in batches(source_ids):
        there = ShelterSource.list_id == list_id, ShelterSource.source_id.in_(part)
        rows = session.execute(
            select(ShelterSource.source_id, ShelterSource.shelter_id).where(*there)
        )
        found.update((source_id, shelter_id) for source_id, shelter_id in rows)
    return found


def unplaced(session: Session, list_id: str) -> list[Values]:
    """Published rows of the list without a position of its own, the unknown ones first."""
    there = ShelterSource.list_id == list_id, ShelterSource.digest != GONE, _without_position()
    rows = [unpacked(text) for text in session.scalars(select(ShelterSource.row).where(*there))]
    order = ("none", "town", "geocoder", "hand")
    return sorted(rows, key=lambda row: (order.index(row["position_source"]), row["name"]))


def _counts(session: Session) -> dict[str, tuple[int, int]]:
    """Published rows of each list, and those whose position nobody knows better than the town."""
    rows = session.execute(
        select(
            ShelterSource.list_id,
            func.count(),
            func.count().filter(_without_position("none", "town")),
        )
        .where(ShelterSource.digest != GONE)
        .group_by(ShelterSource.list_id)
    )
    return {list_id: (count, open_rows) for list_id, count, open_rows in rows}


def _without_position(*sources: str) -> ColumnElement[bool]:
    wanted = sources or ("none", "town", "geocoder", "hand")
    return or_(*(ShelterSource.row.contains(f'"position_source":"{one}"') for one in wanted))


def _name(one: ShelterList, editions: Sequence[EditionLine]) -> str:
    """The list's name; one that is withdrawn names no source, and keeps the name it had."""
    if one.attribution or not editions:
        return words.list_name(one.id, one.preset, one.attribution)
    return next((line.list_name for line in editions if line.imported), editions[0].list_name)


def _line(row: dict[str, object], *, is_current: bool) -> EditionLine:
    name = words.list_name(str(row["list_id"]), str(row.pop("preset")), str(row.pop("attribution")))
    values = row | {"kind": EditionKind(str(row["kind"])), "list_name": name}
    return EditionLine(**values, is_current=is_current)  # type: ignore[arg-type]  # columns by name


def _row(row: Values, old: Values | None = None) -> RowLine:
    return RowLine(
        source_id=row["source_id"],
        name=row["name"],
        address=row["address"],
        changes=tuple(words.field_changes(old, row)) if old else (),
    )
