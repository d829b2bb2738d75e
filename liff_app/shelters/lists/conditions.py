"""Conditional and unsuitable hazards as a note, for formats whose cells know only `1`.

Our own exports of the standard sheet end 備考 with ［条件付き：津波・高潮］［使用しない：洪水］;
reading such a list puts them back into the hazards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from liff_app.shelters.vocabulary import Fits, Hazard

HAZARD_NAMES: Final[Mapping[Hazard, str]] = {
    Hazard.FLOOD: "洪水",
    Hazard.LANDSLIDE: "土砂災害",
    Hazard.STORM_SURGE: "高潮",
    Hazard.EARTHQUAKE: "地震",
    Hazard.TSUNAMI: "津波",
    Hazard.FIRE: "大規模な火事",
    Hazard.INLAND_FLOOD: "内水氾濫",
    Hazard.VOLCANO: "火山現象",
}
_BY_NAME: Final = {name: hazard for hazard, name in HAZARD_NAMES.items()}
_WORDS: Final = {Fits.CONDITIONAL: "条件付き", Fits.NO: "使用しない"}
_BY_WORD: Final = {word: fits for fits, word in _WORDS.items()}
_NOTE: Final = re.compile(r"［(条件付き|使用しない)：([^［］]+)］")


def conditions_note(hazards: Mapping[Hazard, Fits]) -> str:
    """Note of the hazards that are conditional or unsuitable; "" when there are none."""
    parts = []
    for fits, word in _WORDS.items():
        names = [HAZARD_NAMES[hazard] for hazard in Hazard if hazards.get(hazard) is fits]
        if names:
            parts.append(f"［{word}：{'・'.join(names)}］")
    return "".join(parts)


def without_note(remark: str) -> tuple[str, Mapping[Hazard, Fits]]:
    """Split a remark from such a note: the rest, and what the note says per hazard.

    A note with a word that is no hazard stays in the remark, so nothing is lost.
    """
    found: dict[Hazard, Fits] = {}

    def take(match: re.Match[str]) -> str:
        names = match[2].split("・")
        if not all(name in _BY_NAME for name in names):
            return match[0]
        found.update((_BY_NAME[name], _BY_WORD[match[1]]) for name in names)
        return ""

    if "［" not in remark:
        return remark, found
    return _NOTE.sub(take, remark).strip(), found
