"""Checks an engineer runs after setting LINE up: each finding says what to do, in Japanese."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from liff_app.gateways.line_messaging import LineFailed, LineMessaging, LineRefused, LineTrouble
from liff_app.messaging.richmenu import MenuDefinition

_UNAUTHORIZED = 401
_FEW_LEFT = 0.9  # of the month's messages: time to talk about the plan


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its stable code, whether all is well, and a sentence for the engineer."""

    code: str
    ok: bool
    sentence_ja: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSetup:
    """What the settings say LINE should be like.

    `sample_user_ids` are a few people signed in lately who are friends of the account, or empty;
    they show whether LINE Login and the account belong to one provider.
    """

    webhook_url: str
    liff_id: str
    login_channel_ids: Collection[str]
    menus: Sequence[MenuDefinition]
    sample_user_ids: Sequence[str] = ()


def doctor(gateway: LineMessaging, setup: LineSetup) -> list[Finding]:
    """Give every finding, good ones too, in the order in which they should be mended.

    Without a working token the other checks at LINE say nothing and are left out.
    """
    findings = [_liff_channel(setup)]
    token = _token(gateway)
    findings.append(token)
    if token.ok:
        for check in (_webhook, _quota, _menus, _default_menu, _provider):
            findings.extend(_guarded(check, gateway, setup))
    return findings


def _guarded(
    check: Callable[[LineMessaging, LineSetup], Iterator[Finding]],
    gateway: LineMessaging,
    setup: LineSetup,
) -> list[Finding]:
    """Let one check that LINE does not answer not hide the others."""
    try:
        return list(check(gateway, setup))
    except LineTrouble as trouble:
        code = check.__name__.lstrip("_")
        return [Finding(code, False, f"LINEが答えませんでした（{_said(trouble)}）。")]


def _said(trouble: LineTrouble) -> str:
    return f"HTTP {trouble.status}: {trouble}" if trouble.status else str(trouble)


def _liff_channel(setup: LineSetup) -> Finding:
    """The part of a LIFF id before the hyphen is its channel: the `aud` of its tokens."""
    channel = setup.liff_id.partition("-")[0]
    if channel and channel in setup.login_channel_ids:
        return Finding("liff_channel", True, f"LIFFのチャネル {channel} のログインを受け入れます。")
    sentence = (
        f"LIFF_ID のチャネル（{channel or '未設定'}）が LINE_LOGIN_CHANNEL_IDS にありません。"
        "このままでは住民がログインできません。"
    )
    return Finding("liff_channel", False, sentence)


def _token(gateway: LineMessaging) -> Finding:
    try:
        info = gateway.bot_info()
    except LineRefused as refusal:
        if refusal.status == _UNAUTHORIZED:
            sentence = (
                "チャネルアクセストークンが無効です。LINE Developers で発行し直し、"
                "LINE_CHANNEL_ACCESS_TOKEN に設定してください。"
            )
            return Finding("token", False, sentence)
        return Finding("token", False, f"LINEに断られました（{_said(refusal)}）。")
    except LineFailed as failure:
        sentence = (
            f"LINEにつながりません（{_said(failure)}）。LINE_API_URL と、"
            "サーバーから外への通信を確かめてください。"
        )
        return Finding("token", False, sentence)
    return Finding("token", True, f"公式アカウント「{info.display_name}」（{info.basic_id}）です。")


def _webhook(gateway: LineMessaging, setup: LineSetup) -> Iterator[Finding]:
    endpoint = gateway.webhook_endpoint()
    if endpoint is None:
        sentence = f"Webhook URL が未登録です。{setup.webhook_url} を登録してください。"
        yield Finding("webhook", False, sentence)
    elif endpoint.url != setup.webhook_url:
        sentence = (
            f"Webhook URL がちがいます。いまは {endpoint.url}、正しくは {setup.webhook_url} です。"
        )
        yield Finding("webhook", False, sentence)
    elif not endpoint.active:
        sentence = (
            "Webhook の利用がオフです。LINE Developers で「Webhookの利用」をオンにしてください。"
        )
        yield Finding("webhook", False, sentence)
    else:
        yield Finding("webhook", True, "Webhook は正しく登録されています。")


def _quota(gateway: LineMessaging, _setup: LineSetup) -> Iterator[Finding]:
    quota = gateway.quota()
    if quota.limit is None:
        sentence = f"今月の送信は {quota.used:,} 通、上限はありません（地方公共団体プランなど）。"
        yield Finding("quota", True, sentence)
        return
    ok = quota.used < quota.limit * _FEW_LEFT
    advice = "" if ok else "足りなくなるおそれがあります。地方公共団体プランを確かめてください。"
    sentence = f"今月の送信は {quota.used:,} 通、上限は {quota.limit:,} 通です。{advice}"
    yield Finding("quota", ok, sentence)


def _menus(gateway: LineMessaging, setup: LineSetup) -> Iterator[Finding]:
    ids = {found.name: found.menu_id for found in gateway.rich_menus()}
    aliases = gateway.rich_menu_aliases()
    for menu in setup.menus:
        code = f"menu_{menu.mode}"
        menu_id = ids.get(menu.name)
        if menu_id is None:
            fault = "が最新ではありません"
        elif not gateway.has_rich_menu_image(menu_id):
            fault = "に画像がありません"
        elif aliases.get(menu.alias) != menu_id:
            fault = "へのタブがつながっていません"
        else:
            yield Finding(code, True, f"リッチメニュー「{menu.chat_bar_text}」は最新です。")
            continue
        sentence = (
            f"リッチメニュー「{menu.chat_bar_text}」{fault}。"
            "`flask --app wsgi line richmenu apply` を実行してください。"
        )
        yield Finding(code, False, sentence)


def _default_menu(gateway: LineMessaging, setup: LineSetup) -> Iterator[Finding]:
    menu_id = gateway.default_rich_menu()
    names = {found.menu_id: found.name for found in gateway.rich_menus()}
    shown = next((menu for menu in setup.menus if menu.name == names.get(menu_id or "")), None)
    if shown is not None:
        sentence = f"住民には「{shown.chat_bar_text}」が表示されます。"
        yield Finding("default_menu", True, sentence)
        return
    fault = "このシステムのものではありません" if menu_id else "設定されていません"
    sentence = (
        f"標準のリッチメニューが{fault}。"
        "`flask --app wsgi line richmenu apply` を実行してください。"
    )
    yield Finding("default_menu", False, sentence)


def _provider(gateway: LineMessaging, setup: LineSetup) -> Iterator[Finding]:
    """User ids differ between providers: then nobody who signed in can be written to."""
    if not setup.sample_user_ids:
        sentence = (
            "LINEログインと公式アカウントが同じプロバイダーかは、"
            "住民がログインした後に確かめられます。"
        )
        yield Finding("provider", True, sentence)
        return
    known = sum(1 for user_id in setup.sample_user_ids if gateway.knows_user(user_id))
    if known:
        yield Finding("provider", True, "ログインした住民にメッセージを送れます。")
        return
    sentence = (
        f"ログインした住民 {len(setup.sample_user_ids)} 人のだれも公式アカウントから見えません。"
        "LINEログインと Messaging API のチャネルが、別のプロバイダーにあるおそれがあります"
        "（チャネルは後から移せません）。"
    )
    yield Finding("provider", False, sentence)
