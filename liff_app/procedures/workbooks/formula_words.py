"""Why an expression is none, in Japanese, and what could stand there instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from liff_app.procedures.engine.expressions import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionInvalid,
    parse,
)
from liff_app.procedures.workbooks.faults import shortened
from liff_app.procedures.workbooks.spelling import narrow, nearest

_STRAIGHT: Final = {
    **dict.fromkeys(map(ord, "‘’‚‛‟′`＇「」"), "'"),
    **dict.fromkeys(map(ord, "“”„″´＂"), '"'),
}
_LOOKS: Final = re.compile(r"\(\?[=!<]|\\[1-9]")  # look-ahead, look-behind, back-reference
_SENTENCES: Final = {
    "empty": "式が空です。",
    "too_long": f"式は{MAX_LENGTH:,}文字までです。calculate の行に分けてください。",
    "too_deep": f"かっこの重なりは{MAX_DEPTH}段までです。calculate の行に分けてください。",
    "character": "「{value}」は式に使えない文字です。",
    "full_width": "「{value}」は全角です。式の記号は半角で書きます。",
    "smart_quote": "「{value}」は使えません。文字は ' か \" で囲みます。",
    "quote": "引用符（{value}）が閉じていません。",
    "reference": "「{value}」の書き方が正しくありません。質問は ${{名前}} と書きます。",
    "reference_in_text": "引用符の中の ${{ }} は答えに置き換わりません。concat を使ってください。",
    "unexpected": "「{value}」のところで、式として読めません。",
    "incomplete": "式が途中で終わっています。",
    "unclosed": "「{value}」のかっこが閉じていません。",
    "unopened": "閉じかっこが多すぎます。",
    "path": "「{value}」のような XPath の道順は使えません。質問は ${{名前}} と書きます。",
    "function": "「{value}」という関数はありません。",
    "arity": "「{value}」に渡す値の数が違います。",
    "regex_not_fixed": "regex の型は、引用符で囲んだ文字で書きます。",
    "regex_too_long": "regex の型は500文字までです。",
    "format": "format-date の「{value}」は使えません。",
    "argument": "「{value}」には、決まった形の値が必要です。",
}
_OTHER: Final = "式として読めません。"


def sentence(error: ExpressionInvalid) -> str:
    """What is wrong, and at which character where that helps."""
    if error.code == "regex":
        return _regex_sentence(error.value)
    said = _SENTENCES.get(error.code, _OTHER).format(value=shortened(error.value))
    return f"{said}（{error.position + 1}文字目）" if error.position else said


def _regex_sentence(pattern: str) -> str:
    quoted = f"「{shortened(pattern)}」"
    if _LOOKS.search(pattern):
        return (
            f"regex の型{quoted}では、先読み・後読み（?= ?! ?<）と後方参照（\\1）は使えません。"
            "条件を and で分けてください。"
        )
    return f"regex の型{quoted}が正しくありません。かっこや [ ] の閉じ忘れを確かめてください。"


def better(source: str, error: ExpressionInvalid, names: Iterable[str]) -> str:
    """What could stand instead: a function's name, or the whole expression mended."""
    if error.code == "function":
        return nearest(error.value, FUNCTIONS)
    if error.code == "reference":
        meant = nearest(error.value.strip("${ }"), names)
        return f"${{{meant}}}" if meant else ""
    mended = narrow(source.translate(_STRAIGHT))
    if error.code in {"full_width", "smart_quote", "character", "quote"} and is_sound(mended):
        return mended
    closed = source + ")"
    return closed if error.code == "unclosed" and is_sound(closed) else ""


def is_sound(source: str) -> bool:
    """Whether it is an expression."""
    try:
        parse(source)
    except ExpressionInvalid:
        return False
    return True
