"""`flask --app wsgi reports neighbours import FILE`, `… reports assets import FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from liff_app.db import db, transaction
from liff_app.reports.categories import service as categories
from liff_app.reports.places import assets as things
from liff_app.reports.places import neighbours as around
from liff_app.towns.service import TownListUnreadable

group = AppGroup("reports", help="通報の下じき（となりの町、街灯などの番号）。")
neighbours = AppGroup("neighbours", help="となりの市区町村の町丁目。")
assets = AppGroup("assets", help="街灯など、番号のついた物。")
group.add_command(neighbours)
group.add_command(assets)

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NO_OWN = "先に `towns import` で、このまちの町丁目を取り込んでください。"


@neighbours.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="数えるだけで、書きかえません。")
def import_neighbours(file: Path, *, dry_run: bool) -> None:
    """となりの町丁目を、全国の一覧（`towns import` と同じファイル）から取り込みます。"""
    code = current_app.config["SETTINGS"].municipality_code
    try:
        read = around.read_neighbours(db.session, file.read_bytes(), municipality_code=code)
    except around.NoOwnTowns:
        raise click.ClickException(NO_OWN) from None
    except TownListUnreadable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"読んだ行：{read.lines}　となりの町丁目：{len(read.rows)}")
    click.echo(f"となりの市区町村：{'、'.join(read.names) or 'ありません'}")
    if not read.rows:
        raise click.ClickException("となりの町丁目がありません。何も書きかえていません。")
    if dry_run:
        click.echo("書きかえていません（--dry-run）。")
        return
    with transaction() as session:
        count = around.import_neighbours(session, read)
    click.echo(f"取り込みました：{count} 件")


@assets.command("import")
@click.argument("file", type=FILE)
@click.option("--category", default="light", show_default=True, help="通報の種類のコード。")
@click.option("--dry-run", is_flag=True, help="数えるだけで、書きかえません。")
def import_assets(file: Path, category: str, *, dry_run: bool) -> None:
    """街灯などの一覧（CSV：番号、緯度、経度、備考）を、その種類の前の一覧と入れかえます。"""
    if categories.find(db.session, category) is None:
        raise click.ClickException(f"{category} という種類はありません。")
    try:
        read = things.read_assets(file.read_bytes(), category=category)
    except things.AssetListUnreadable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"読んだ行：{read.lines}　番号のある物：{len(read.rows)}")
    click.echo(
        f"番号がない：{read.without_number}　日本の緯度経度がない：{read.without_position}"
        f"　同じ番号：{read.repeated}"
    )
    if not read.rows:
        raise click.ClickException("使える行がありません。何も書きかえていません。")
    if dry_run:
        click.echo("書きかえていません（--dry-run）。")
        return
    with transaction() as session:
        count = things.import_assets(session, read, category=category)
    click.echo(f"取り込みました：{count} 件")
