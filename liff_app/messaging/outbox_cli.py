"""`flask --app wsgi messages …`: what waits to be told, and what nobody knows to have arrived."""

from __future__ import annotations

import getpass

import click
from flask import current_app
from flask.cli import AppGroup

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.messaging import outbox
from liff_app.messaging.models import MessageState

group = AppGroup("messages", help="住民へのメッセージ（LINE）。")

WORDS = {
    MessageState.QUEUED: "送信待ち",
    MessageState.SENDING: "送信中",
    MessageState.SENT: "LINEが受けつけた",
    MessageState.FAILED: "LINEに断られた",
    MessageState.UNKNOWN: "届いたか分からない",
    MessageState.DROPPED: "古くなり取りやめた",
}


@group.command("status")
def status() -> None:
    """メッセージの数を状態ごとに表示します（送り終えたものは30日分）。"""
    for state, count in outbox.count_by_state(db.session).items():
        click.echo(f"{WORDS[state]}：{count:,}")
    oldest = outbox.oldest_waiting(db.session)
    if oldest is not None:
        minutes = int((clock.now() - oldest).total_seconds() // 60)
        click.echo(f"いちばん長く待っているもの：{minutes:,} 分")


@group.command("send-again")
@click.option("--dry-run", is_flag=True, help="数えるだけで、何も変えません。")
def send_again(*, dry_run: bool) -> None:
    """「届いたか分からない」メッセージを、もう一度送ります。

    すでに届いていた人には、同じ文が2度届きます。
    """
    if dry_run:
        count = outbox.count_by_state(db.session)[MessageState.UNKNOWN]
        click.echo(f"もう一度送れるもの：{count:,} 件（まだ何も変えていません）")
        return
    with transaction() as session:
        count = outbox.send_again(session, now=clock.now())
        if count:
            audit.record(
                session,
                actor=f"command:{getpass.getuser()}",
                action="message.sent_again",
                subject="messages",
                keys=current_app.config["SETTINGS"].keys,
                now=clock.now(),
                persons=count,
            )
    click.echo(f"{count:,} 件をもう一度送ります。")
