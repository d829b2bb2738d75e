"""Places for the finder's measurements: the published national list, or made-up ones."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path
from typing import Final

from liff_app.shelters.finder import Place
from liff_app.shelters.vocabulary import Fits, Hazard, Role

LISTS: Final = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "shelters"
NATIONAL: Final = LISTS / "gsi_emergency_sites_20251027.csv.gz"
NATIONAL_ROWS: Final = 115_402

_COLUMNS: Final = dict(
    zip(
        Hazard,
        (
            *("洪水", "崖崩れ、土石流及び地滑り", "高潮", "地震"),
            *("津波", "大規模な火事", "内水氾濫", "火山現象"),
        ),
        strict=True,
    )
)
# Shares of the national sites designated for each hazard, for made-up towns (same list).
_SHARES: Final = dict(zip(Hazard, (0.62, 0.58, 0.22, 0.76, 0.35, 0.37, 0.33, 0.09), strict=True))
_SITE: Final = frozenset({Role.SITE})


def national_sites(path: Path = NATIONAL) -> list[Place]:
    """Read the 国土地理院 list of 指定緊急避難場所 (UTF-8 with BOM, gzip), in its order."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return [
            Place(
                id=f"{row['共通ID']}-{number}",
                name=row["施設・場所名"],
                address=row["住所"],
                lat=float(row["緯度"]),
                lon=float(row["経度"]),
                roles=_SITE,
                fits={hazard: Fits.YES for hazard, name in _COLUMNS.items() if row[name]},
                remarks=row["備考"],
            )
            for number, row in enumerate(csv.DictReader(lines))
        ]


def municipality_of(place: Place) -> str:
    """Give the five-digit municipality code inside a national id."""
    return place.id[1:6]


def made_up_sites(count: int, seed: int = 1) -> list[Place]:
    """Scatter sites over an area that gives each about half a square kilometre, as towns do."""
    dice = random.Random(seed)
    half_side = 0.0033 * count**0.5
    return [
        Place(
            id=f"made-{number}",
            name=f"第{number}小学校",
            address=f"見本市{number}番地",
            lat=35.6 + dice.uniform(-half_side, half_side),
            lon=138.5 + dice.uniform(-half_side, half_side),
            roles=_SITE,
            fits={hazard: Fits.YES for hazard, share in _SHARES.items() if dice.random() < share},
        )
        for number in range(count)
    ]
