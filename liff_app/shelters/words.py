"""A place in words, as the public may see it. The phone says the same (`lib/place_words.js`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from liff_app.i18n import gettext as _
from liff_app.shelters.finder import Found
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening

Words = Callable[[], str]  # made when asked for, in the language of the request

HAZARD_WORDS: dict[Hazard, tuple[Words, Words]] = {
    Hazard.FLOOD: (lambda: _("洪水"), lambda: _("川があふれる")),
    Hazard.LANDSLIDE: (lambda: _("土砂災害"), lambda: _("がけ崩れ")),
    Hazard.STORM_SURGE: (lambda: _("高潮"), lambda: _("海があふれる")),
    Hazard.EARTHQUAKE: (lambda: _("地震"), lambda: _("強いゆれ")),
    Hazard.TSUNAMI: (lambda: _("津波"), lambda: _("大きな波")),
    Hazard.FIRE: (lambda: _("大規模な火事"), lambda: _("火が広がる")),
    Hazard.INLAND_FLOOD: (lambda: _("内水氾濫"), lambda: _("道がつかる")),
    Hazard.VOLCANO: (lambda: _("火山"), lambda: _("噴火・火山灰")),
}
KIND_WORDS: dict[Kind, Words] = {
    Kind.SITE: lambda: _("指定緊急避難場所"),
    Kind.SHELTER: lambda: _("指定避難所"),
    Kind.SITE_AND_SHELTER: lambda: _("指定緊急避難場所・指定避難所"),
    Kind.AD_HOC: lambda: _("臨時の避難所"),
    Kind.WELFARE: lambda: _("福祉避難所"),
}
OPENING_WORDS: dict[Opening, Words] = {
    Opening.UNOPENED: lambda: _("まだ開いていません"),
    Opening.PREPARING: lambda: _("準備しています"),
    Opening.OPEN: lambda: _("開いています"),
    Opening.CLOSED: lambda: _("閉じました"),
    Opening.ALWAYS: lambda: _("いつでも入れます"),
    Opening.UNKNOWN: lambda: _("開いているか不明"),
}
LEVEL_WORDS: dict[Level, Words] = {
    Level.EMPTY: lambda: _("空いています"),
    Level.SOME: lambda: _("少し混んでいます"),
    Level.CROWDED: lambda: _("混んでいます"),
    Level.FULL: lambda: _("満員"),
}
FITS_WORDS: dict[Fits, Callable[[str], str]] = {
    Fits.YES: lambda hazard: _("%(hazard)sのとき避難できる", hazard=hazard),
    Fits.CONDITIONAL: lambda hazard: _("%(hazard)sのときは条件つき", hazard=hazard),
    Fits.NO: lambda hazard: _("%(hazard)sのときは使えない", hazard=hazard),
    Fits.UNKNOWN: lambda hazard: _("%(hazard)sの指定なし", hazard=hazard),
}
KILOMETRE = 1000  # metres
WALK_LIMIT_MINUTES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """One place as the public may see it, in words."""

    id: str
    name: str
    kana: str
    address: str
    lat: float
    lon: float
    kind: str
    kind_label: str
    distance_text: str
    walk_text: str
    fits: str | None
    fits_label: str
    opening: str | None
    opening_label: str
    level: str | None
    level_label: str
    people: int | None
    capacity: int | None
    usable: bool
    stale: bool
    updated_at: datetime | None
    remarks: str
    note: str
    target: str
    floors: str
    phone: str
    google_url: str
    apple_url: str


def hazard_word(hazard: Hazard) -> str:
    """The hazard as people say it."""
    return HAZARD_WORDS[hazard][0]()


def distance_words(metres: int) -> str:
    """Straight distance: tens of metres below a kilometre, tenths of one above; never 0."""
    tens = max(10, round(metres / 10) * 10)
    if tens < KILOMETRE:
        return _("直線 約%(n)s m", n=tens)
    return _("直線 約%(n)s km", n=f"{metres / KILOMETRE:.1f}")


def walk_words(brisk: int, slow: int) -> str:
    """Walking time; nothing beyond two brisk hours, where minutes would only look exact."""
    if brisk > WALK_LIMIT_MINUTES:
        return ""
    return _("歩いて %(low)s〜%(high)s分", low=brisk, high=slow)


def view(found: Found, hazard: Hazard | None) -> PlaceView:
    """A found place in words."""
    place = found.place
    goal = f"{place.lat},{place.lon}"
    fits = FITS_WORDS[found.fits](hazard_word(hazard)) if found.fits and hazard else ""
    return PlaceView(
        id=place.id,
        name=place.name,
        kana=place.kana,
        address=place.address,
        lat=place.lat,
        lon=place.lon,
        kind=place.kind.value,
        kind_label=KIND_WORDS[place.kind](),
        distance_text=distance_words(found.distance_m),
        walk_text=walk_words(*found.walk_minutes),
        fits=found.fits.value if found.fits else None,
        fits_label=fits,
        opening=found.opening.value if found.opening else None,
        opening_label=OPENING_WORDS[found.opening]() if found.opening else "",
        level=found.level.value if found.level else None,
        level_label=LEVEL_WORDS[found.level]() if found.level else "",
        people=found.people,
        capacity=place.capacity,
        usable=found.usable,
        stale=found.stale,
        updated_at=found.updated_at,
        remarks=place.remarks,
        note=found.live.note if found.live else "",
        target=place.target,
        floors=place.floors,
        phone=place.phone,
        google_url=f"https://www.google.com/maps/dir/?api=1&destination={goal}&travelmode=walking",
        apple_url=f"https://maps.apple.com/?daddr={goal}&dirflg=w",
    )
