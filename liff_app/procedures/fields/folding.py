"""What is folded of a typed answer, and only where the form says so. Names and addresses never are.

Unicode's own foldings would turn 神 (U+FA19) into another character and take 葛󠄀 its variant. So
text that is nobody's number stays, code point by code point, what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

import jaconv
import phonenumbers

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import Normalise
from liff_app.procedures.fields.unreadable import Unreadable

REGION = "JP"
MOST_DIGITS = 15  # of a number; more does not survive a spreadsheet
_NARROW = str.maketrans("０１２３４５６７８９．，＋（）／：", "0123456789.,+()/:")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u2500\ufe63\uff0dー～〜‐-]")
_SPACES = re.compile(r"[\s\u3000]+")
_KANA = re.compile(r"[ァ-ヶー・　 ]+")
_INTEGER = re.compile(r"-?\d{1,15}")
_DECIMAL = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_EMAIL_LENGTH = 254  # RFC 5321
_HERE = (9, 10)  # digits after the 0; the longer ones that the plan knows are for machines
_POSTAL = re.compile(r"\d{7}")
_INDIVIDUAL = re.compile(r"\d{12}")


def trimmed(typed: str) -> str:
    """Without spaces around it; otherwise every code point as typed."""
    return typed.strip(" \t\r\n\u3000")


def numerals(typed: str) -> str:
    """Digits, dashes and signs as ASCII has them, spaces gone: for numbers only."""
    return _SPACES.sub("", _DASHES.sub("-", typed.translate(_NARROW)))


def integer(typed: str, unit: str = "") -> int:
    """A whole number: １，２００円 is 1200. Raises Unreadable."""
    found = _plain_number(typed, unit)
    if not _INTEGER.fullmatch(found):
        raise Unreadable("number", _("数字だけで入力してください。例：3"))
    return int(found)


def decimal(typed: str, unit: str = "") -> Decimal:
    """A number with a point, exact. Raises Unreadable."""
    found = _plain_number(typed, unit)
    digits = found.replace("-", "").replace(".", "")
    if not _DECIMAL.fullmatch(found) or len(digits) > MOST_DIGITS:
        raise Unreadable("number", _("数字だけで入力してください。例：12.5"))
    return Decimal(found)


def _plain_number(typed: str, unit: str) -> str:
    found = numerals(typed).replace(",", "").replace("、", "").removeprefix("¥").removeprefix("￥")
    return found.removesuffix(unit) if unit else found


def kana(typed: str) -> str:
    """In full-width katakana, from hiragana or half-width. Raises Unreadable for other letters."""
    found = str(jaconv.hira2kata(jaconv.h2z(typed, kana=True, digit=False, ascii=False)))
    if not _KANA.fullmatch(found):
        raise Unreadable("kana", _("カタカナかひらがなで入力してください。例：ヤマダ ハナコ"))
    return found


def postal(typed: str) -> str:
    """Seven digits. Raises Unreadable."""
    found = numerals(typed).removeprefix("〒").replace("-", "")
    if not _POSTAL.fullmatch(found):
        raise Unreadable("postal", _("郵便番号は7けたの数字で入力してください。例：100-0001"))
    return found


def phone(typed: str) -> str:
    """The number with its country, as E.164 writes it. Raises Unreadable."""
    try:
        found = phonenumbers.parse(numerals(typed), REGION)
    except phonenumbers.NumberParseException:
        found = None
    if found is None or not _is_dialled(found):
        told = _("電話番号を市外局番から入力してください。例：090-1234-5678")
        raise Unreadable("phone", told)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def _is_dialled(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a telephone has such a number; whether it is given out is not for a table to say."""
    if number.extension or not phonenumbers.is_possible_number(number):
        return False
    is_here = number.country_code == phonenumbers.country_code_for_region(REGION)
    return not is_here or len(str(number.national_number)) in _HERE


def email(typed: str) -> str:
    """An address folded by NFKC, here alone. Raises Unreadable."""
    found = _SPACES.sub("", unicodedata.normalize("NFKC", typed))
    if len(found) > _EMAIL_LENGTH or not _EMAIL.fullmatch(found):
        raise Unreadable("email", _("メールアドレスを入力してください。例：hanako@example.jp"))
    return found


def digits(typed: str) -> str:
    """Digits alone, as many as typed, zeros in front kept. Raises Unreadable."""
    found = numerals(typed).replace("-", "")
    if not (found.isascii() and found.isdigit()):
        raise Unreadable("digits", _("数字だけで入力してください。例：0123"))
    return found


def is_individual_number(typed: str) -> bool:
    """Whether it is a 個人番号: twelve digits of which the last checks the others.

    Weights and remainder: 総務省令第85号 (2014) article 5.
    """
    found = numerals(typed).replace("-", "")
    if not _INDIVIDUAL.fullmatch(found):
        return False
    total = sum(
        int(one) * (place + 1 if place <= 6 else place - 5)  # noqa: PLR2004 - the order's own
        for place, one in enumerate(reversed(found[:11]), start=1)
    )
    rest = total % 11
    return int(found[11]) == (0 if rest <= 1 else 11 - rest)


def national(number: str) -> str:
    """A telephone number as it is dialled here: 090-1234-5678; from abroad with its country."""
    try:
        found = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number
    is_here = found.country_code == phonenumbers.country_code_for_region(REGION)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(found, style.NATIONAL if is_here else style.INTERNATIONAL)


FOLDED: dict[Normalise, Callable[[str], str]] = {
    Normalise.KANA: kana,
    Normalise.POSTAL: postal,
    Normalise.PHONE: phone,
    Normalise.EMAIL: email,
    Normalise.DIGITS: digits,
}
