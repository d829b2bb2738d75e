"""Writing lists: 自治体標準 CSV, a status CSV with the EEI names, GeoJSON.

Every writer leaves out places that are not to be published: an aggregator must not learn from one
format what another withholds.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from liff_app.geo.codes import PREFECTURES
from liff_app.shelters.lists.conditions import conditions_note
from liff_app.shelters.lists.export_place import (
    LEVEL_NAMES,
    OPENING_NAMES,
    ROLE_NAMES,
    ExportPlace,
)
from liff_app.shelters.lists.model import Capacity
from liff_app.shelters.vocabulary import Fits, Hazard, Role

_JST: Final = dt.timezone(dt.timedelta(hours=9), "JST")
# Excel runs a cell that begins with one of these; a Japanese Excel also takes the full-width forms.
_FORMULA_STARTS: Final = frozenset("=+-@＝＋－＠\t\r")
_GUARD: Final = "'"
_SHELTERS: Final = frozenset({Role.SHELTER, Role.WELFARE})
_PREFECTURE_NAMES: Final = {number: name for name, number in PREFECTURES.items()}

STANDARD_COLUMNS: Final = (
    "全国地方公共団体コード",
    "ID",
    "名称",
    "名称_カナ",
    "名称_英字",
    "所在地_全国地方公共団体コード",
    "町字ID",
    "所在地_連結表記",
    "所在地_都道府県",
    "所在地_市区町村",
    "所在地_町字",
    "所在地_番地以下",
    "建物名等(方書)",
    "緯度",
    "経度",
    "標高",
    "電話番号",
    "内線番号",
    "連絡先メールアドレス",
    "連絡先FormURL",
    "連絡先備考（その他、SNSなど）",
    "郵便番号",
    "市区町村コード",
    "地方公共団体名",
    "災害種別_洪水",
    "災害種別_崖崩れ、土石流及び地滑り",
    "災害種別_高潮",
    "災害種別_地震",
    "災害種別_津波",
    "災害種別_大規模な火事",
    "災害種別_内水氾濫",
    "災害種別_火山現象",
    "指定避難所との重複",
    "想定収容人数",
    "対象となる町会・自治会",
    "URL",
    "画像",
    "画像_ライセンス",
    "備考",
)
_HAZARD_COLUMNS: Final[Mapping[Hazard, str]] = dict(
    zip(Hazard, STANDARD_COLUMNS[24:32], strict=True)
)

# 災害対応基本共有情報 (EEI) v1.1, 内閣府 2025-06, item 21: standing, then during a disaster.
EEI_COLUMNS: Final = (
    "全国共通避難所・避難場所ID",
    "地方公共団体コード",
    "施設名",
    "施設名（かな）",
    "所在地（住所）",
    "緯度",
    "経度",
    "避難所タイプ",
    "想定収容人数",
    "指定緊急避難場所との重複",
    "受入対象者",
    "開設状況",
    "避難者数（総数）",
    "避難者数（男）",
    "避難者数（女）",
    "開設日時",
    "閉鎖日時",
    "開設理由",
    "定員状況",
    "必要な支援",
    "最終更新日時",
)
DRILL_COLUMN: Final = "訓練"


def standard_csv(places: Iterable[ExportPlace], *, publisher_code: str, publisher: str) -> bytes:
    """Write 自治体標準 指定緊急避難場所一覧: 39 columns, UTF-8 with mark, CRLF.

    Only places with the role SITE: the standard has no sheet for 指定避難所. A hazard cell is `1`
    for designated, conditions or not, as the standard asks; conditional and unsuitable hazards are
    told at the end of 備考 in a form `read_list` understands.
    """
    rows = (
        _standard_row(place, publisher_code, publisher)
        for place in places
        if place.publish and Role.SITE in place.roles
    )
    return _csv(STANDARD_COLUMNS, rows)


def status_csv(places: Iterable[ExportPlace]) -> bytes:
    """Write standing and disaster-time items under their EEI names; UTF-8 with mark, CRLF.

    The EEI fixes names, neither types nor codes: words are those of the guide, times ISO 8601 in
    Japan time, unknown counts empty (never 0).
    """
    return _csv(EEI_COLUMNS, (_status_row(place) for place in places if place.publish))


def eei_csv(places: Iterable[ExportPlace], *, drill: bool) -> bytes:
    """Write `status_csv` for an operator to hand on; in a drill every row begins with 訓練."""
    rows = (_status_row(place) for place in places if place.publish)
    if not drill:
        return _csv(EEI_COLUMNS, rows)
    return _csv((DRILL_COLUMN, *EEI_COLUMNS), ({DRILL_COLUMN: DRILL_COLUMN, **one} for one in rows))


def table_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table of ours for a spreadsheet: UTF-8 with mark, CRLF, no cell that runs."""
    return _csv(columns, (dict(zip(columns, row, strict=True)) for row in rows))


