"""The log in words. An action or kind without a line here shows its code, and fails the build."""

from __future__ import annotations

from collections.abc import Mapping

from liff_app.audit import procedure_words
from liff_app.audit.forms import Reason
from liff_app.i18n import gettext as _


def actions() -> dict[str, str]:
    """What was done, by code, in the order in which it is offered."""
    return {
        "shelter.status_changed": _("避難所の状況を書いた"),
        "shelter.status_undone": _("避難所の状況を取り消した"),
        "shelter.history_exported": _("避難所の記録を書き出した"),
        "shelter.added": _("避難所を追加した"),
        "shelter.amended": _("追加した避難所を直した"),
        "shelter.withdrawn": _("追加した避難所を取りやめた"),
        "shelter_pass.made": _("現場用QRを作った"),
        "shelter_pass.printed": _("現場用QRを印刷した"),
        "shelter_pass.renewed": _("現場用QRを作りなおした"),
        "shelter_pass.revoked": _("現場用QRを止めた"),
        "checkin.viewed": _("受付の一覧を見た"),
        "checkin.accepted": _("受付で迎え入れた"),
        "checkin.counted_in": _("受付で数えて入れた"),
        "checkin.amended": _("受付の人数などを直した"),
        "checkin.checked_out": _("受付で送り出した"),
        "checkin.taken_back": _("受付を取り消した"),
        "checkin.called_back": _("送り出しを取り消した"),
        "checkin.aligned": _("人数を受付に合わせた"),
        "checkin.exported": _("受付の集計を書き出した"),
        "checkin.codes_blocked": _("まちがった番号が続いて受付が止まった"),
        "disaster.started": _("災害を始めた"),
        "disaster.amended": _("災害を直した"),
        "disaster.stopped": _("災害を終えた"),
        "disaster.exported": _("災害の記録を書き出した"),
        "list.uploaded": _("一覧のファイルを読み込んだ"),
        "list.upload_adjusted": _("一覧のファイルの行き先や出典を決めた"),
        "list.columns_answered": _("一覧のファイルの列を決めた"),
        "list.mapping_exported": _("列の対応を書き出した"),
        "list.problems_exported": _("一覧の問題を書き出した"),
        "list.discarded": _("一覧のファイルを捨てた"),
        "list.published": _("一覧を公開した"),
        "list.republished": _("一覧を前の版に戻した"),
        "list.withdrawn": _("一覧を取り下げた"),
        "list.pinned": _("一覧の場所の位置を決めた"),
        "list.unpinned": _("一覧の場所の位置を元に戻した"),
        "message.sent_again": _("届いたか分からないメッセージをもう一度送った"),
        "report.filed": _("電話の通報を入力した"),
        "report.moved": _("通報の段階を進めた"),
        "report.answered": _("通報に答えた"),
        "report.noted": _("通報にメモを残した"),
        "report.assigned": _("通報の担当や期限を決めた"),
        "report.placed": _("通報の場所を直した"),
        "report.reclassified": _("通報の種類を変えた"),
        "report.photo_added": _("通報に写真を足した"),
        "report.photo_checked": _("通報の写真の公開を決めた"),
        "report.photo_masked": _("通報の写真を黒くぬって公開した"),
        "report.merged": _("通報をまとめた"),
        "report.split": _("まとめた通報を分けた"),
        "report.checked": _("通報の公開するものを決めた"),
        "report.hidden": _("通報を公開から外した"),
        "report.shown": _("通報を公開に戻した"),
        "report.viewed": _("通報を見た"),
        "report.contact_viewed": _("通報の連絡先を見た"),
        "report.printed": _("現場に持っていく紙を出した"),
        "report_template.saved": _("返事の文例を書いた"),
        "report_template.removed": _("返事の文例を消した"),
        "report_template.brought": _("用意された返事の文例を入れた"),
        "report.exported": _("通報をファイルに書き出した"),
        "report.bulk_changed": _("通報をまとめて変えた"),
        "report.bulk_undone": _("通報をまとめて元に戻した"),
        "report_category.added": _("通報の種類を足した"),
        "report_category.changed": _("通報の種類を直した"),
        "report_category.restored": _("通報の種類をはじめの内容に戻した"),
        "report_category.removed": _("通報の種類を消した"),
        **procedure_words.actions(),
        "staff.signed_in": _("ログインした"),
        "staff.sign_in_refused": _("ログインを断った"),
        "staff.signed_out": _("ログアウトした"),
        "staff.added": _("職員を加えた"),
        "staff.amended": _("職員の名前や部署を直した"),
        "staff.granted": _("職員に役割を付けた"),
        "staff.revoked": _("職員の役割を外した"),
        "staff.disabled": _("職員を使えなくした"),
        "staff.enabled": _("職員を使えるように戻した"),
        "staff.link_made": _("登録のリンクを作った"),
        "staff.link_used": _("登録のリンクを使った"),
        "staff.recovery_codes_renewed": _("回復コードを作りなおした"),
        "staff.session_ended": _("ログイン中の端末を1つ終わらせた"),
        "staff.sessions_ended": _("ログイン中の端末をまとめて終わらせた"),
        "department.added": _("部署を加えた"),
        "department.removed": _("部署を外した"),
        "key.issued": _("鍵を作った"),
        "key.revoked": _("鍵を止めた"),
        "audit.exported": _("監査の記録を書き出した"),
    }


