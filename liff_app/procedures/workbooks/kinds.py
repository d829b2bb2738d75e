"""Question types: which there are, how a cell of the column `type` is read, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liff_app.procedures.engine.document import Kind

BEGIN: Final = {"begin_group": "group", "begin_repeat": "repeat"}
END: Final = {"end_group": "group", "end_repeat": "repeat"}
SELECTS: Final = {"select_one": Kind.CHOOSE_ONE, "select_multiple": Kind.CHOOSE_MANY}
PLAIN: Final[Mapping[str, Kind]] = {
    "text": Kind.TEXT,
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "image": Kind.PHOTO,
    "file": Kind.FILE,
    "geopoint": Kind.PLACE,
    "note": Kind.NOTE,
    "acknowledge": Kind.CONSENT,
    "calculate": Kind.CALCULATED,
}
OFFERED: Final = (*PLAIN, *SELECTS, *BEGIN, *END)
OFFERED_WORDS: Final = "、".join(
    (*PLAIN, "select_one 一覧名", "select_multiple 一覧名", *BEGIN, *END)
)
OR_OTHER: Final = "or_other"
_DEVICE: Final = "端末の情報は集めません。この行を消してください。"
_REFUSED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "start",
            "end",
            "today",
            "deviceid",
            "phonenumber",
            "simserial",
            "subscriberid",
            "username",
            "email",
            "audit",
            "start-geopoint",
            "background-audio",
            "background-geopoint",
        ),
        _DEVICE,
    ),
    "audio": "音声は使えません。",
    "video": "動画は使えません。",
    "barcode": "バーコードは使えません。text か integer にしてください。",
    "range": "range は使えません。integer にして、constraint で範囲を決めてください。",
    "rank": "順位づけ（rank）は使えません。select_one を並べてください。",
    "datetime": "日時（dateTime）は使えません。date と time の2つの質問に分けてください。",
    "geotrace": "線の位置（geotrace）は使えません。geopoint にしてください。",
    "geoshape": "面の位置（geoshape）は使えません。geopoint にしてください。",
    "hidden": "hidden は使えません。calculate にしてください。",
    "osm": "osm は使えません。geopoint にしてください。",
    "csv-external": "外部のデータは使えません。選択肢は choices シートに書いてください。",
    "xml-external": "外部のデータは使えません。選択肢は choices シートに書いてください。",
    "select_one_from_file": "外部の選択肢は使えません。choices シートに書いてください。",
    "select_multiple_from_file": "外部の選択肢は使えません。choices シートに書いてください。",
    "select_one_external": "外部の選択肢は使えません。choices シートに書いてください。",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A type taken apart: one of `opens`, `closes`, `kind`; `list_name` of choices."""

    opens: str = ""  # group or repeat
    closes: str = ""
    kind: Kind | None = None
    list_name: str = ""


def typed(said: str) -> Typed | None:
    """What the cell asks for; None where it is no type of ours."""
    if said in BEGIN:
        return Typed(opens=BEGIN[said])
    if said in END:
        return Typed(closes=END[said])
    if said in PLAIN:
        return Typed(kind=PLAIN[said])
    words = said.split()
    if len(words) == 2 and words[0] in SELECTS:  # noqa: PLR2004 - the type and its list
        return Typed(kind=SELECTS[words[0]], list_name=words[1])
    return None


def why_not(said: str) -> str:
    """Why XLSForm's own type is not offered here; "" where it is no type at all."""
    first = said.split(maxsplit=1)[0] if said else ""
    return _REFUSED.get(said.lower()) or _REFUSED.get(first.lower(), "")


def kind_of(kind: Kind, appearance: frozenset[str]) -> Kind:
    """The kind that the appearance makes of it: long texts and signatures."""
    if kind is Kind.TEXT and "multiline" in appearance:
        return Kind.LONG_TEXT
    if kind is Kind.PHOTO and "signature" in appearance:
        return Kind.SIGNATURE
    return kind