def geojson(places: Iterable[ExportPlace], *, attribution: str) -> bytes:
    """Write a FeatureCollection, UTF-8; places without position have a null geometry."""
    # Feature by feature: as one document the nation's places took 600 MB more.
    features = (_json(_feature(place)) for place in places if place.publish)
    head = _json({"type": "FeatureCollection", "attribution": attribution, "features": []})
    return head.removesuffix(b"]}") + b",".join(features) + b"]}"


def _standard_row(place: ExportPlace, publisher_code: str, publisher: str) -> dict[str, str]:
    prefecture = _PREFECTURE_NAMES.get((place.municipality_code or "")[:2], "")
    designated = (Fits.YES, Fits.CONDITIONAL)
    return {
        "全国地方公共団体コード": publisher_code,
        "ID": place.source_id,
        "名称": place.name,
        "名称_カナ": place.kana,
        "名称_英字": place.name_en,
        "所在地_全国地方公共団体コード": place.municipality_code or "",
        "所在地_連結表記": place.address,
        "所在地_都道府県": prefecture,
        "所在地_市区町村": place.municipality_name,
        "緯度": _number(place.lat),
        "経度": _number(place.lon),
        "標高": _number(place.elevation_m),
        "電話番号": place.phone or "",
        "市区町村コード": publisher_code,
        "地方公共団体名": publisher,
        **{
            column: "1" if place.hazards.get(hazard) in designated else ""
            for hazard, column in _HAZARD_COLUMNS.items()
        },
        "指定避難所との重複": "1" if place.also_other_role or place.roles & _SHELTERS else "",
        "想定収容人数": _capacity(place.capacity),
        "対象となる町会・自治会": place.towns,
        "URL": place.url or "",
        "備考": _remarks(place) + conditions_note(place.hazards),
    }


def _remarks(place: ExportPlace) -> str:
    """Remarks with the usable floors, for which the standard has no column."""
    floors = f"使用できる階：{place.floors}" if place.floors else ""
    return "／".join(filter(None, (floors, place.remarks)))


def _status_row(place: ExportPlace) -> dict[str, str]:
    both = Role.SITE in place.roles and bool(place.roles - {Role.SITE})
    return {
        "全国共通避難所・避難場所ID": place.source_id,
        "地方公共団体コード": place.municipality_code or "",
        "施設名": place.name,
        "施設名（かな）": place.kana,
        "所在地（住所）": place.address,
        "緯度": _number(place.lat),
        "経度": _number(place.lon),
        "避難所タイプ": ";".join(ROLE_NAMES[role] for role in Role if role in place.roles),
        "想定収容人数": _capacity(place.capacity),
        "指定緊急避難場所との重複": "1" if both or place.also_other_role else "",
        "受入対象者": place.target,
        "開設状況": OPENING_NAMES[place.opening],
        "避難者数（総数）": _count(place.people),
        "避難者数（男）": _count(place.people_male),
        "避難者数（女）": _count(place.people_female),
        "開設日時": _time(place.opened_at),
        "閉鎖日時": _time(place.closed_at),
        "開設理由": place.opening_reason,
        "定員状況": LEVEL_NAMES[place.level] if place.level else "",
        "必要な支援": place.support_wanted,
        "最終更新日時": _time(place.updated_at),
    }


def _feature(place: ExportPlace) -> dict[str, Any]:
    located = place.lat is not None and place.lon is not None
    geometry = {"type": "Point", "coordinates": [place.lon, place.lat]} if located else None
    return {
        "type": "Feature",
        "id": place.id,
        "geometry": geometry,
        "properties": {
            "source_id": place.source_id,
            "roles": [role for role in Role if role in place.roles],
            "name": place.name,
            "kana": place.kana,
            "name_en": place.name_en,
            "address": place.address,
            "municipality_code": place.municipality_code,
            "hazards": {hazard: place.hazards.get(hazard, Fits.UNKNOWN) for hazard in Hazard},
            "capacity": place.capacity.raw or None,
            "capacity_indoor": place.capacity.indoor,
            "capacity_outdoor": place.capacity.outdoor,
            "target": place.target,
            "phone": place.phone,
            "url": place.url,
            "elevation_m": place.elevation_m,
            "floors": place.floors,
            "towns": place.towns,
            "remarks": place.remarks,
            "opening": place.opening,
            "level": place.level,
            "people": place.people,
            "updated_at": _time(place.updated_at) or None,
        },
    }


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(row.get(column, "")) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    """Guard a text that a spreadsheet would run as a formula; a lone mark such as - cannot run."""
    return _GUARD + text if len(text) > 1 and text[0] in _FORMULA_STARTS else text


def _number(value: float | None) -> str:
    """Shortest digits that give the same number back; never an exponent."""
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def _capacity(capacity: Capacity) -> str:
    return capacity.raw or _count(capacity.indoor)


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def _time(value: dt.datetime | None) -> str:
    return "" if value is None else value.astimezone(_JST).isoformat(timespec="seconds")
