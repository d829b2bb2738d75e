"""A first mapping for a list of unknown shape, for a person to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from liff_app.shelters.lists.mapping import ColumnMapping, IdRule
from liff_app.shelters.lists.text import heading_key
from liff_app.shelters.vocabulary import Hazard

# Words a heading is (or, failing that, contains), best first. Order of fields matters for the
# second try: 電話番号 is taken before 番号, 施設名かな before 施設名.
_FIELD_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "lat": ("緯度", "lat", "latitude", "y座標", "北緯"),
    "lon": ("経度", "lon", "lng", "longitude", "x座標", "東経"),
    "kana": ("名称_カナ", "名称カナ", "フリガナ", "ふりがな", "よみがな", "カナ", "かな", "kana"),
    "name_en": ("名称_英字", "名称_英語", "英語名", "英字", "英語", "english"),
    "name": (
        "名称",
        "施設名",
        "施設・場所名",
        "避難所名",
        "避難場所名",
        "施設名称",
        "name",
        "名前",
    ),
    "phone": ("電話番号", "電話", "tel", "telephonenumber", "phone", "連絡先"),
    "municipality_code": (
        "所在地_全国地方公共団体コード",
        "全国地方公共団体コード",
        "団体コード",
        "市区町村コード",
        "自治体コード",
    ),
    "municipality_name": ("市区町村名", "市町村名", "都道府県名及び市町村名"),
    "prefecture": ("都道府県名", "都道府県"),
    "address": ("住所", "所在地", "所在地_連結表記", "address"),
    "building": ("方書", "建物名"),
    "elevation_m": ("標高", "海抜", "elevation"),
    "capacity": ("想定収容人数", "収容人数", "収容可能人数", "収容人員", "定員", "capacity"),
    "target": ("受入対象者", "受入対象", "対象者"),
    "also_other_role": (
        "指定避難所との重複",
        "指定避難所との住所同一",
        "指定緊急避難場所との住所同一",
    ),
    "url": ("url", "ホームページ", "リンク", "ウェブサイト"),
    "floors": ("使用可能階", "避難可能階", "利用階", "避難場所の階", "階数"),
    "towns": ("対象となる町会・自治会", "対象地区", "対象町会", "町会", "自治会", "地区"),
    "publish": ("公開", "公開フラグ", "公開区分"),
    "role": ("種別", "区分", "避難所種別", "施設種別"),
    "source_id": ("共通id", "id", "施設id", "管理番号", "施設番号", "identifier"),
    "remarks": ("備考", "備考1", "備考2", "備考3", "注意事項", "remarks", "note"),
}
_HAZARD_WORDS: Final[Mapping[Hazard, tuple[str, ...]]] = {
    Hazard.INLAND_FLOOD: ("内水氾濫", "内水", "inundation", "inland"),
    Hazard.FLOOD: ("洪水", "浸水", "水害", "flood"),
    Hazard.LANDSLIDE: ("崖崩れ", "がけ崩れ", "土砂", "土石流", "landslide", "sediment"),
    Hazard.STORM_SURGE: ("高潮", "stormsurge"),
    Hazard.EARTHQUAKE: ("地震", "earthquake"),
    Hazard.TSUNAMI: ("津波", "tsunami", "tunami"),
    Hazard.FIRE: ("大規模な火事", "大規模火災", "火災", "火事", "fire"),
    Hazard.VOLCANO: ("火山", "噴火", "volcan", "eruption"),
}
_JOINED: Final = frozenset({"remarks"})
_SHORT: Final = 3


def suggest_mapping(headings: Sequence[str]) -> ColumnMapping:
    """Mapping guessed from headings, under the name "suggested"; each heading is used once.

    A heading equal to a known word comes before one that only contains it. Nothing is guessed
    from values. Where no heading looks like a name, `columns` has no "name" and a person must
    choose one before the mapping can be used.
    """
    free = {heading_key(heading): heading for heading in headings if heading_key(heading)}
    columns: dict[str, tuple[str, ...]] = {}
    hazards: dict[Hazard, tuple[str, ...]] = {}
    for whole in (True, False):
        for hazard, words in _HAZARD_WORDS.items():
            found = _take(free, words, whole=whole, every=True)
            if found:
                hazards[hazard] = hazards.get(hazard, ()) + found
        for field, words in _FIELD_WORDS.items():
            if field in columns and field not in _JOINED:
                continue
            found = _take(free, words, whole=whole, every=field in _JOINED)
            if found:
                columns[field] = columns.get(field, ()) + found
    ids = columns.get("source_id", ())
    rule = IdRule.CONTENT
    if ids:
        rule = IdRule.GSI if heading_key(ids[0]) == "共通id" else IdRule.COLUMN
    return ColumnMapping(
        name="suggested",
        id_rule=rule,
        columns={field: columns[field] for field in _FIELD_WORDS if field in columns},
        hazards={hazard: hazards[hazard] for hazard in Hazard if hazard in hazards},
    )


def _take(
    free: dict[str, str], words: Sequence[str], *, whole: bool, every: bool
) -> tuple[str, ...]:
    """Headings still free that match a word, taken out of `free`."""
    matching = [key for word in words for key in free if _matches(key, word, whole=whole)]
    chosen = list(dict.fromkeys(matching))[: None if every else 1]
    return tuple(free.pop(key) for key in chosen)


def _matches(key: str, word: str, *, whole: bool) -> bool:
    """Whether a heading is a word or contains it; short Latin words (id, lat) must be all of it."""
    known = heading_key(word)
    if whole or (known.isascii() and len(known) <= _SHORT):
        return key == known
    return known in key
