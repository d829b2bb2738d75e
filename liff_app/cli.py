"""Commands that belong to no feature: `flask --app wsgi …`. Each prints what it counted."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from liff_app import (
    access,
    clock,
    demo_town,
    keys,
    permissions,
    retention,
    schema,
    settings_table,
    worker,
)
from liff_app.crypto import SealBroken
from liff_app.db import db, transaction
from liff_app.demo_town import reports as demo_reports
from liff_app.errors import NotAllowed

database = AppGroup("db", help="データベースの形。")
key_ring = AppGroup("keys", help="暗号の鍵。")
rules = AppGroup("retention", help="保存期間。")
gate = AppGroup("access", help="だれがどのページを開けるか。")
town = AppGroup("demo", help="見本の町。")
table = AppGroup("settings", help="設定。")


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """データベースを新しい形にします。"""
    schema.upgrade(db.engine, revision)
    click.echo(f"データベースの版：{schema.current(db.engine)}")


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """データベースを前の形に戻します。"""
    schema.downgrade(db.engine, revision)
    click.echo(f"データベースの版：{schema.current(db.engine)}")


@gate.command("list")
def access_list() -> None:
    """すべての住所と、それを開ける人の一覧です。"""
    rows = list(access.table())
    for row in rows:
        click.echo(f"{','.join(row.methods):<10}{row.rule:<44}{permissions.words(row)}")
    click.echo(f"{len(rows)} 件")


@gate.command("doc")
def access_doc() -> None:
    """docs/access.md の中身を出します。"""
    click.echo(access.as_markdown(list(access.table()), permissions.words), nl=False)


@key_ring.command("rotate")
@click.option("--dry-run", is_flag=True, help="数えるだけで、書きかえません。")
def keys_rotate(*, dry_run: bool) -> None:
    """古い鍵で閉じた値を、今の鍵で閉じなおします。"""
    try:
        with transaction() as session:
            counts = keys.rotate(session, current_app.config["SETTINGS"].keys, dry_run=dry_run)
    except SealBroken:
        raise click.ClickException(
            "開けない値があります。古い鍵が DATA_KEYS に残っているか確かめてください。"
            "何も書きかえていません。"
        ) from None
    for name, count in counts.items():
        click.echo(f"{name}：{count} 件")
    click.echo("書きかえていません（--dry-run）。" if dry_run else "終わりました。")


@rules.command("run")
@click.option("--dry-run", is_flag=True, help="数えるだけで、消しません。")
def retention_run(*, dry_run: bool) -> None:
    """保存期間の過ぎたものを消します。"""
    counts = retention.run(now=clock.now(), dry_run=dry_run)
    for name, count in counts.items():
        click.echo(f"{name}：{count} 件")
    click.echo("消していません（--dry-run）。" if dry_run else "終わりました。")


@town.command("load")
def demo_load() -> None:
    """見本の「まど市」を入れます（開発とテストだけ）。"""
    try:
        counts = demo_town.load(now=clock.now())
        counts["通報"] = demo_reports.fill(now=clock.now())
    except NotAllowed as error:
        raise click.ClickException(error.shown_title) from None
    for name, count in counts.items():
        click.echo(f"{name}：{count} 件")


@table.command("doc")
def settings_doc() -> None:
    """docs/settings.md の中身を出します。"""
    click.echo(settings_table.as_markdown(), nl=False)


@click.command("worker")
@click.option("--once", is_flag=True, help="仕事を一回りして終わります。")
@with_appcontext
def run_worker(*, once: bool) -> None:
    """裏方の仕事（公開ファイルの書き出し、片づけ）を続けます。"""
    failed = worker.run(current_app, once=once)
    if once and failed:
        raise click.exceptions.Exit(1)  # the log has said which; cron and CI go by the code
