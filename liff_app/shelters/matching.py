"""Which place a list's row speaks of.

By, in this order: the same row of the same list before, even if the list left it out for a while;
the same 共通ID in another list; the same facility (first 11 characters) or the same name in the
same municipality, in another list or in a row that is no longer there. The last two only within
200 m, where 99% of the national lists' pairs lie (p99 172 m), and 福祉避難所 only with their like:
joined to another kind they would look like ordinary ones, and left apart from their like a place
that one list withholds would be shown from the other. Rows of one list stay apart, whatever they
say.

Rows that are gone count so that a place keeps its id, and with it its state in a disaster, when a
town numbers its list anew or corrects an address from which an id was made.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.geo.ellipsoid import distance_m, locate
from liff_app.search_text import search_key
from liff_app.shelters.models import GONE, Shelter, ShelterSource
from liff_app.shelters.vocabulary import Role

SAME_PLACE_M = 200.0
_COMMON_ID = re.compile(r"E\d{12}[0-9A-Za-z]")  # facility, kind, sequence

_COLUMNS = (
    Shelter.id,
    Shelter.facility_key,
    Shelter.municipality_code,
    Shelter.name,
    Shelter.lat,
    Shelter.lon,
    Shelter.roles,
)


def is_another_place(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two rows of one id speak of two buildings: another name, and over 200 m apart.

    Without a position on either side the addresses must differ instead.
    """
    if search_key(old["name"]) == search_key(new["name"]):
        return False
    if None in (old["lat"], old["lon"], new["lat"], new["lon"]):
        return search_key(old["address"]) != search_key(new["address"])
    apart = distance_m(locate(old["lat"], old["lon"]), locate(new["lat"], new["lon"]))
    return apart > SAME_PLACE_M


class KnownPlaces:
    """Places already there, by everything a row of the list may recognise them by.

    `arriving` are the ids of rows the list has now and had not in its edition before, `leaving`
    those it has no longer.
    """

    def __init__(
        self,
        session: Session,
        list_id: str,
        *,
        arriving: Collection[str] = (),
        leaving: Collection[str] = (),
    ) -> None:
        self.own: dict[str, str] = {}
        self.far_pairs: list[tuple[str, float]] = []  # source id, metres apart
        self._by_id: dict[str, str] = {}
        self._before: dict[str, str] = {}  # the place of a row in an edition published before
        self._taken: set[str] = set()  # by a row of this list: no other row of it may join
        self._freed: set[str] = set()  # places a row of some list spoke of once
        self._by_facility: dict[tuple[bool, str], list[str]] = defaultdict(list)  # is it 福祉, key
        self._by_name: dict[tuple[bool, str, str], list[str]] = defaultdict(list)
        self._points: dict[str, tuple[float, float]] = {}
        self._names: dict[str, str] = {}
        self._read_rows(session, list_id, frozenset(leaving))
        self._spoken_of = set(self._by_id.values())
        self._arriving = frozenset(arriving)
        # An id is better evidence than a name, wherever in the file its row stands.
        named = (self.own.get(one) or self._elsewhere(one) for one in arriving)
        self._reserved = {shelter_id for shelter_id in named if shelter_id}
        self._read_places(session)

    def _read_rows(self, session: Session, list_id: str, leaving: Collection[str]) -> None:
        rows = session.execute(
            select(
                ShelterSource.list_id,
                ShelterSource.source_id,
                ShelterSource.shelter_id,
                ShelterSource.digest,
            )
        )
        for row_list, source_id, shelter_id, digest in rows:
            is_own = row_list == list_id
            if is_own:
                self.own[source_id] = shelter_id
            if digest == GONE or (is_own and source_id in leaving):
                self._freed.add(shelter_id)
            elif is_own:
                self._taken.add(shelter_id)
            else:
                self._by_id[source_id] = shelter_id

    def _read_places(self, session: Session) -> None:
        for sid, facility, code, name, lat, lon, roles in session.execute(select(*_COLUMNS)):
            if sid not in self._spoken_of and sid not in self._freed:
                continue
            is_welfare = roles == Role.WELFARE.value
            self._names[sid] = search_key(name)
            if facility:
                self._by_facility[is_welfare, facility].append(sid)
            self._by_name[is_welfare, code or "", self._names[sid]].append(sid)
            if lat is not None and lon is not None:
                self._points[sid] = (lat, lon)

    def disown(self, source_ids: Collection[str]) -> None:
        """Forget which places these ids of the list stood for: they stand for others now."""
        for source_id in source_ids:
            shelter_id = self.own.pop(source_id, None)
            self._reserved.discard(shelter_id or "")

    def reserve(self, before: Mapping[str, str]) -> None:
        """These rows stand for the places they stood for before; no other row may take them."""
        self._before = dict(before)
        self._taken.update(before.values())

    def recognise(self, source_id: str, values: Mapping[str, Any]) -> str | None:
        """The place the row speaks of; None for one not seen before. A place is taken once."""
        if source_id in self._before:
            return self._before[source_id]
        is_new = source_id in self._arriving
        found = self._recognised(source_id, values) if is_new else self.own[source_id]
        if found is not None:
            self._taken.add(found)
        return found

    def _recognised(self, source_id: str, values: Mapping[str, Any]) -> str | None:
        for known in (self.own.get(source_id), self._elsewhere(source_id)):
            if known is not None and known not in self._taken:
                return known
        return self._nearby(source_id, values)

    def _elsewhere(self, source_id: str) -> str | None:
        """The place of the same 共通ID in another list; two towns' own "1" mean nothing."""
        return self._by_id.get(source_id) if _COMMON_ID.fullmatch(source_id) else None

    def _nearby(self, source_id: str, values: Mapping[str, Any]) -> str | None:
        if values["lat"] is None:
            return None
        here = locate(values["lat"], values["lon"])
        apart = {
            shelter_id: distance_m(here, locate(*self._points[shelter_id]))
            for shelter_id in self._candidates(values)
            if shelter_id in self._points
            and shelter_id not in self._taken
            and shelter_id not in self._reserved
        }
        if not apart:
            return None
        nearest = min(apart, key=lambda shelter_id: apart[shelter_id])
        if apart[nearest] <= SAME_PLACE_M:
            return nearest
        if nearest in self._spoken_of:
            self.far_pairs.append((source_id, apart[nearest]))
        return None

    def _candidates(self, values: Mapping[str, Any]) -> list[str]:
        key = search_key(values["name"])
        is_welfare = values["role"] == Role.WELFARE.value
        facility = self._by_facility.get((is_welfare, values["facility_key"] or ""), [])
        named = [shelter_id for shelter_id in facility if self._names[shelter_id] == key]
        alone = facility if len(facility) == 1 else []
        same_name = is_welfare, values["municipality_code"] or "", key
        return named or alone or self._by_name.get(same_name, [])
