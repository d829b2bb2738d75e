"""全国地方公共団体コード: five digits of place and one check digit.

Rule of the check digit: 総務省「全国地方公共団体コード仕様」; it holds for all 1,965 codes in
force in 2025. Spreadsheets eat leading zeros and lists leave the check digit out, so the same
town appears with four, five or six digits; `normalise_code` gives back the six.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_WEIGHTS: Final = (6, 5, 4, 3, 2)
_CODE: Final = re.compile(r"(\d{4,6})(?:\.0+)?")

# JIS X 0401, in the order of its numbers 01 to 47.
_PREFECTURE_NAMES: Final = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 "
    "東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 "
    "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 "
    "香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
)
PREFECTURES: Final[dict[str, str]] = {
    name: f"{number:02d}" for number, name in enumerate(_PREFECTURE_NAMES.split(), start=1)
}
_SHORTEST_PREFECTURE = 3
_LONGEST_PREFECTURE = 4


def check_digit(five: str) -> str:
    """Sixth digit of the code whose first five digits are `five`.

    Last digit of 11 - (sum of digit times weight, mod 11), weights 6, 5, 4, 3, 2.
    """
    total = sum(int(digit) * weight for digit, weight in zip(five, _WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def is_code(text: str) -> bool:
    """Whether `text` is six ASCII digits with a known prefecture and the right check digit."""
    return (
        len(text) == len(_WEIGHTS) + 1
        and text.isascii()
        and text.isdigit()
        and _is_place(text[:5])
        and check_digit(text[:5]) == text[5]
    )


def code_candidates(text: str) -> tuple[str, ...]:
    """Every six-digit code that `text` may have been before a zero or the check digit was lost.

    Empty when it cannot be a code. Two candidates are possible for five digits only: 12203 is
    012203 without its zero or 122033 without its check digit.
    """
    match = _CODE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return ()
    digits = match[1]
    forms = {
        4: ("0" + digits,),
        5: ("0" + digits, digits),
        6: (digits,),
    }[len(digits)]
    complete = (form if len(form) > len(_WEIGHTS) else form + check_digit(form) for form in forms)
    return tuple(code for code in complete if is_code(code))


def normalise_code(text: str, *, prefecture: str | None = None) -> str | None:
    """Six-digit code meant by `text`, or None when it is no code or could be two.

    `prefecture` (two digits) decides between two readings; within one prefecture there is never
    more than one.
    """
    candidates = code_candidates(text)
    if prefecture is not None:
        candidates = tuple(code for code in candidates if code[:2] == prefecture)
    return candidates[0] if len(candidates) == 1 else None


def is_prefecture_code(code: str) -> bool:
    """Whether a six-digit code names a prefecture rather than a municipality."""
    return code[2:5] == "000"


def prefecture_of(address: str) -> str | None:
    """Two-digit number of the prefecture an address begins with, or None."""
    for length in (_SHORTEST_PREFECTURE, _LONGEST_PREFECTURE):
        number = PREFECTURES.get(address[:length])
        if number is not None:
            return number
    return None


def without_prefecture(name: str) -> str:
    """Name of a place less the prefecture it begins with: 東京都狛江市 gives 狛江市."""
    for length in (_SHORTEST_PREFECTURE, _LONGEST_PREFECTURE):
        if name[:length] in PREFECTURES:
            return name[length:]
    return name


def _is_place(five: str) -> bool:
    """Whether five digits have a prefecture from 01 to 47 and a municipal part in use.

    Municipal parts are 000 (the prefecture itself) or from 100 up: wards and designated cities,
    then cities, then towns and villages by district.
    """
    return "01" <= five[:2] <= "47" and (five[2:] == "000" or five[2:] >= "100")
