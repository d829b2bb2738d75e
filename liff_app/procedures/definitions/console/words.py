"""What the pages of forms call things."""

from __future__ import annotations

from liff_app.i18n import gettext as _
from liff_app.procedures.definitions.comparing import Change, Difference
from liff_app.procedures.definitions.queries import State
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.vocabulary import FormKind

TONES = {State.OPEN: "ok", State.PLANNED: "info", State.DRAFT: "info"}  # others: quiet


def states() -> dict[str, str]:
    """Where a version, or a form, stands."""
    return {
        State.DRAFT: _("下書き"),
        State.PLANNED: _("公開の予定"),
        State.OPEN: _("公開中"),
        State.OVER: _("受付期間が終わった"),
        State.CLOSED: _("受付を止めている"),
        State.REPLACED: _("前の版"),
        State.DISCARDED: _("やめた下書き"),
        State.NONE: _("まだ公開していない"),
    }


def form_kinds() -> dict[str, str]:
    """What a form is for."""
    return {FormKind.APPLICATION: _("申請"), FormKind.SURVEY: _("アンケート")}


def samples() -> dict[str, str]:
    """The workbooks that the product brings, by their names."""
    return {
        "sodai_gomi": _("見本：粗大ごみの収集"),
        "juminhyo": _("見本：住民票の写し"),
        "risai_shomei": _("見本：罹災証明書"),
        "jido_teate": _("見本：児童手当の現況届"),
        "shimin_anketo": _("見本：市民アンケート"),
    }


def kinds() -> dict[str, str]:
    """What a question asks for."""
    return {
        Kind.TEXT: _("文字"),
        Kind.LONG_TEXT: _("長い文"),
        Kind.INTEGER: _("整数"),
        Kind.DECIMAL: _("小数"),
        Kind.DATE: _("日付"),
        Kind.TIME: _("時刻"),
        Kind.CHOOSE_ONE: _("1つえらぶ"),
        Kind.CHOOSE_MANY: _("いくつでもえらぶ"),
        Kind.PHOTO: _("写真"),
        Kind.FILE: _("ファイル"),
        Kind.SIGNATURE: _("署名"),
        Kind.PLACE: _("場所"),
        Kind.NOTE: _("案内の文"),
        Kind.CONSENT: _("同意"),
        Kind.CALCULATED: _("計算"),
    }


def types() -> dict[str, str]:
    """What the column `type` of the workbook says, its first word."""
    named = kinds()
    return {
        "text": named[Kind.TEXT],
        "integer": named[Kind.INTEGER],
        "decimal": named[Kind.DECIMAL],
        "date": named[Kind.DATE],
        "time": named[Kind.TIME],
        "select_one": named[Kind.CHOOSE_ONE],
        "select_multiple": named[Kind.CHOOSE_MANY],
        "image": named[Kind.PHOTO],
        "file": named[Kind.FILE],
        "geopoint": named[Kind.PLACE],
        "note": named[Kind.NOTE],
        "acknowledge": named[Kind.CONSENT],
        "calculate": named[Kind.CALCULATED],
        "begin_group": _("まとまり"),
        "begin_repeat": _("くり返し"),
    }


def type_word(said: str) -> str:
    """The workbook's type in words; as it stands where it is none that we know."""
    return types().get(said.split(maxsplit=1)[0].lower() if said.split() else "", said)


def texts() -> dict[str, str]:
    """The columns of words."""
    return {
        "label": _("質問の文"),
        "hint": _("説明"),
        "required_message": _("答えていないときの文"),
        "constraint_message": _("答えが条件に合わないときの文"),
    }


def settings() -> dict[str, str]:
    """The settings that the editor offers, those with words in several languages last."""
    return {
        "form_title": _("手続きの名前"),
        "machimado_prefix": _("受付番号の頭の文字（1字から3字）"),
        "machimado_minutes": _("何分でできるか"),
        "machimado_due_days": _("何日までに審査するか（役所がひらいている日）"),
        "machimado_retention_days": _("申請を残しておく日数"),
        "machimado_title": _("手続きの名前（ほかの言語）"),
        "machimado_summary": _("短い説明"),
        "machimado_needs": _("用意するもの（1行に1つ）"),
        "machimado_after": _("送ったあとのこと"),
        "machimado_consent": _("利用目的"),
        "machimado_appeal": _("不服があるときの案内"),
        "machimado_contact": _("問い合わせ先"),
    }


def changes() -> dict[str, str]:
    """What became of a page or question."""
    return {
        Change.ADDED: _("足した"),
        Change.REMOVED: _("なくした"),
        Change.CHANGED: _("変えた"),
        Change.MOVED: _("動かした"),
    }


def parts() -> dict[str, str]:
    """Which kind of part."""
    return {
        "page": _("ページ"),
        "group": _("まとまり"),
        "repeat": _("くり返し"),
        "question": _("質問"),
        "settings": _("手続き全体"),
    }


def properties() -> dict[str, str]:
    """The properties of a document, by their field."""
    return {
        "title": _("名前"),
        "label": _("文"),
        "hint": _("説明"),
        "kind": _("種類"),
        "required": _("必須"),
        "required_message": _("答えていないときの文"),
        "relevant": _("出す条件"),
        "constraint": _("答えの条件"),
        "constraint_message": _("条件に合わないときの文"),
        "calculation": _("計算"),
        "default": _("はじめの答え"),
        "choices": _("選択肢"),
        "choice_filter": _("選択肢をしぼる条件"),
        "appearance": _("見せ方"),
        "count": _("くり返す数"),
        "least": _("いちばん少ない数"),
        "most": _("いちばん多い数"),
        "normalise": _("文字のそろえ方"),
        "pii": _("個人情報の重さ"),
        "retention_days": _("残しておく日数"),
        "prefill": _("前の答えを出す"),
        "mask": _("一覧で伏せる"),
        "is_fee": _("手数料"),
        "correctable": _("差し戻しで直せる"),
        "most_files": _("ファイルの数"),
        "prefix": _("受付番号の頭の文字"),
        "summary": _("短い説明"),
        "needs": _("用意するもの"),
        "after": _("送ったあとのこと"),
        "minutes": _("何分でできるか"),
        "consent": _("利用目的"),
        "appeal": _("不服があるときの案内"),
        "contact": _("問い合わせ先"),
        "two_person": _("2人での承認"),
        "due_days": _("審査の日数"),
        "languages": _("言語"),
        "default_language": _("もとの言語"),
        "anonymous": _("名前なし"),
        "once_a_person": _("1人1回"),
        "results_public": _("結果の公開"),
        "suppress_under": _("隠す小さい数"),
    }


def property_word(what: str, which: str) -> str:
    """One property in words: 「説明（en）」; by its code where it has no word."""
    word = properties().get(what, what)
    return _("%(word)s（%(which)s）", word=word, which=which) if which else word


def value_word(what: str, said: str) -> str:
    """What a property says, in words where it is a code of ours."""
    known = {"kind": kinds() | form_kinds(), "required": {"true()": _("かならず答える")}}
    return known.get(what, {}).get(said, said)


def heading_of(one: Difference) -> str:
    """Where a difference is."""
    part = parts()[one.type]
    if not one.name:
        return part
    label = one.label or one.name
    if one.type == "page":
        return _("%(part)s「%(label)s」", part=part, label=label)
    return _("「%(page)s」の%(part)s「%(label)s」", page=one.page, part=part, label=label)
