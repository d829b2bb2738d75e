"""Editions and rows in words: what a field is called, what it says, and who published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liff_app.geo.ellipsoid import distance_m, locate
from liff_app.i18n import gettext as _
from liff_app.shelters.composing import LETTERS
from liff_app.shelters.editions import EditionKind, Values
from liff_app.shelters.lists.presets import PRESETS, builtin_mapping
from liff_app.shelters.refusals import FIELD_LIST
from liff_app.shelters.vocabulary import Fits, Hazard, Role
from liff_app.shelters.words import HAZARD_WORDS

Words = Callable[[], str]
NATIONAL = ("gsi_sites", "gsi_shelters")

KIND_WORDS: dict[EditionKind, Words] = {
    EditionKind.IMPORT: lambda: _("取り込み"),
    EditionKind.REPUBLISH: lambda: _("前の版に戻した"),
    EditionKind.WITHDRAW: lambda: _("一覧の取り下げ"),
    EditionKind.PIN: lambda: _("位置の修正"),
    EditionKind.FIELD: lambda: _("現場で加えた場所"),
}
ROLE_WORDS: dict[Role, Words] = {
    Role.SITE: lambda: _("指定緊急避難場所"),
    Role.SHELTER: lambda: _("指定避難所"),
    Role.WELFARE: lambda: _("福祉避難所"),
    Role.AD_HOC: lambda: _("臨時の避難所"),
}
SOURCE_WORDS: dict[str, Words] = {
    "list": lambda: _("一覧のとおり"),
    "geocoder": lambda: _("住所検索"),
    "town": lambda: _("町の代表点"),
    "hand": lambda: _("手で入れた位置"),
    "none": lambda: _("わからない"),
}
FITS_WORDS: dict[str, Words] = {
    LETTERS[Fits.YES]: lambda: _("指定"),
    LETTERS[Fits.CONDITIONAL]: lambda: _("条件つき"),
    LETTERS[Fits.NO]: lambda: _("使わない"),
    LETTERS[Fits.UNKNOWN]: lambda: _("指定なし"),
}
FIELD_WORDS: dict[str, Words] = {
    "name": lambda: _("名称"),
    "kana": lambda: _("よみ"),
    "name_en": lambda: _("英語の名称"),
    "role": lambda: _("種別"),
    "address": lambda: _("住所"),
    "municipality_code": lambda: _("団体コード"),
    "municipality_name": lambda: _("市区町村"),
    "target": lambda: _("受入対象者"),
    "phone": lambda: _("電話番号"),
    "url": lambda: _("URL"),
    "elevation_m": lambda: _("標高（m）"),
    "remarks": lambda: _("備考"),
    "floors": lambda: _("使える階"),
    "towns": lambda: _("対象の町会"),
    "always_open": lambda: _("いつでも入れる"),
    "publish": lambda: _("公開"),
}


def list_name(list_id: str, preset: str, attribution: str) -> str:
    """What people call a list: whose it is, or what shape it has; its id where neither tells."""
    if list_id == FIELD_LIST:
        return _("現場で加えた場所")
    title = builtin_mapping(preset).title if preset in PRESETS else ""
    source = attribution.removeprefix(_("出典：")).removesuffix(_("を加工して作成"))
    if title and preset in NATIONAL:  # two lists, and one source for both
        return title
    return source or title or list_id


def with_id(name: str, list_id: str) -> str:
    """A list among others: two may have one name."""
    return name if name == list_id else _("%(name)s（%(id)s）", name=name, id=list_id)


def field_changes(old: Values, new: Values) -> list[tuple[str, str, str]]:
    """What two rows say differently: the field, the old words, the new ones."""
    found = [
        (word(), shown(old[name], name), shown(new[name], name))
        for name, word in FIELD_WORDS.items()
        if old[name] != new[name]
    ]
    found += _hazards(old["fits"], new["fits"])
    if old["capacity"] != new["capacity"]:
        found.append((_("収容人数"), _people(old["capacity"]), _people(new["capacity"])))
    if _point(old) != _point(new):
        found.append((_("位置"), position(old), position(new) + _moved(old, new)))
    if not found:  # what no field of ours shows: the 共通ID's own parts
        found.append((_("番号"), str(old["facility_key"] or ""), str(new["facility_key"] or "")))
    return found


def shown(value: Any, field: str) -> str:  # noqa: ANN401 - a JSON value
    """The value of a field, for people."""
    if field == "role":
        return ROLE_WORDS[Role(value)]()
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    return "" if value is None else str(value)


def position(row: Values) -> str:
    """Where a row is, and who says so."""
    source = SOURCE_WORDS[row["position_source"]]()
    if row["lat"] is None:
        return source
    return f"{row['lat']:.6f}, {row['lon']:.6f}（{source}）"


def _point(row: Values) -> tuple[Any, ...]:
    return row["lat"], row["lon"], row["position_source"]


def _moved(old: Values, new: Values) -> str:
    if None in (old["lat"], new["lat"]):
        return ""
    metres = distance_m(locate(old["lat"], old["lon"]), locate(new["lat"], new["lon"]))
    return _(" %(metres)s m動いた", metres=f"{metres:,.0f}") if round(metres) else ""


def _hazards(old: str, new: str) -> list[tuple[str, str, str]]:
    return [
        (HAZARD_WORDS[hazard][0](), FITS_WORDS[before](), FITS_WORDS[after]())
        for hazard, before, after in zip(Hazard, old, new, strict=True)
        if before != after
    ]


def _people(capacity: Mapping[str, Any]) -> str:
    """The list's own text; the number read from it stands behind where it is another."""
    raw, indoor = capacity["raw"], capacity["indoor"]
    if indoor is None or not raw:
        return str(raw)
    return str(raw) if str(indoor) in raw else _("%(raw)s（%(n)s人）", raw=raw, n=indoor)
