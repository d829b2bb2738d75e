"""The log's words about procedures."""

from __future__ import annotations

from liff_app.i18n import gettext as _


def actions() -> dict[str, str]:
    """What was done with forms and submissions, by code."""
    return {
        "procedure.viewed": _("申請を見た"),
        "procedure.filed": _("窓口や電話で聞いて申請を入力した"),
        "procedure.searched": _("名前や電話番号で申請をさがした"),
        "procedure.document_viewed": _("申請のファイルを開いた"),
        "procedure.printed": _("申請を印刷用に出した"),
        "procedure.moved": _("申請の段階を変えた"),
        "procedure.returned": _("申請を差し戻した"),
        "procedure.answered": _("申請した人に知らせた"),
        "procedure.approved": _("申請の決定を承認した"),
        "procedure.not_approved": _("申請の決定を承認しなかった"),
        "procedure.noted": _("申請にメモを書いた"),
        "procedure.assigned": _("申請の担当や期限を変えた"),
        "procedure.document_added": _("申請した人に渡す書類を足した"),
        "procedure.document_removed": _("申請した人に渡す書類を消した"),
        "procedure.bulk_changed": _("申請をまとめて変えた"),
        "procedure.template_saved": _("手続きの文例を直した"),
        "procedure.template_removed": _("手続きの文例を消した"),
        "procedure.exported": _("申請をファイルに書き出した"),
        "procedure.results_viewed": _("アンケートの結果を見た"),
        "procedure.results_counted": _("アンケートの答えを数え直した"),
        "procedure.read_by_key": _("ほかのシステムが申請を読んだ"),
        "procedure_hook.added": _("申請を知らせる相手のシステムを足した"),
        "procedure_hook.switched": _("システムへの知らせを止めた、または始めた"),
        "procedure_hook.tried": _("システムへの知らせを試した"),
        "procedure_hook.gave_up": _("届かない相手のシステムへの知らせを、自動で止めた"),
        "procedure_hook.removed": _("申請を知らせる相手のシステムを消した"),
        "procedure_form.added": _("手続きの様式を作った"),
        "procedure_form.uploaded": _("様式の新しい版を入れた"),
        "procedure_form.refused": _("誤りのある様式を読み込んだ"),
        "procedure_form.edited": _("様式を画面で直した"),
        "procedure_form.published": _("様式の版を公開した"),
        "procedure_form.called_off": _("公開の予定を取り消した"),
        "procedure_form.end_changed": _("受付の終わりを変えた"),
        "procedure_form.closed": _("手続きの受付を止めた"),
        "procedure_form.reopened": _("手続きの受付をまた始めた"),
        "procedure_form.discarded": _("様式の下書きをやめた"),
        "procedure_form.restored": _("やめた様式を下書きに戻した"),
        "procedure_form.given": _("手続きの担当の部署を変えた"),
        "procedure_form.ordered": _("手続きの並ぶ順番を変えた"),
        "procedure_form.downloaded": _("様式のExcelを受け取った"),
        "procedure_form.tested": _("様式を試しに入力した"),
    }


def kinds() -> dict[str, str]:
    """What kind of thing a subject is."""
    return {
        "procedure": _("手続き"),
        "procedures": _("いくつもの申請"),
        "submission": _("申請"),
        "procedure_template": _("手続きの文例"),
    }


def details() -> dict[str, str]:
    """Names of what an event says further."""
    return {
        "codes": _("選択肢をコードで"),
        "on": _("知らせる"),
        "faults": _("指摘の数"),
        "department": _("部署"),
        "assignee": _("担当"),
        "whole": _("メモも"),
    }


def purposes() -> list[tuple[str, str]]:
    """What submissions are taken out for: code and words, in the order they are offered."""
    return [
        ("work", _("審査や事務のため")),
        ("handing_over", _("ほかの課や業者への引きつぎのため")),
        ("counting", _("集計のため")),
        ("disclosure", _("開示の請求にこたえるため")),
        ("inquiry", _("問い合わせや苦情にこたえるため")),
        ("keeping", _("保管のため")),
    ]
