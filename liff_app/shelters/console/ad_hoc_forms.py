"""What somebody in the field types to add a place."""

from __future__ import annotations

import re
import secrets
import unicodedata

from wtforms import BooleanField, SelectMultipleField, StringField

from liff_app.errors import FieldError
from liff_app.gateways.addresses import TownFinder
from liff_app.i18n import gettext as _
from liff_app.search_text import search_key
from liff_app.shelters.console.ad_hoc_places import AdHocDraft
from liff_app.shelters.console.forms import typed
from liff_app.shelters.vocabulary import Hazard
from liff_app.towns.service import TownNames
from liff_app.webforms import ConsoleForm

MAX_NAME, MAX_TEXT, MAX_REMARKS, MAX_PHONE = 80, 200, 500, 40
MAX_CAPACITY = 100_000
JAPAN = (20.0, 46.0, 122.0, 154.0)  # degrees: south, north, west, east
_KEY = re.compile(r"[0-9A-Za-z_-]{16,60}")

Point = tuple[float, float]


class AdHocForm(ConsoleForm):
    """A place: what it is called, where it is, whom it can take, and for which dangers."""

    name = StringField()
    kana = StringField()
    address = StringField()
    town = StringField()
    lat = StringField()
    lon = StringField()
    capacity = StringField()
    hazards = SelectMultipleField(choices=[], validate_choice=False)
    phone = StringField()
    remarks = StringField()
    publish = BooleanField()
    open_now = BooleanField()
    key = StringField()
    sure = BooleanField()

    def fill(self, draft: AdHocDraft) -> None:
        """The fields show the place."""
        self.name.data, self.kana.data, self.address.data = draft.name, draft.kana, draft.address
        if draft.is_exact:
            self.lat.data, self.lon.data = f"{draft.lat:.6f}", f"{draft.lon:.6f}"
        self.capacity.data = "" if draft.capacity is None else str(draft.capacity)
        self.hazards.data = [hazard.value for hazard in draft.hazards]
        self.phone.data, self.remarks.data = draft.phone, draft.remarks
        self.publish.data = draft.publish

    def begin(self) -> None:
        """An empty form: public, and with the key that makes adding it twice add it once."""
        self.publish.data = True
        self.open_now.data = True
        self.key.data = secrets.token_urlsafe(16)

    def source_id(self) -> str:
        """Id of the place's row; from the form's key, so that sent twice it is the same place."""
        key = typed(self.key.data)
        return f"field-{key if _KEY.fullmatch(key) else secrets.token_urlsafe(16)}"

    def faults(self, towns: TownNames, before: AdHocDraft | None) -> list[FieldError]:
        """Everything that is wrong with what was typed; `before` is where the place stood."""
        where = [] if before and not self._is_placed() else self._place_faults(towns)
        return [*self._word_faults(), *self._capacity_faults(), *where]

    def to_draft(self, towns: TownNames, before: AdHocDraft | None) -> AdHocDraft:
        """The place as described, once `faults` found nothing.

        Without a pin it stands where its town does, or where it stood `before`.
        """
        point = self._point()
        lat, lon = point or self._town_point(towns) or _point_of(before)
        return AdHocDraft(
            name=typed(self.name.data),
            kana=typed(self.kana.data),
            address=typed(self.address.data),
            lat=lat,
            lon=lon,
            is_exact=point is not None,
            capacity=self._capacity(),
            hazards=frozenset(h for h in Hazard if h.value in (self.hazards.data or [])),
            phone=typed(self.phone.data),
            remarks="\n".join(filter(None, map(typed, (self.remarks.data or "").splitlines()))),
            publish=bool(self.publish.data),
        )

    def _word_faults(self) -> list[FieldError]:
        found = []
        limits = (
            ("name", MAX_NAME, _("名前を%(n)s字までで入れてください。", n=MAX_NAME)),
            ("kana", MAX_TEXT, _("よみは%(n)s字までです。", n=MAX_TEXT)),
            ("address", MAX_TEXT, _("住所は%(n)s字までです。", n=MAX_TEXT)),
            ("phone", MAX_PHONE, _("電話は%(n)s字までです。", n=MAX_PHONE)),
            ("remarks", MAX_REMARKS, _("備考は%(n)s字までです。", n=MAX_REMARKS)),
        )
        for name, most, message in limits:
            length = len((self[name].data or "").strip())
            if length > most or (name == "name" and not typed(self.name.data)):
                found.append(FieldError(name, "length", message))
        return found

    def _capacity_faults(self) -> list[FieldError]:
        count = self._capacity()
        if not typed(self.capacity.data) or (count is not None and 0 <= count <= MAX_CAPACITY):
            return []
        return [FieldError("capacity", "number", _("定員は数字で入れてください。"))]

    def _is_placed(self) -> bool:
        return any(typed(one.data) for one in (self.lat, self.lon, self.town))

    def _place_faults(self, towns: TownNames) -> list[FieldError]:
        texts = [typed(self.lat.data), typed(self.lon.data)]
        if any(texts) and self._point() is None:
            return [FieldError("lat", "range", _("日本の中の緯度・経度を数字で入れてください。"))]
        if not any(texts) and self._town_point(towns) is None:
            message = _("場所がわかりません。地図で示すか、町をえらんでください。")
            return [FieldError("town", "missing", message)]
        return []

    def _capacity(self) -> int | None:
        try:
            return int(unicodedata.normalize("NFKC", typed(self.capacity.data)).replace(",", ""))
        except ValueError:
            return None

    def _point(self) -> Point | None:
        try:
            lat, lon = (
                float(unicodedata.normalize("NFKC", typed(one.data)))
                for one in (self.lat, self.lon)
            )
        except ValueError:
            return None
        south, north, west, east = JAPAN
        inside = south <= lat <= north and west <= lon <= east
        return (round(lat, 6), round(lon, 6)) if inside else None

    def _town_point(self, towns: TownNames) -> Point | None:
        """The chosen town's point, or that of the town which the address names."""
        points = {
            town.code: (town.lat, town.lon)
            for town in towns.towns
            if town.lat is not None and town.lon is not None
        }
        if typed(self.town.data):
            return points.get(self.town.data or "")
        by_name = {search_key(t.name): points[t.code] for t in towns.towns if t.code in points}
        found = TownFinder(by_name, search_key).locate(typed(self.address.data))
        return (found.lat, found.lon) if found else None


def _point_of(before: AdHocDraft | None) -> Point:
    if before is None:
        raise ValueError("a place without a position")
    return before.lat, before.lon
