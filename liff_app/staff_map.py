"""The frame of the staff map: folium draws the empty map, and nothing else (ADR 0021).

Names and notes never pass through here: folium writes texts into JavaScript, where `${…}` runs
whatever is escaped. The points come as JSON and are shown by `static/js/staff_map.js`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

JAPAN = ((30.0, 128.0), (45.6, 146.0))  # shown where no place has a position yet
ZOOM = (5, 18)  # of 地理院タイル
CLOSEST = 16  # at which the whole town may be shown

Corners = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MapFrame:
    """What folium drew: the element of the map, and the script that fills it."""

    body: str
    script: str


class _Frame(folium.Map):
    """A map that asks no foreign host for anything."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - declared so by folium
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - same


class _Handover(MacroElement):
    """Shows the corners, then hands the drawn map, and Leaflet itself, to our script.

    At once, since while a map moves by itself nothing can place it; and anew as soon as the frame
    has its size, if the script was faster than the page: in no room at all it shows half the world.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "(function showTown() {"
        " {{ this._parent.get_name() }}.fitBounds("
        "{{ this.corners }}, {maxZoom: {{ this.max_zoom }}, animate: false});"
        " if (!{{ this._parent.get_name() }}.getSize().y)"
        " {{ this._parent.get_name() }}.once('resize', showTown);"
        "})();"
        "window.staffMap.attach({{ this._parent.get_name() }}, L);"
        "{% endmacro %}"
    )

    def __init__(self, corners: Corners) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is half typed
        self._name = "Handover"
        self.corners = json.dumps(corners)
        self.max_zoom = CLOSEST


@lru_cache(maxsize=8)
def frame(corners: Corners, tiles_url: str) -> MapFrame:
    """An empty map over the two corners (south-west, north-east), with tiles from `tiles_url`.

    Drawn once for the same town; 9 ms. The source of the tiles is named by the page: folium and
    Leaflet would write it as markup.
    """
    (south, west), (north, east) = corners
    drawn = _Frame(
        location=((south + north) / 2, (west + east) / 2),
        zoom_start=12,
        tiles=None,
        min_zoom=ZOOM[0],
        max_zoom=ZOOM[1],
        zoom_control=False,
        attribution_control=False,
    )
    drawn._id = "town"  # noqa: SLF001 - page and script may come from two processes: one name
    folium.TileLayer(tiles_url, attr=" ", min_zoom=ZOOM[0], max_zoom=ZOOM[1]).add_to(drawn)
    _Handover(corners).add_to(drawn)
    figure: Any = drawn.get_root()  # a Figure, which branca calls an Element
    figure.render()
    return MapFrame(figure.html.render(), figure.script.render())
