"""`flask --app wsgi line …`: the menu residents tap, and whether the account is set up right."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import transaction
from liff_app.gateways.line_messaging import LineFailed, LineMessaging, LineTrouble
from liff_app.gateways.line_messaging_sdk import SdkLineMessaging
from liff_app.messaging import menu_follow
from liff_app.messaging.line_doctor import LineSetup
from liff_app.messaging.line_doctor import doctor as examine
from liff_app.messaging.richmenu import MenuDefinition, Mode, Service, menu_definitions
from liff_app.messaging.richmenu_apply import apply_menus

group = AppGroup("line", help="LINE公式アカウント。")
menus = AppGroup("richmenu", help="トークの下に出るメニュー。")
group.add_command(menus)

OPEN_SERVICES = (Service.SHELTERS.value, Service.REPORTS.value)  # what this version can open
# The menu page stands for the LIFF endpoint's root; who taps 「知らせる」 wants the form at once.
PATHS = {"": "menu", Service.REPORTS.value: "reports/new"}


@menus.command("apply")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default="normal",
    help="みんなの標準にするメニュー（normal はふだん、disaster は災害時）。",
)
def apply(mode: str) -> None:
    """メニューを描いて LINE に登録し、みんなの標準にします。何度行っても同じ結果です。

    災害や訓練が始まっている間は、workerが数秒で災害時のメニューに戻します。
    """
    settings: Settings = current_app.config["SETTINGS"]
    try:
        done = apply_menus(gateway(settings), definitions(settings), shown=Mode(mode))
    except LineTrouble as error:
        again = "少し待って、もう一度お試しください。" if isinstance(error, LineFailed) else ""
        raise click.ClickException(f"LINE に登録できませんでした（{error}）。{again}") from None
    with transaction() as session:
        menu_follow.note_shown(session, Mode(mode), now=clock.now())
    click.echo(
        "みんなの標準：" + ("災害時のメニュー" if mode == "disaster" else "ふだんのメニュー")
    )
    click.echo(f"作成 {len(done.created)}　そのまま {len(done.kept)}　削除 {len(done.deleted)}")


@group.command("doctor")
def doctor() -> None:
    """公式アカウントと LIFF の設定を調べます。"""
    settings: Settings = current_app.config["SETTINGS"]
    setup = LineSetup(
        webhook_url=f"{settings.public_url}/line/webhook",
        liff_id=settings.liff_id,
        login_channel_ids=settings.line_login_channel_ids,
        menus=definitions(settings),
    )
    findings = examine(gateway(settings), setup)
    for finding in findings:
        click.echo(f"{'○' if finding.ok else '×'} {finding.sentence_ja}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo(
        f"{len(findings)} 件中 {wrong} 件を直してください。" if wrong else "問題ありません。"
    )
    if wrong:
        raise SystemExit(1)


def gateway(settings: Settings) -> LineMessaging:
    """The Messaging API as the settings say."""
    return SdkLineMessaging(api_url=settings.line_api_url, token=settings.line_channel_access_token)


def definitions(settings: Settings, *, drill: bool = False) -> list[MenuDefinition]:
    """The menus of this town; during a drill the disaster's one says that it is one."""

    def liff_url(path: str) -> str:
        return f"{settings.liff_permalink_host}/{settings.liff_id}/{PATHS.get(path, path)}"

    return menu_definitions(liff_url, open_services=OPEN_SERVICES, drill=drill)
