"""What a resident typed into the form of a report, as it comes by a plain POST, page after page."""

from __future__ import annotations

import math
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports.filing import FileDraft
from liff_app.reports.places import service as places
from liff_app.reports.vocabulary import PlaceWay, Source

_ANSWER: Final = "answers."
_KEY: Final = re.compile(r"[0-9A-Za-z_-]{16,80}")
_PHOTO: Final = re.compile(r"([0-9A-Za-z_-]{1,32}):([0-9a-f]{64})")
_TEXTS: Final = (
    *("request_key", "category", "lat", "lon", "accuracy_m", "place_way", "place_name"),
    *("place_text", "asset_number", "description"),
)
MOST_ANSWERS: Final = 20
MOST_PHOTOS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields as they stand, on whichever page; nothing is checked, nothing is lost.

    `photos` are `id:sha256` of pictures that came with an earlier page. `town` and `spot` are what
    the page without a map asks: words to search by, and the one of the places found.
    """

    request_key: str
    category: str = ""
    lat: str = ""
    lon: str = ""
    accuracy_m: str = ""
    place_way: str = ""
    place_name: str = ""
    place_text: str = ""
    asset_number: str = ""
    description: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    town: str = ""
    spot: str = ""

    @property
    def has_place(self) -> bool:
        """Whether a position was given that is one."""
        return _degrees(self.lat) is not None and _degrees(self.lon) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place that was found by its name or number, to be chosen: `value` is sent for it."""

    value: str
    name: str
    note: str
    lat: float
    lon: float
    way: PlaceWay


def blank() -> Typed:
    """A form nobody has touched, with the key that makes its repeats harmless."""
    return Typed(request_key=secrets.token_hex(16))


def read() -> Typed:
    """The fields of this request. A key that is none of ours is replaced."""
    sent = {name: request.form.get(name, "") for name in _TEXTS}
    if not _KEY.fullmatch(sent["request_key"]):
        sent["request_key"] = secrets.token_hex(16)
    answers = {
        name.removeprefix(_ANSWER): value
        for name, value in list(request.form.items())
        if name.startswith(_ANSWER) and value.strip()
    }
    return Typed(
        **sent,
        answers=dict(list(answers.items())[:MOST_ANSWERS]),
        photos=_kept_photos(),
        town=request.form.get("town", ""),
        spot=request.form.get("spot", ""),
    )


def _kept_photos() -> tuple[str, ...]:
    kept = [one for one in request.form.getlist("kept_photo") if _PHOTO.fullmatch(one)]
    return tuple(dict.fromkeys(kept))[:MOST_PHOTOS]


def to_draft(typed: Typed) -> FileDraft:
    """What is to be filed. A place that is none becomes one that the rules refuse by name."""
    lat, lon = _degrees(typed.lat), _degrees(typed.lon)
    return FileDraft(
        category=typed.category,
        description=typed.description,
        lat=math.nan if lat is None else lat,
        lon=math.nan if lon is None else lon,
        accuracy_m=_metres(typed.accuracy_m),
        place_way=_way(typed.place_way),
        place_text=typed.place_text,
        asset_number=typed.asset_number,
        answers=typed.answers,
        source=Source.LIFF,
    )


def photo_ids(typed: Typed) -> list[str]:
    """Ids of the pictures that came with an earlier page."""
    return [one.partition(":")[0] for one in typed.photos]


def photo_digests(typed: Typed) -> list[str]:
    """Their digests, in the same order."""
    return [one.partition(":")[2] for one in typed.photos]


def spots(session: Session, typed: Typed, *, municipality_code: str) -> list[Spot]:
    """Towns of that name and things of that number, to choose from."""
    towns = places.search(session, typed.town, municipality_code=municipality_code)
    assets = places.find_assets(session, typed.asset_number) if typed.asset_number.strip() else []
    found = [
        Spot(value=f"town:{one.code}", name=one.name, note=one.kana, lat=one.lat, lon=one.lon,
             way=PlaceWay.TOWN)
        for one in towns
        if one.lat is not None and one.lon is not None
    ]  # fmt: skip
    return found + [
        Spot(value=f"asset:{one.category}:{one.number}", name=_("番号 %(n)s", n=one.number),
             note=one.note, lat=one.lat, lon=one.lon, way=PlaceWay.ASSET)
        for one in assets
    ]  # fmt: skip


def placed(session: Session, typed: Typed, *, municipality_code: str) -> Typed:
    """The form with the place that was chosen, or the only one that was found.

    Raises InputInvalid where there is none yet, or more than one to choose from.
    """
    found = spots(session, typed, municipality_code=municipality_code)
    chosen = [one for one in found if one.value == typed.spot]
    if not chosen and typed.has_place and not (typed.town.strip() or typed.spot):
        return typed
    options = chosen or found
    if len(options) != 1:
        raise InputInvalid([_unplaced(typed, found)])
    one = options[0]
    return replace(
        typed, lat=str(one.lat), lon=str(one.lon), accuracy_m="", place_way=one.way.value,
        place_name=one.name, town="", spot="",
    )  # fmt: skip


def _unplaced(typed: Typed, found: list[Spot]) -> FieldError:
    if found:
        return FieldError("place", "choose", _("下から1つえらんでください。"))
    if typed.town.strip() or typed.asset_number.strip():
        return FieldError(
            "place", "unknown", _("見つかりませんでした。ほかの言い方でさがしてください。")
        )
    return FieldError("place", "required", _("町の名前か、番号を入れてください。"))


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _metres(text: str) -> int | None:
    value = _degrees(text)
    return None if value is None or not 0 <= value <= 1e6 else round(value)  # noqa: PLR2004 - metres


def _way(text: str) -> PlaceWay:
    try:
        return PlaceWay(text)
    except ValueError:
        return PlaceWay.PIN
