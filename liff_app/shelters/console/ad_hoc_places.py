"""Places opened in the field that stand on no list: 臨時・自主避難所.

They are a list of their own, `ad_hoc`, whose every change is an edition of it, so that the ordinary
machinery describes, publishes and withdraws them, and no import of another list can lose them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.geo.ellipsoid import distance_m, locate
from liff_app.search_text import search_key
from liff_app.shelters import service
from liff_app.shelters.composing import LETTERS, digest_of, unpacked, written
from liff_app.shelters.counters import hold
from liff_app.shelters.editions import About, EditionKind, Values
from liff_app.shelters.matching import SAME_PLACE_M
from liff_app.shelters.models import GONE, Shelter, ShelterSource
from liff_app.shelters.refusals import FIELD_LIST
from liff_app.shelters.vocabulary import Fits, Hazard, Role

LIST_ID = FIELD_LIST
PRIORITY = 5  # a colleague on the spot knows more than any list
LIKELY_SAME_M = 1_000.0  # one name twice within walking distance is one place, most of the time
NEXT_DOOR_M = 50.0
FAR_M = 20_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocDraft:
    """A place as somebody describes it. `is_exact`: they showed the spot, not only its town."""

    name: str
    kana: str
    address: str
    lat: float
    lon: float
    is_exact: bool
    capacity: int | None
    hazards: frozenset[Hazard]
    phone: str
    remarks: str
    publish: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A place already there that may be the same one. `is_same`: it certainly would be taken so."""

    shelter_id: str
    name: str
    metres: int
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """An edition of the list from its rows, and the place each one stands for already."""

    values: Mapping[str, Values]
    stands_for: Mapping[str, str]
    _digests: dict[str, str] = field(default_factory=dict)

    @property
    def about(self) -> About:
        """What is kept of the edition beside its rows."""
        whole = "".join(written(row) for row in self.values.values())
        return About(
            list_id=LIST_ID, preset=LIST_ID, priority=PRIORITY, attribution="", file_name="",
            file_sha256=hashlib.sha256(whole.encode()).hexdigest(), encoding="",
            total_rows=len(self.values), imported=len(self.values), reported=0, blank=0,
            kind=EditionKind.FIELD,
        )  # fmt: skip

    def rows(self) -> Iterator[Values]:
        """The rows."""
        return iter(self.values.values())

    def digests(self) -> Mapping[str, str]:
        """The digest of each row, by its id."""
        if not self._digests:
            rows = self.values.items()
            self._digests.update({key: digest_of(written(row)) for key, row in rows})
        return self._digests

    def places(self) -> Mapping[str, str]:
        """The place each row stands for, however far it was moved or renamed."""
        return self.stands_for


def put(
    session: Session,
    draft: AdHocDraft,
    *,
    source_id: str,
    town: tuple[str, str],
    by: str,
    now: datetime,
) -> str:
    """The place is there as drafted, for residents too if it is public; gives its id.

    A place of that `source_id` is amended. `town` is code and name of the municipality.
    """
    hold(session, "master")  # from here on nobody else changes the list
    rows, stands_for = _rows(session)
    rows[source_id] = _packed(draft, source_id, town)
    _publish(session, rows, stands_for, by=by, now=now)
    return _stands_for(session, source_id)


def withdraw(session: Session, shelter_id: str, *, by: str, now: datetime) -> None:
    """Nobody is sent there any more; its history stays. Raises NotFound for a place of a list."""
    hold(session, "master")
    source_id = source_of(session, shelter_id)
    rows, stands_for = _rows(session)
    del rows[source_id]
    _publish(session, rows, stands_for, by=by, now=now)


