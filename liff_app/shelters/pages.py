"""What the finder's page shows, put together from the board, the towns and the question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from liff_app.geo.ellipsoid import distance_m, locate
from liff_app.i18n import gettext as _
from liff_app.shelters.board import Moment
from liff_app.shelters.finder import Purpose
from liff_app.shelters.forms import Asked, PagePurpose
from liff_app.shelters.vocabulary import Hazard, Role
from liff_app.shelters.words import HAZARD_WORDS, PlaceView, hazard_word, view
from liff_app.towns.service import TownName, TownNames

PAGE = 15  # places shown at first: few swipes on a phone, and the page stays under 15 KB
FAR_KM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardChoice:
    """One big button."""

    code: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the list is measured from."""

    label: str
    lat: float
    lon: float
    source: str  # position | town


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """The disaster, or drill, in words."""

    name: str
    hazards: tuple[str, ...]
    drill: bool
    area: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderPage:
    """Everything the template needs."""

    audience: str
    action: str
    hazard: str | None
    purpose: str
    hazards: tuple[HazardChoice, ...]
    origin: Origin | None
    towns: list[TownName]
    town: str | None
    q: str
    candidates: list[TownName]
    results: list[PlaceView]
    total: int
    disaster: Banner | None
    chief: str | None
    attributions: tuple[str, ...]
    as_of: datetime
    snapshot_url: str
    status_url: str
    tiles_url: str
    far: bool
    far_km: int
    office_phone: str
    error: str | None


def banner(moment: Moment) -> Banner | None:
    """The open disaster in words, None in normal times."""
    if moment.disaster is None:
        return None
    return Banner(
        name=moment.disaster.name,
        hazards=tuple(hazard_word(hazard) for hazard in moment.disaster.hazards),
        drill=moment.disaster.drill,
        area=moment.disaster.area,
        started_at=moment.disaster.started_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the page is told by the town and by where it stands."""

    audience: str
    action: str
    tiles_url: str
    office_phone: str
    now: datetime


def finder_page(moment: Moment, asked: Asked, setting: Setting) -> FinderPage:
    """The page for a question: with a list where the origin is known, else with towns."""
    hazard = asked.hazard or _disaster_hazard(moment)
    found = moment.towns.search(asked.text)
    origin, error = _origin(moment.towns, asked, found)
    results, total, far = _results(moment, asked, hazard, origin)
    return FinderPage(
        audience=setting.audience,
        action=setting.action,
        hazard=_code(hazard),
        purpose=asked.purpose.value,
        hazards=tuple(
            HazardChoice(code=h.value, label=label(), hint=hint())
            for h, (label, hint) in HAZARD_WORDS.items()
        ),
        origin=origin,
        towns=list(moment.towns.towns),
        town=asked.town or None,
        q=asked.text,
        candidates=[] if origin else found,
        results=results,
        total=total,
        disaster=banner(moment),
        chief=_code(_disaster_hazard(moment)),
        attributions=moment.attributions,
        as_of=setting.now,
        snapshot_url=url_for("shelters_api.snapshot", v=moment.snapshot_version),
        status_url=url_for("shelters_api.status"),
        tiles_url=setting.tiles_url,
        far=far,
        far_km=FAR_KM,
        office_phone=setting.office_phone,
        error=asked.error or error,
    )


def _code(hazard: Hazard | None) -> str | None:
    return hazard.value if hazard else None


def _disaster_hazard(moment: Moment) -> Hazard | None:
    hazards = moment.disaster.hazards if moment.disaster else ()
    return hazards[0] if hazards else None


def _origin(
    towns: TownNames, asked: Asked, found: list[TownName]
) -> tuple[Origin | None, str | None]:
    """Where from: coordinates first, then the chosen town, then the only town of that name."""
    if asked.point:
        lat, lon = asked.point
        return Origin(label=_("入れた位置"), lat=lat, lon=lon, source="position"), None
    town = towns.find(asked.town) if asked.town else None
    if town is None and len(found) == 1:
        town = found[0]
    if town is not None and town.lat is not None and town.lon is not None:
        return Origin(label=town.name, lat=town.lat, lon=town.lon, source="town"), None
    if asked.text and not found:
        return None, _(
            "「%(town)s」という町はありません。一覧からえらんでください。", town=asked.text
        )
    if asked.town and not found:
        return None, _("えらんだ町は一覧にありません。もう一度えらんでください。")
    return None, None


def _results(
    moment: Moment, asked: Asked, hazard: Hazard | None, origin: Origin | None
) -> tuple[list[PlaceView], int, bool]:
    """The nearest places, how many the whole list holds, and whether all of it is far."""
    if origin is None:
        return [], 0, False
    if asked.purpose is PagePurpose.WELFARE:
        return *_welfare(moment, origin), False
    purpose = Purpose.STAY if asked.purpose is PagePurpose.STAY else Purpose.FLEE
    answer = moment.finder.answer(origin.lat, origin.lon, hazard, PAGE, purpose)
    total = moment.finder.count(hazard, purpose)
    return [view(found, answer.hazard) for found in answer.found], total, answer.far


def _welfare(moment: Moment, origin: Origin) -> tuple[list[PlaceView], int]:
    """福祉避難所 by distance: few, out of the general list, and without an order of fitness."""
    here = locate(origin.lat, origin.lon)
    places = [place for place in moment.finder.places if Role.WELFARE in place.roles]
    ranked = sorted((round(distance_m(here, locate(p.lat, p.lon))), p.id, p) for p in places)
    shown = [view(moment.finder.found(place, metres), None) for metres, _id, place in ranked[:PAGE]]
    return shown, len(places)