def kinds() -> dict[str, str]:
    """What kind of thing an actor or a subject is."""
    return {
        "staff": _("職員"),
        "pass": _("現場用QR"),
        "key": _("ほかのシステム"),
        "command": _("コマンド"),
        "system": _("自動"),
        "shelter": _("避難所"),
        "shelters": _("いくつもの避難所"),
        "disaster": _("災害"),
        "list": _("一覧"),
        "upload": _("読み込んだファイル"),
        "department": _("部署"),
        "report_category": _("通報の種類"),
        "report": _("通報"),
        "report_template": _("返事の文例"),
        "reports": _("いくつもの通報"),
        "messages": _("住民へのメッセージ"),
        **procedure_words.kinds(),
        "audit": _("監査の記録"),
    }


def actors() -> list[tuple[str, str]]:
    """Kinds that act, as a choice."""
    words = kinds()
    return [(kind, words[kind]) for kind in ("staff", "pass", "key", "command", "system")]


def reasons() -> list[tuple[str, str]]:
    """Why the log is taken out, as a choice."""
    return [
        (Reason.REVIEW.value, _("定期の点検")),
        (Reason.INQUIRY.value, _("問い合わせへの回答")),
        (Reason.DISCLOSURE.value, _("開示請求・監査への提出")),
        (Reason.INCIDENT.value, _("事故の調査")),
        (Reason.KEEPING.value, _("別の場所での保管")),
    ]


def details() -> dict[str, str]:
    """Names of what an event says further."""
    return {
        "people": _("人数"),
        "applied": _("増減"),
        "opening": _("開設"),
        "level": _("混雑"),
        "drill": _("訓練"),
        "hazards": _("災害の種類"),
        "scopes": _("できること"),
        "procedures": _("読む手続き"),
        "rows": _("件数"),
        **procedure_words.details(),
        "reason": _("理由"),
        "purpose": _("何のため"),
        "reference": _("文書番号など"),
        "grants": _("役割"),
        "changed": _("変えたもの"),
        "count": _("数"),
        "refused": _("できなかった数"),
        "verb": _("したこと"),
        "bytes": _("大きさ（バイト）"),
        "edition": _("版"),
        "event": _("状況の番号"),
        "version": _("回目"),
        "bulk": _("まとめて"),
        "published": _("公開"),
        "checkin": _("受付を使う"),
        "format": _("形"),
        "contact": _("連絡先"),
        "number": _("受付番号"),
        "added": _("追加"),
        "removed": _("削除"),
        "of_edition": _("もとの版"),
        "moved": _("ほかの避難所から"),
        "oidc": _("シングルサインオン"),
        "recovery": _("回復コード"),
        "shelters": _("避難所"),
        "uploaded_by": _("読み込んだ人"),
        "by_itself": _("新しいファイルのために"),
        "list": _("一覧"),
        "only_own": _("ほかの市町村を除く"),
        "columns": _("列の数"),
        "status": _("段階"),
        "priority": _("急ぎ具合"),
        "category": _("種類"),
        "into": _("まとめた先"),
        "photo": _("写真"),
        "text": _("文"),
        "place": _("場所"),
        "refs": _("通報"),
        "further_refs": _("ほかの通報"),
    }


def value(name: str, said: str | int | bool | None) -> str:  # noqa: FBT001 - JSON's own kinds
    """What a detail holds, in words where there are some."""
    if isinstance(said, bool):
        return _("はい") if said else _("いいえ")
    words = {
        "opening": _openings(),
        "level": _levels(),
        "reason": dict(reasons()),
        "verb": _verbs(),
    }.get(name, {})
    if name == "changed" and isinstance(said, str):
        return _("、").join(_fields().get(one, one) for one in said.split(","))
    return words.get(str(said)) or str(said)


def _fields() -> dict[str, str]:
    """What can be amended, by code."""
    return {
        "name": _("名前"),
        "hazards": _("災害の種類"),
        "area": _("地域"),
        "checkin": _("受付"),
        "drill": _("訓練"),
        "group": _("いつ出すか"),
        "icon": _("絵"),
        "hint": _("説明"),
        "number_label": _("番号の名前"),
        "questions": _("質問"),
        "stop": _("行き先"),
        "department_id": _("部署"),
        "due_days": _("日数"),
        "active": _("出すかどうか"),
        "order": _("順番"),
    }


def _openings() -> dict[str, str]:
    return {
        "unopened": _("未開設"),
        "preparing": _("準備中"),
        "open": _("開設"),
        "closed": _("閉鎖"),
        "always": _("いつでも入れる"),
        "unknown": _("わからない"),
    }


def _verbs() -> dict[str, str]:
    """What is done to many reports at once, by code."""
    return {
        "assign": _("担当を決める"),
        "prioritise": _("急ぎ具合を変える"),
        "set_due": _("期限を変える"),
        "move": _("段階を進める"),
        "merge": _("ひとつにまとめる"),
    }


def _levels() -> dict[str, str]:
    return {
        "empty": _("空いている"),
        "some": _("やや空き"),
        "crowded": _("混雑"),
        "full": _("満員"),
    }


def thing(text: str, names: Mapping[str, str]) -> str:
    """An actor or subject in words: its kind, and its name, or its id where it has none."""
    if text == "staff:unknown":
        return _("登録のない名前")
    kind, _sign, one = text.partition(":")
    word = kinds().get(kind, kind)
    return f"{word} {names.get(text) or one}" if one else word
