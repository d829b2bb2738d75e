"""Every problem a row or file can have: stable code, severity, Japanese text.

An error leaves the row out. Whatever could send someone to a wrong place is an error; whatever only
leaves a field empty is a warning.
"""

from __future__ import annotations

from typing import Final

from liff_app.shelters.lists.model import Problem, Severity

_VALUE_CHARS = 80

ERRORS: Final[dict[str, str]] = {
    "name_missing": "名称が空です。",
    "position_not_number": "緯度・経度として読めません。",
    "position_outside_japan": "緯度・経度が日本の範囲（緯度20〜46、経度122〜154）にありません。",
    "position_swapped": (
        "緯度と経度が逆のようです。緯度 {lat}、経度 {lon} に直して、もう一度読み込んでください。"
    ),
    "id_repeated": "同じIDが{first}行目にあります。",
    "row_repeated": "{first}行目と同じ内容です。",
    "id_kind_mismatch": "共通IDの種別が、この一覧の種類（{expected}）と合いません。",
    "role_unknown": "種別の値を読めません。",
    "cell_error": "表計算のエラー値が入っています。",
    "formula_without_value": (
        "数式の計算結果が保存されていません。表計算ソフトで開いて保存し直してください。"
    ),
    "cell_too_long": (
        'セルが長すぎます。引用符（"）が閉じていないかもしれません。'
        "ファイルの{physical}行目付近まで一つのセルになっています。"
    ),
    "row_too_wide": "見出しより右に値があります。区切り文字がずれているかもしれません。",
}

WARNINGS: Final[dict[str, str]] = {
    "position_missing": "緯度・経度がありません。住所から位置を求める必要があります。",
    "position_half": "緯度か経度の片方がありません。位置なしとして読み込みます。",
    "position_coarse": "緯度か経度の小数が3桁以下です。100mほどずれているかもしれません。",
    "position_shared": "{count}行が同じ位置です（{lines}行目）。",
    "geometry_not_point": "位置が点ではありません。位置なしとして読み込みます。",
    "hazard_unknown": "災害種別の値を読めません。「指定なし」として読み込みます。",
    "phone_invalid": "電話番号として読めません。表示しません。",
    "url_invalid": "URLとして読めません。表示しません。",
    "elevation_invalid": "標高として読めません。",
    "capacity_unread": "収容人数を数として読めません。文字のまま表示します。",
    "code_invalid": "全国地方公共団体コードとして読めません。",
    "code_ambiguous": "コードの桁が足りず、{choices} のどちらか決められません。",
    "code_disagrees": "コードが共通ID（{wanted}）と違います。共通IDの方を使います。",
    "id_malformed": "共通IDの形ではありません。",
    "target_without_welfare": "受入対象者がありますが、共通IDでは一般の避難所です。",
    "welfare_by_target": "受入対象者があるため、福祉避難所として読み込みます。",
    "status_in_name": "名称に利用状況が書かれています。開設状況に移してください。",
    "escape_undone": "文字化け（%25…）を「{text}」に直しました。",
    "publish_unknown": "公開の値を読めません。非公開として読み込みます。",
    "flag_unknown": "印（1・○）として読めません。",
    "cell_is_date": "日付に変わってしまった値です。空として読み込みます。",
    "control_removed": "見えない制御文字を取り除きました。",
    "row_bare": "住所も災害種別もありません。仮の登録かもしれません。",
    "column_type": "この列には、見出しと違う種類の値が{count}行あります。この列は使いません。",
    "heading_repeated": "同じ見出しの列が複数あります。左の列を使います。",
}


def problem(
    code: str, line: int, column: str | None = None, value: str = "", **details: object
) -> Problem:
    """Problem with the severity and text of its code; `details` fill the text."""
    is_error = code in ERRORS
    text = ERRORS[code] if is_error else WARNINGS[code]
    return Problem(
        line=line,
        column=column,
        value=value if len(value) <= _VALUE_CHARS else value[: _VALUE_CHARS - 1] + "…",
        code=code,
        message=text.format(**details),
        severity=Severity.ERROR if is_error else Severity.WARNING,
    )
