"""`flask --app wsgi audit …`: is the log what was written, and where does it end."""

from __future__ import annotations

import re

import click
from flask import current_app
from flask.cli import AppGroup

from liff_app.audit import service
from liff_app.audit.chain import Break, Noted
from liff_app.db import db

group = AppGroup("audit", help="監査の記録。")

WORDS = {
    "changed": "書きかえられています。",
    "missing": "消されています。",
    "surplus": "あとから足されています。",
    "head_missing": "記録の終わりを示す行が消されています。",
    "head_changed": "記録の終わりを示す行が書きかえられています。",
    "key_missing": "確かめる鍵がありません。DATA_KEYS に古い鍵を戻して、もう一度確かめてください。",
    "noted_missing": "控えにある記録がありません。消されたか、古い写しに戻されています。",
    "noted_differs": "控えと一致しません。記録が作りかえられています。",
}
NOTED = re.compile(r"([1-9][0-9]{0,9}):([0-9a-f]{16,64})")


def noted_values(
    _ctx: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> list[Noted]:
    """What was noted down earlier. Raises BadParameter for what is no `N:SEAL`."""
    found = []
    for text in texts:
        match = NOTED.fullmatch(text.strip().lower())
        if match is None:
            raise click.BadParameter("「番号:印」の形で書いてください（印は16字以上）。")
        found.append(Noted(int(match[1]), match[2]))
    return found


@group.command("verify")
@click.option("--noted", "noted", multiple=True, callback=noted_values, metavar="N:SEAL",
              help="前に控えた「番号:印」。何度でも書けます。")  # fmt: skip
def verify(noted: list[Noted]) -> None:
    """監査の記録に、書きかえ・削除・挿入・並べかえがないか確かめます。"""
    keys = current_app.config["SETTINGS"].keys
    verdict = service.verify(db.session, keys, noted=noted)
    click.echo(f"確かめた記録：{verdict.counted} 件")
    for one in verdict.disposed:
        click.echo(f"  控え {one.number}：保存期間を過ぎて消えた記録なので、比べられません。")
    if verdict.broken:
        click.echo(f"壊れています：{place(verdict.broken)}")
        raise click.exceptions.Exit(1)
    if verdict.head is None:
        click.echo("記録はまだ1件もありません。")
        return
    click.echo("異常はありません。")
    click.echo(f"今の終わり（紙などに控えてください）：{verdict.head}")


def place(broken: Break) -> str:
    """The first broken place, in words."""
    return f"{broken.number} 番の記録：{WORDS[broken.code]}"
