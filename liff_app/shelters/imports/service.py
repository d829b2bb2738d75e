"""What can be done with lists in the console and by command: publish, go back, withdraw, place.

Each is a new edition with its author, published in one step. Where somebody else published the
list since the difference was shown, the answer is a Conflict: nobody publishes what nobody saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, NotFound
from liff_app.search_text import search_key
from liff_app.shelters import refusals
from liff_app.shelters.counters import hold
from liff_app.shelters.differences import Difference, latest_edition
from liff_app.shelters.editions import (
    About,
    EditionKind,
    KeptEdition,
    Publishable,
    Values,
)
from liff_app.shelters.imports import pins, uploads
from liff_app.shelters.imports.models import HandPosition
from liff_app.shelters.imports.pins import Pin
from liff_app.shelters.models import ListImport
from liff_app.shelters.service import publish_list

__all__ = [
    "ListChanged",
    "NothingToPublish",
    "Seen",
    "kept",
    "latest",
    "note_of",
    "pin",
    "publish",
    "publish_upload",
    "republication",
    "row_of",
    "unpin",
    "withdrawal",
]


class ListChanged(Conflict):
    """Another edition of the list was published since the difference was shown."""

    code = "list_changed"
    title = "見ているあいだに、ほかの人がこの一覧を公開しました。新しい違いを確かめてください。"


class NothingToPublish(Conflict):
    """The edition is what residents see already."""

    code = "list_unchanged"
    title = "公開中の一覧と同じです。何も変えていません。"


class ListEmpty(Conflict):
    """A file without any place would empty the list: that is a wrong file, not an edition."""

    code = "list_empty"
    title = "取り込める場所が1つもありません。何も変えていません。"


@dataclass(frozen=True, slots=True)
class Seen:
    """The edition a difference was shown against: None for a list that was not there yet."""

    edition_id: int | None


def publish(
    session: Session, edition: Publishable, *, seen: Seen, by: str, now: datetime
) -> Difference:
    """The edition is the list. Raises ListChanged, or NothingToPublish."""
    hold(session, "master")  # from here on nobody else publishes
    if latest_edition(session, edition.about.list_id) != seen.edition_id:
        raise ListChanged(edition.about.list_id)
    change = publish_list(session, edition, by=by, now=now)
    if change.is_empty:
        raise NothingToPublish(edition.about.list_id)
    return change


def publish_upload(
    session: Session,
    upload_id: str,
    edition: Publishable,
    *,
    seen: Seen,
    by: str,
    now: datetime,
) -> Difference:
    """The uploaded list is published and the upload is gone. Raises as `publish`, or ListEmpty."""
    if not edition.about.imported:
        raise ListEmpty(edition.about.list_id)
    change = publish(session, edition, seen=seen, by=by, now=now)
    uploads.discard(session, upload_id)
    return change


def kept(session: Session, edition_id: int) -> ListImport:
    """The edition of that number. Raises NotFound."""
    found = session.get(ListImport, edition_id)
    if found is None:
        raise NotFound(f"no edition {edition_id}", title="その版はありません。")
    return found


def latest(session: Session, list_id: str) -> ListImport:
    """The newest edition of the list. Raises NotFound."""
    edition_id = latest_edition(session, list_id)
    if edition_id is None:
        raise NotFound("no such list", title="その名前の一覧はありません。")
    return kept(session, edition_id)


def republication(session: Session, edition_id: int) -> KeptEdition:
    """The rows of that edition as a new one, with the positions given by hand since.

    Raises NotFound, or ListReserved.
    """
    found = kept(session, edition_id)
    return _again(session, found, EditionKind.REPUBLISH)


def withdrawal(session: Session, list_id: str) -> KeptEdition:
    """An edition of the list without any place; its source is not named any more.

    Raises NotFound, or ListReserved.
    """
    refusals.check_target(list_id)
    found = latest(session, list_id)
    about = replace(
        _about(found),
        kind=EditionKind.WITHDRAW,
        attribution="",
        file_name="",
        file_sha256="",
        encoding="",
        mapping="",
        total_rows=0,
        imported=0,
        reported=0,
        blank=0,
    )
    return KeptEdition(about=about)


def row_of(session: Session, list_id: str, source_id: str) -> Values:
    """That row of the list as it is published. Raises NotFound."""
    current = _again(session, latest(session, list_id), EditionKind.PIN)
    for row in current.rows():
        if row["source_id"] == source_id:
            return row
    raise NotFound("no such row", title="その場所は、公開中の一覧にありません。")


def pin(
    session: Session,
    list_id: str,
    row: Values,
    *,
    lat: float,
    lon: float,
    by: str,
    now: datetime,
) -> Difference:
    """The row is there, now and in the editions to come, until its list says where it is.

    A published row is shown there at once, as a new edition; for others the difference is empty.
    Raises ListReserved.
    """
    refusals.check_target(list_id)
    hold(session, "master")
    session.merge(
        HandPosition(
            list_id=list_id,
            source_id=row["source_id"],
            lat=lat,
            lon=lon,
            name_key=search_key(row["name"]),
            address_key=search_key(row["address"]),
            placed_by=by,
            placed_at=now,
        )
    )
    session.flush()  # read again below
    return _placed_anew(session, list_id, by=by, now=now)


def unpin(session: Session, list_id: str, source_id: str, *, by: str, now: datetime) -> Difference:
    """Nobody says by hand where the row is; shown at once, as a new edition."""
    hold(session, "master")
    session.execute(
        delete(HandPosition).where(
            HandPosition.list_id == list_id, HandPosition.source_id == source_id
        )
    )
    return _placed_anew(session, list_id, by=by, now=now)


def note_of(edition: Publishable, change: Difference) -> dict[str, str | int | bool | None]:
    """What the log keeps of a publication: counts and codes."""
    return {
        "edition": change.edition_id,
        "of_edition": edition.about.of_edition,
        "rows": edition.about.imported,
        "added": len(change.added),
        "changed": len(change.changed),
        "removed": len(change.removed),
    }


def _placed_anew(session: Session, list_id: str, *, by: str, now: datetime) -> Difference:
    edition_id = latest_edition(session, list_id)
    if edition_id is None:
        return Difference()
    edition = _again(session, kept(session, edition_id), EditionKind.PIN)
    return publish_list(session, edition, by=by, now=now)


def _again(session: Session, found: ListImport, kind: EditionKind) -> KeptEdition:
    refusals.check_target(found.list_id)
    about = replace(_about(found), kind=kind, of_edition=found.id)
    bare = KeptEdition(about=about, packed_rows=found.packed_rows)
    known: Mapping[str, Pin] = pins.of_list(session, found.list_id)
    return KeptEdition(
        about=about,
        packed_rows=found.packed_rows,
        packed_places=found.packed_places,
        hands=pins.by_id(known, bare.rows()),
    )


def _about(found: ListImport) -> About:
    return About(
        list_id=found.list_id,
        preset=found.preset,
        priority=found.priority,
        attribution=found.attribution,
        file_name=found.file_name,
        file_sha256=found.file_sha256,
        encoding=found.encoding,
        total_rows=found.total_rows,
        imported=found.imported,
        reported=found.reported,
        blank=found.blank,
        mapping=found.mapping,
    )
