"""Uploads: a file is taken in, looked at as often as needed, corrected, and let go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, NotFound
from liff_app.shelters import refusals
from liff_app.shelters.composing import Position
from liff_app.shelters.imports.models import ListUpload
from liff_app.shelters.lists.errors import ColumnsUnknown, HeaderNotFound, ListUnreadable
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.mapping_files import dump_mapping, load_mapping
from liff_app.shelters.models import ListImport

if TYPE_CHECKING:
    from liff_app.shelters.imports.reading import Read
    from liff_app.shelters.lists.model import ParsedList

KEPT = timedelta(hours=24)
MOST = 5  # files of one person at a time; an older one makes room
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What reading a file must know of the town. An empty `geocoder_url` asks no service."""

    code: str
    name: str
    geocoder_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file, as far as it is understood.

    `headings` are those of a list of unknown shape, for whose columns a person must speak first.
    """

    id: str
    file_name: str
    body: bytes
    mapping: ColumnMapping | None
    headings: tuple[str, ...]
    list_id: str
    attribution: str | None
    only_own: bool
    positions: dict[int, Position]
    uploaded_by: str
    uploaded_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDraft:
    """A file just looked at: what is kept of it until somebody publishes it."""

    file_name: str
    body: bytes
    mapping: str = ""
    headings: tuple[str, ...] = ()
    only_own: bool = False
    positions: str = ""


def look(
    session: Session,
    raw: bytes,
    file_name: str,
    *,
    town: Town,
    mapping: ColumnMapping | None = None,
) -> UploadDraft:
    """What the file is. Raises ListUnreadable where nothing can be made of it.

    A list of unknown shape is read by the columns of an edition before, if they all are there.
    Writes nothing; the session is closed where a service is asked for positions.
    """
    # Here and not above: a web process that reads no list keeps 35 MB and a third of a second.
    from liff_app.shelters.imports import reading  # noqa: PLC0415 - the reason stands above

    name = shown_name(file_name)
    try:
        parsed = reading.rows_of(raw, file_name=name, mapping=mapping, municipality_code=town.code)
    except ColumnsUnknown as error:
        found = _read_as_before(session, raw, name, error.headings, town)
        if found is None:
            return UploadDraft(file_name=name, body=raw, headings=error.headings)
        parsed, mapping = found
    placed = reading.place(
        session,
        parsed,
        municipality_code=town.code,
        geocoder_url=town.geocoder_url,
    )
    codes = {row.municipality_code for row in parsed.rows}
    return UploadDraft(
        file_name=name,
        body=raw,
        mapping=dump_mapping(mapping).decode() if mapping else "",
        only_own=town.code in codes and len(codes - {None}) > 1,
        positions=_written(placed.positions),
    )


def _read_as_before(
    session: Session, raw: bytes, name: str, headings: Sequence[str], town: Town
) -> tuple[ParsedList, ColumnMapping] | None:
    """The list by a mapping that an edition before was read by, the newest that fits."""
    from liff_app.shelters.imports import reading  # noqa: PLC0415 - as in `look`

    newest = select(ListImport.mapping).where(ListImport.mapping != "")
    for text in dict.fromkeys(session.scalars(newest.order_by(ListImport.id.desc()))):
        mapping = load_mapping(text.encode())
        if not {one for some in mapping.columns.values() for one in some[:1]} <= set(headings):
            continue
        try:
            parsed = reading.rows_of(
                raw, file_name=name, mapping=mapping, municipality_code=town.code
            )
        except HeaderNotFound:
            continue
        return parsed, mapping
    return None


def make_room(session: Session, *, by: str) -> Sequence[str]:
    """Somebody's oldest files are gone so that one more is not the sixth; gives their ids."""
    mine = select(ListUpload.id).where(ListUpload.uploaded_by == by)
    kept = session.scalars(mine.order_by(ListUpload.uploaded_at.desc(), ListUpload.id)).all()
    too_many = kept[MOST - 1 :]
    session.execute(delete(ListUpload).where(ListUpload.id.in_(too_many)))
    return too_many


