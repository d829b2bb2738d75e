"""`flask --app wsgi towns import FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from liff_app.db import transaction
from liff_app.towns import service

group = AppGroup("towns", help="町丁目の一覧。")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--municipality", help="団体コード（6桁）。書かなければ MUNICIPALITY_CODE。")
@click.option("--dry-run", is_flag=True, help="数えるだけで、書きかえません。")
def import_file(file: Path, municipality: str | None, *, dry_run: bool) -> None:
    """町丁目の一覧（CSV、.gz も可）を取り込みます。"""
    code = municipality or current_app.config["SETTINGS"].municipality_code
    try:
        read = service.read_towns(file.read_bytes(), municipality_code=code)
    except service.TownListUnreadable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"読んだ行：{read.lines}　ほかの市区町村：{read.other_municipality}")
    click.echo(f"町丁目：{len(read.rows)}　まとめた小字など：{read.subdivisions}")
    click.echo(f"緯度経度のない町丁目：{read.without_position}")
    if not read.rows:
        raise click.ClickException(f"{code} の町丁目がありません。何も書きかえていません。")
    if dry_run:
        click.echo("書きかえていません（--dry-run）。")
        return
    with transaction() as session:
        count = service.import_towns(session, read, municipality_code=code)
    click.echo(f"取り込みました：{count} 件")
