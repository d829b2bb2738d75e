"""The categories every town begins with; staff change them on the console.

No telephone number stands in them that is not the same in the whole country: who supplies the
town's electricity or gas, and their numbers, only the town knows. The console's list asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from liff_app.i18n import language
from liff_app.reports.categories import builtin_disaster, builtin_places, builtin_streets
from liff_app.reports.categories.model import Category

CODES = (
    *("road", "light", "park", "river", "sign", "water", "tree", "dumping", "other"),
    *("d_road", "d_landslide", "d_flood", "d_building", "d_lifeline", "d_other"),
)


def builtin() -> Mapping[str, Category]:
    """Every built-in category by code, in the language of the request.

    Made once for each language: some 250 texts to look up are 1.8 ms, too much for every call.
    """
    return _made(language())


@lru_cache(maxsize=16)
def _made(_language: str) -> Mapping[str, Category]:
    """The set in the language of the request, which `_language` names."""
    made = (
        builtin_streets.road(),
        builtin_streets.light(),
        builtin_places.park(),
        builtin_places.river(),
        builtin_streets.sign(),
        builtin_places.water(),
        builtin_streets.tree(),
        builtin_places.dumping(),
        builtin_places.other(),
        *builtin_disaster.builtin(),
    )
    return MappingProxyType({one.code: one for one in made})
