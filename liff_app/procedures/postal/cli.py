"""`flask --app wsgi postal import FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from liff_app.db import transaction
from liff_app.procedures.postal import service
from liff_app.procedures.postal.lists import PostalListUnreadable, read_list

group = AppGroup("postal", help="郵便番号の一覧。")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="数えるだけで、書きかえません。")
def import_file(file: Path, *, dry_run: bool) -> None:
    """日本郵便の郵便番号データ（KEN_ALL.CSV か utf_ken_all.csv）を取り込みます。"""
    try:
        read = read_list(file.read_bytes())
    except PostalListUnreadable as error:
        raise click.ClickException(f"{error}何も書きかえていません。") from None
    click.echo(f"読んだ行：{read.lines}　つないだ行：{read.joined}　重なり：{read.repeated}")
    click.echo(f"郵便番号：{read.codes}　町域が2つ以上：{read.several}")
    if dry_run:
        click.echo("書きかえていません（--dry-run）。")
        return
    with transaction() as session:
        count = service.import_list(session, read)
    click.echo(f"取り込みました：{count} 件")