def source_of(session: Session, shelter_id: str) -> str:
    """Id of the place's row in this list. Raises NotFound where it has none."""
    wanted = select(ShelterSource.source_id).where(
        ShelterSource.list_id == LIST_ID,
        ShelterSource.shelter_id == shelter_id,
        ShelterSource.digest != GONE,
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("not ad hoc", title="その避難所は、ここでは直せません。")
    return found


def is_ad_hoc(session: Session, shelter_id: str) -> bool:
    """Whether the place was added here and can be amended here."""
    try:
        return bool(source_of(session, shelter_id))
    except NotFound:
        return False


def stands(session: Session, source_id: str) -> bool:
    """Whether the list has that row now."""
    row = session.get(ShelterSource, (LIST_ID, source_id))
    return row is not None and row.digest != GONE


def draft_of(session: Session, source_id: str) -> AdHocDraft:
    """The place as it was described last."""
    row = _rows(session)[0][source_id]
    return AdHocDraft(
        name=row["name"],
        kana=row["kana"],
        address=row["address"],
        lat=row["lat"],
        lon=row["lon"],
        is_exact=row["position_source"] == "list",
        capacity=row["capacity"]["indoor"],
        hazards=frozenset(
            hazard
            for hazard, letter in zip(Hazard, row["fits"], strict=True)
            if letter == LETTERS[Fits.YES]
        ),
        phone=row["phone"],
        remarks=row["remarks"],
        publish=row["publish"],
    )


def neighbours(session: Session, draft: AdHocDraft, *, but: str | None = None) -> list[Neighbour]:
    """Places that the drafted one may be, the nearest first; `but` is the place it is already."""
    here, key = locate(draft.lat, draft.lon), search_key(draft.name)
    found = []
    for one, name, lat, lon in _placed(session):
        metres = distance_m(here, locate(lat, lon))
        is_named_so = search_key(name) == key
        if one != but and metres <= (LIKELY_SAME_M if is_named_so else NEXT_DOOR_M):
            is_same = is_named_so and metres <= SAME_PLACE_M
            found.append(
                Neighbour(shelter_id=one, name=name, metres=round(metres), is_same=is_same)
            )
    return sorted(found, key=lambda place: place.metres)


def is_far(session: Session, draft: AdHocDraft) -> bool:
    """Whether no place of the town lies within 20 km: a slip of the pin, most of the time."""
    here = locate(draft.lat, draft.lon)
    rows = _placed(session)
    return bool(rows) and all(
        distance_m(here, locate(lat, lon)) > FAR_M for _id, _name, lat, lon in rows
    )


def _placed(session: Session) -> list[tuple[str, str, float, float]]:
    """Id, name and position of every place that has one."""
    rows = session.execute(
        select(Shelter.id, Shelter.name, Shelter.lat, Shelter.lon).where(
            Shelter.withdrawn_at.is_(None)
        )
    )
    return [
        (one, name, lat, lon) for one, name, lat, lon in rows if lat is not None and lon is not None
    ]


def _publish(
    session: Session,
    rows: Mapping[str, Values],
    stands_for: Mapping[str, str],
    *,
    by: str,
    now: datetime,
) -> None:
    kept = {key: shelter for key, shelter in stands_for.items() if key in rows}
    edition = _Rows(values=rows, stands_for=kept)
    service.publish_list(session, edition, by=by, now=now)
    session.flush()  # the rows are read again below


def _rows(session: Session) -> tuple[dict[str, Values], dict[str, str]]:
    """The list's rows as they are published, and their places, by row id."""
    found = session.execute(
        select(ShelterSource.source_id, ShelterSource.shelter_id, ShelterSource.row)
        .where(ShelterSource.list_id == LIST_ID, ShelterSource.digest != GONE)
        .order_by(ShelterSource.source_id)
    ).all()
    return {one.source_id: unpacked(one.row) for one in found}, {
        one.source_id: one.shelter_id for one in found
    }


def _stands_for(session: Session, source_id: str) -> str:
    return session.scalars(
        select(ShelterSource.shelter_id).where(
            ShelterSource.list_id == LIST_ID, ShelterSource.source_id == source_id
        )
    ).one()


def _packed(draft: AdHocDraft, source_id: str, town: tuple[str, str]) -> Values:
    """The draft as a row of a list; a hazard nobody vouched for is not designated, never unsafe."""
    fits = (Fits.YES if hazard in draft.hazards else Fits.UNKNOWN for hazard in Hazard)
    count = draft.capacity
    return {
        "source_id": source_id,
        "facility_key": None,
        "role": Role.AD_HOC.value,
        "name": draft.name,
        "kana": draft.kana,
        "name_en": "",
        "address": draft.address,
        "municipality_code": town[0] or None,
        "municipality_name": town[1][:80],
        "lat": draft.lat,
        "lon": draft.lon,
        "position_source": "list" if draft.is_exact else "town",
        "fits": "".join(LETTERS[one] for one in fits),
        "capacity": {
            "raw": "" if count is None else f"{count}人",
            "indoor": count,
            "outdoor": None,
        },
        "target": "",
        "phone": draft.phone,
        "url": "",
        "elevation_m": None,
        "remarks": draft.remarks,
        "floors": "",
        "towns": "",
        "always_open": False,
        "publish": draft.publish,
    }