def keep(session: Session, draft: UploadDraft, *, by: str, now: datetime) -> str:
    """The file is kept for a day; gives its id."""
    row = ListUpload(
        file_name=draft.file_name,
        body=draft.body,
        mapping=draft.mapping,
        headings=json.dumps(draft.headings, ensure_ascii=False),
        only_own=draft.only_own,
        positions=draft.positions,
        uploaded_by=by,
        uploaded_at=now,
        expires_at=now + KEPT,
    )
    session.add(row)
    session.flush()  # its id is wanted
    return row.id


def find(session: Session, upload_id: str, *, now: datetime) -> Upload:
    """The upload with its file. Raises NotFound where it never was, or its day is over."""
    row = _row(session, upload_id, now)
    return Upload(
        id=row.id,
        file_name=row.file_name,
        body=row.body,
        mapping=_mapping(row.mapping),
        headings=tuple(json.loads(row.headings)),
        list_id=row.list_id,
        attribution=row.attribution,
        only_own=row.only_own,
        positions=_positions(row.positions),
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        expires_at=row.expires_at,
    )


def read(session: Session, upload: Upload, *, town: Town) -> Read:
    """The upload as an edition, as it would be published now. Raises Conflict if it is not read."""
    from liff_app.shelters.imports import reading  # noqa: PLC0415 - as in `look`

    try:
        parsed = reading.rows_of(
            upload.body,
            file_name=upload.file_name,
            mapping=upload.mapping,
            municipality_code=town.code,
        )
    except ListUnreadable as error:  # nobody has said yet which column is which
        raise Conflict(error.code, title=error.message, code=error.code) from error
    return reading.edition(
        session,
        parsed,
        raw=upload.body,
        file_name=upload.file_name,
        mapping=upload.mapping,
        list_id=upload.list_id,
        attribution=upload.attribution,
        town=town,
        only_own=upload.only_own,
        positions=upload.positions,
    )


def problem_csv(made: Read) -> bytes:
    """Every problem of the list as CSV for a spreadsheet."""
    from liff_app.shelters import importing  # noqa: PLC0415 - as in `look`

    return importing.problem_csv(made.edition.parsed)


def reshape(session: Session, upload_id: str, draft: UploadDraft, *, now: datetime) -> None:
    """The same file is read by the columns of the draft from now on."""
    row = _row(session, upload_id, now)
    row.mapping, row.headings = draft.mapping, "[]"
    row.positions, row.only_own = draft.positions, draft.only_own


def adjust(
    session: Session,
    upload_id: str,
    *,
    list_id: str,
    attribution: str,
    only_own: bool,
    now: datetime,
) -> None:
    """The file is to be an edition of that list, with that source named. Raises ListReserved."""
    refusals.check_target(list_id)
    row = _row(session, upload_id, now)
    row.list_id, row.attribution, row.only_own = list_id, attribution, only_own


def discard(session: Session, upload_id: str) -> str | None:
    """The file is gone; gives who had uploaded it, None where it was not there."""
    row = session.get(ListUpload, upload_id)
    if row is None:
        return None
    session.delete(row)
    return row.uploaded_by


def purge(session: Session, *, now: datetime) -> int:
    """Files whose day is over are gone; gives how many."""
    result = session.execute(delete(ListUpload).where(ListUpload.expires_at <= now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def shown_name(file_name: str) -> str:
    """The file's own name without folders and what cannot be seen, for people to recognise."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[-LONGEST_NAME:] or "list"


def _row(session: Session, upload_id: str, now: datetime) -> ListUpload:
    row = session.get(ListUpload, upload_id)
    if row is None or row.expires_at <= now:
        raise NotFound(
            "no such upload", title="このファイルはもうありません。取り込み直してください。"
        )
    return row


def _mapping(text: str) -> ColumnMapping | None:
    return load_mapping(text.encode()) if text else None


def _written(positions: dict[int, Position]) -> str:
    return json.dumps([[line, one.lat, one.lon, one.source] for line, one in positions.items()])


def _positions(text: str) -> dict[int, Position]:
    lines = json.loads(text) if text else []
    return {line: Position(lat=lat, lon=lon, source=source) for line, lat, lon, source in lines}
