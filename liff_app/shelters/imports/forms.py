"""What a colleague types about a list."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import BooleanField, HiddenField, StringField

from liff_app.errors import FieldError
from liff_app.geo.positions import in_japan, parse_degrees
from liff_app.i18n import gettext as _
from liff_app.shelters import refusals
from liff_app.shelters.disasters.drafts import has_unseen
from liff_app.shelters.refusals import ListReserved, SourceUnnamed
from liff_app.webforms import ConsoleForm

LONGEST_ID = 80  # characters, as the tables hold them
LONGEST_ATTRIBUTION = 500
NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a place is, in degrees."""

    lat: float
    lon: float


class AdjustForm(ConsoleForm):
    """Which list the file is an edition of, and what is named as its source."""

    list_id = StringField()
    new_list = StringField()
    attribution = StringField()
    only_own = BooleanField()

    def chosen(self) -> str:
        """The list's name: one that is there, or the new one."""
        if (self.list_id.data or NEW) == NEW:
            return (self.new_list.data or "").strip()
        return str(self.list_id.data)

    def faults(self) -> list[FieldError]:
        """What cannot be used, none if all can."""
        found = []
        name, source = self.chosen(), self.attribution.data or ""
        if not 0 < len(name) <= LONGEST_ID or has_unseen(name):
            message = _("一覧の名前を80字までで入れてください。")
            found.append(FieldError("new_list", "length", message))
        if name == refusals.FIELD_LIST:
            found.append(FieldError("new_list", ListReserved.code, ListReserved.title))
        if len(source) > LONGEST_ATTRIBUTION or has_unseen(source):
            message = _("出典を500字までの1行で入れてください。")
            found.append(FieldError("attribution", "length", message))
        if refusals.is_unnamed(source):
            found.append(FieldError("attribution", SourceUnnamed.code, SourceUnnamed.title))
        return found


class PublishForm(ConsoleForm):
    """The second step: what was shown, and that it was looked at."""

    mark = HiddenField()
    sure = BooleanField()


class PinForm(ConsoleForm):
    """Where a place is, by hand."""

    lat = StringField()
    lon = StringField()

    def point(self) -> Point | None:
        """The point, None if it is none in Japan."""
        lat, lon = parse_degrees(self.lat.data or ""), parse_degrees(self.lon.data or "")
        if lat is None or lon is None or not in_japan(lat, lon):
            return None
        return Point(lat=round(lat, 7), lon=round(lon, 7))

    def faults(self) -> list[FieldError]:
        """What cannot be used, none if all can."""
        if self.point() is not None:
            return []
        message = _("日本の中の緯度・経度を、35.681 と 139.767 のように数字で入れてください。")
        return [FieldError("lat", "position", message)]
