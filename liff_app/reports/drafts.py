"""What a resident sends to be filed, and everything that may be wrong with it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import Category
from liff_app.reports.places import service as places
from liff_app.reports.places.service import Where
from liff_app.reports.vocabulary import PlaceWay, Source

LONGEST = {"description": 1000, "place_text": 200, "asset_number": 40, "contact": 200}
MOST_ANSWERS = 30
WORST_ACCURACY_M = 1000  # a circle of a kilometre is no place; the town list is better
OTHER = frozenset({"other", "d_other"})  # nothing but the words say what it is
_KEPT = frozenset("\n\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDraft:
    """What is reported, as it was sent: a position in degrees, texts as they were typed."""

    category: str
    description: str
    lat: float
    lon: float
    accuracy_m: int | None = None
    place_way: PlaceWay = PlaceWay.PIN
    place_text: str = ""
    asset_number: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    source: Source = Source.LIFF


@dataclass(frozen=True, slots=True)
class Checked:
    """What a draft without faults means here."""

    category: Category
    answers: dict[str, str]
    where: Where


def clean(text: str) -> str:
    """The text without what no database or page can hold: control characters, half surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        one for one in lines if one in _KEPT or unicodedata.category(one) not in ("Cc", "Cs")
    )
    return kept.strip()


def checked(session: Session, draft: FileDraft, *, municipality_code: str) -> Checked:
    """What the draft means. Raises InputInvalid with all of its faults, or Stopped."""
    faults = [*_text_faults(draft)]
    category = _category(session, draft.category)
    answers: dict[str, str] = {}
    if category is None:
        faults.append(_fault("category", "unknown_category"))
    else:
        try:
            answers = categories.check_answers(category, _plain(draft.answers))
        except categories.Stopped:
            raise
        except InputInvalid as error:
            faults += error.errors
    where, wrong = _where(session, draft, municipality_code)
    faults += wrong
    if faults or category is None or where is None:
        raise InputInvalid(faults)
    return Checked(category, answers, where)


def _category(session: Session, code: str) -> Category | None:
    found = categories.find(session, clean(code)[:40])
    return found if found is not None and found.active else None


def _plain(answers: Mapping[str, str]) -> dict[str, str]:
    few = list(answers.items())[:MOST_ANSWERS]
    return {clean(str(code)): clean(str(answer)) for code, answer in few}


def _text_faults(draft: FileDraft) -> list[FieldError]:
    faults = [
        _fault(name, "too_long", most)
        for name, most in LONGEST.items()
        if len(clean(getattr(draft, name))) > most
    ]
    if draft.category in OTHER and not clean(draft.description):
        faults.append(_fault("description", "required"))
    return faults


def _where(
    session: Session, draft: FileDraft, municipality_code: str
) -> tuple[Where | None, list[FieldError]]:
    if not _on_earth(draft.lat, draft.lon):
        return None, [_fault("place", "range")]
    if draft.accuracy_m is not None and not 0 <= draft.accuracy_m <= WORST_ACCURACY_M:
        return None, [_fault("place", "imprecise")]
    where = places.where(session, draft.lat, draft.lon, municipality_code=municipality_code)
    if where.inside:
        return where, []
    return where, [_outside(where)]


def _on_earth(lat: float, lon: float) -> bool:
    return math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180  # noqa: PLR2004 - degrees


def _outside(where: Where) -> FieldError:
    if where.likely:
        sentence = _("ここは%(name)sのようです。%(name)sに知らせてください。", name=where.likely)
    else:
        sentence = _("ここは、この町の外のようです。場所をもう一度確かめてください。")
    return FieldError("place", "outside", sentence)


def _fault(name: str, code: str, most: int = 0) -> FieldError:
    sentence = {
        "required": _("何があったか、書いてください。"),
        "too_long": _("%(most)s字までで書いてください。", most=most),
        "range": _("場所を読み取れませんでした。もう一度えらんでください。"),
        "imprecise": _("場所がはっきりしません。地図か町名でえらんでください。"),
        "unknown_category": _("種類をもう一度えらんでください。"),
    }[code]
    return FieldError(name, code, sentence)
