"""The eight hazards of a row, from one or several columns each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from liff_app.shelters.lists.cells import HAZARDS, folded_mark
from liff_app.shelters.lists.header import Layout
from liff_app.shelters.lists.row_cells import RowCells
from liff_app.shelters.lists.text import is_placeholder
from liff_app.shelters.vocabulary import Fits, Hazard

# From the worst: a place that must not be used, is not designated, is with conditions, is fit.
_WORST_FIRST: Final = (Fits.NO, Fits.UNKNOWN, Fits.CONDITIONAL, Fits.YES)


class _Reading(NamedTuple):
    """What one combination of cells means; `unread` are the positions nobody understands."""

    hazards: Mapping[Hazard, Fits]
    flood_detail: str | None
    unread: tuple[int, ...]


class HazardCells:
    """Reads hazard cells of one list.

    Combinations repeat, so each is worked out once and shared: 115,402 sites have at most 256.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        own = layout.mapping.values.get("hazard", {})
        self._marks = {**HAZARDS, **{folded_mark(mark): fits for mark, fits in own.items()}}
        self._indexes = tuple(index for group in layout.hazards.values() for index in group)
        self._known: dict[tuple[str, ...], _Reading] = {}

    def read(
        self, cells: RowCells, noted: Mapping[Hazard, Fits]
    ) -> tuple[Mapping[Hazard, Fits], str | None]:
        """Fits for all eight hazards and the split of flood; `noted` comes from a remark."""
        texts = tuple(map(cells.at, self._indexes))
        reading = self._known.get(texts)
        if reading is None:
            reading = self._known.setdefault(texts, self._work_out(texts))
        for place in reading.unread:
            heading = self._layout.headings[self._indexes[place]]
            cells.note_column("hazard_unknown", heading, texts[place])
        if noted:
            return MappingProxyType({**reading.hazards, **noted}), reading.flood_detail
        return reading.hazards, reading.flood_detail

    def _work_out(self, texts: tuple[str, ...]) -> _Reading:
        by_index = dict(zip(self._indexes, texts, strict=True))
        hazards = {
            hazard: self._layout.mapping.fixed_hazards.get(hazard, Fits.UNKNOWN)
            for hazard in Hazard
        }
        for hazard, indexes in self._layout.hazards.items():
            hazards[hazard] = min(
                (self._fits(by_index[index]) or Fits.UNKNOWN for index in indexes),
                key=_WORST_FIRST.index,
            )
        unread = tuple(place for place, text in enumerate(texts) if self._fits(text) is None)
        return _Reading(MappingProxyType(hazards), self._flood_detail(by_index), unread)

    def _fits(self, text: str) -> Fits | None:
        if is_placeholder(text) and text not in self._marks:
            return Fits.UNKNOWN
        found = self._marks.get(folded_mark(text))
        return None if found is None else Fits(found)

    def _flood_detail(self, by_index: Mapping[int, str]) -> str | None:
        """Both marks of a list that splits flood, as it writes them: 洪水：計画規模（L1）○、…."""
        indexes = self._layout.hazards.get(Hazard.FLOOD, ())
        if len(indexes) < 2 or not any(by_index[index] for index in indexes):  # noqa: PLR2004 - a split
            return None
        labels = self._layout.mapping.labels
        parts = []
        for index in indexes:
            heading = self._layout.headings[index]
            parts.append(f"{labels.get(heading, heading)}{by_index[index] or '記載なし'}")
        return f"洪水：{'、'.join(parts)}"
