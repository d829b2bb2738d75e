"""Meaning of single cells: marks, telephone numbers, addresses on the web, heights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from liff_app.geo.codes import code_candidates
from liff_app.search_text import one_dash
from liff_app.shelters.lists.text import PLACEHOLDERS, is_placeholder, plain
from liff_app.shelters.vocabulary import Fits, Role

_YES_MARKS: Final = "1 1.0 ○ 〇 ◯ ● ◎ ✓ ✔ レ 有 有り あり はい 該当 true yes y"
_NO_MARKS: Final = "0 0.0 × ✕ ✖ ✗ x 無 いいえ 非該当 false no n"


def _all(marks: str, meaning: str) -> dict[str, str]:
    return dict.fromkeys(marks.split(), meaning)


FLAGS: Final[Mapping[str, str]] = {
    **_all(_YES_MARKS, "yes"),
    **_all(_NO_MARKS, "no"),
    **dict.fromkeys((mark.casefold() for mark in PLACEHOLDERS), "no"),
}
PUBLISH: Final[Mapping[str, str]] = {
    **FLAGS,
    **_all("公開 公開する 可 掲載", "yes"),
    **_all("非公開 公開しない 不可 非掲載", "no"),
}
# 0, 無 and false say "not designated", as an empty cell does; × and 不可 say "do not use".
HAZARDS: Final[Mapping[str, str]] = {
    **dict.fromkeys((mark.casefold() for mark in PLACEHOLDERS), Fits.UNKNOWN),
    **_all("0 0.0 無 false 対象外 非該当 指定なし", Fits.UNKNOWN),
    **_all(_YES_MARKS, Fits.YES),
    **_all("可 適 対応 対応可 指定", Fits.YES),
    **_all("△ ▲ 条件付 条件付き 一部 一部可", Fits.CONDITIONAL),
    **_all("× ✕ ✖ ✗ x no 不可 不適 使用不可 いいえ", Fits.NO),
}
ROLES: Final[Mapping[str, str]] = {
    **_all("指定緊急避難場所 緊急避難場所 site 津波避難ビル", Role.SITE),
    **dict.fromkeys(
        ["指定避難所", "指定避難所(一般)", "指定一般避難所", "避難所", "shelter"], Role.SHELTER
    ),
    **_all("指定福祉避難所 福祉避難所 指定避難所(福祉) welfare", Role.WELFARE),
    **_all("臨時避難所 自主避難所 ad_hoc", Role.AD_HOC),
}

_PHONE: Final = re.compile(
    r"(?:\+81[- ]?|0)\d(?:[\d\- ()]{6,13})\d"
    r"(?:\s*\((?:代表?|直通|内線?\s*\d{1,6})\)|\s*(?:内線|内)\s*\d{1,6})?"
)
_AREA_IN_BRACKETS: Final = re.compile(r"\((0\d{1,4})\)\s*")
_PHONE_DIGITS: Final = range(9, 13)
_NUMBER: Final = re.compile(
    r"(?:約|海抜|標高)?\s*(-?\d{1,4}(?:\.\d+)?)\s*(?:m|メートル)?", re.IGNORECASE
)
_EMAIL: Final = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+\.[A-Za-z]{2,}")
_EXTENSION: Final = re.compile(r"(?:内線)?\s*[\d\-]{1,5}")
_URL_CHARS: Final = 2_000


def folded_mark(text: str) -> str:
    """Fold a mark for the dictionaries above: NFKC, one case, no outer spaces."""
    return plain(text).casefold()


def phone_number(text: str) -> str | None:
    """Telephone number in half-width signs, or None. (0768)62-2220 becomes 0768-62-2220.

    Nine to twelve digits with the leading 0 or +81; a number without area code is not callable
    from elsewhere and counts as none. Of several (separated by ; or 、) the first is given.
    """
    first = re.split(r"[;、/]", one_dash(plain(text)), maxsplit=1)[0].strip()
    first = _AREA_IN_BRACKETS.sub(r"\1-", first)
    if not _PHONE.fullmatch(first):
        return None
    digits = sum(sign.isdigit() for sign in first.partition("内")[0])
    return first if digits in _PHONE_DIGITS else None


def web_address(text: str) -> str | None:
    """URL with http or https and a host, or None; nothing else may become a link."""
    candidate = plain(text.split(";", 1)[0])
    try:
        parts = urlsplit(candidate)
        host = parts.hostname or ""
    except ValueError:
        return None
    safe = (
        parts.scheme in {"http", "https"}
        and "." in host
        and not parts.username
        and len(candidate) <= _URL_CHARS
        and candidate.isprintable()
        and " " not in candidate
    )
    return candidate if safe else None


def height_m(text: str) -> float | None:
    """Metres above the sea, or None."""
    match = _NUMBER.fullmatch(one_dash(plain(text)))
    return float(match[1]) if match else None


def is_of_kind(text: str, kind: str) -> bool:
    """Whether a cell is empty or holds what its column promises (`mapping.CHECKS`)."""
    if is_placeholder(text):
        return True
    value = plain(text)
    if kind == "url":
        return web_address(value) is not None
    if kind == "code":
        return bool(code_candidates(value))
    pattern = _EMAIL if kind == "email" else _EXTENSION
    return pattern.fullmatch(value) is not None
