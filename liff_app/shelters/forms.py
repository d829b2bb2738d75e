"""What a resident asks the finder, as it comes in the query of a page."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from wtforms import StringField
from wtforms.validators import Length

from liff_app.i18n import gettext as _
from liff_app.shelters.vocabulary import Hazard
from liff_app.webforms import SearchForm

COARSE = 3  # decimals of a degree, about 100 m: what may stand in an address


class PagePurpose(StrEnum):
    """What the page is for; welfare shelters are a list of their own."""

    ESCAPE = "escape"
    STAY = "stay"
    WELFARE = "welfare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page is to show. `error` is a sentence where the input could not be used.

    `is_private`: coordinates came, usable or not, so no shared cache may keep the page.
    """

    hazard: Hazard | None
    purpose: PagePurpose
    town: str
    text: str
    point: tuple[float, float] | None
    is_private: bool
    error: str | None


class FinderForm(SearchForm):
    """Hazard, purpose, and where from: a town of the list, a name, or coordinates."""

    hazard = StringField()
    purpose = StringField(default=PagePurpose.ESCAPE.value)
    town = StringField(validators=[Length(max=20)])
    q = StringField(validators=[Length(max=40)])
    lat = StringField(validators=[Length(max=20)])
    lon = StringField(validators=[Length(max=20)])

    def to_asked(self) -> Asked:
        """The question, whatever was typed: what cannot be used is left out and told."""
        error = None if self.validate() else _("入力が長すぎます。短くしてお試しください。")
        point, wrong = self._point()
        return Asked(
            hazard=next((h for h in Hazard if h.value == self.hazard.data), None),
            purpose=next(
                (p for p in PagePurpose if p.value == self.purpose.data), PagePurpose.ESCAPE
            ),
            town=_typed(self.town.data)[:20],
            text=_typed(self.q.data)[:40],
            point=point,
            is_private=any(self._degrees()),
            error=error or wrong,
        )

    def _point(self) -> tuple[tuple[float, float] | None, str | None]:
        texts = self._degrees()
        if not any(texts):
            return None, None
        try:
            lat, lon = (round(float(text), COARSE) for text in texts)
        except ValueError:
            return None, _("緯度と経度は、35.681 と 139.767 のように数字で入れてください。")
        if not (20 <= lat <= 46 and 122 <= lon <= 154):  # noqa: PLR2004 - Japan, facts §3
            return None, _("日本の中の緯度・経度を入れてください。")
        return (lat, lon), None

    def _degrees(self) -> list[str]:
        """Latitude and longitude as typed, in half-width: phones write ３５．６８１ too."""
        return [unicodedata.normalize("NFKC", _typed(field.data)) for field in (self.lat, self.lon)]


def _typed(text: str | None) -> str:
    """What was typed, without what no keyboard writes: PostgreSQL takes no NUL in a question."""
    return "".join(sign for sign in text or "" if sign.isprintable()).strip()
