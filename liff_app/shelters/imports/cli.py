"""`flask --app wsgi shelters editions|republish|withdraw|unplaced`: lists taken back."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.errors import DomainError, NotFound
from liff_app.i18n import jst_moment
from liff_app.shelters.differences import Difference, difference, latest_edition
from liff_app.shelters.editions import Publishable
from liff_app.shelters.imports import queries, service, words
from liff_app.shelters.imports.queries import EditionLine, ListLine
from liff_app.shelters.imports.service import Seen
from liff_app.shelters.terminal import author, refusal

SHOWN = 20  # rows named on the screen
DRY = "公開していません（--dry-run）。"


def counts(change: Difference) -> str:
    """The difference in one line."""
    return (
        f"いまとの違い：追加 {len(change.added)}　変更 {len(change.changed)}　"
        f"削除 {len(change.removed)}　そのまま {change.unchanged}"
    )


def noted(
    session: Session, action: str, made: Publishable, change: Difference, *, now: datetime
) -> None:
    """The log has the publication, by who runs the command."""
    audit.record(
        session,
        actor=author(),
        action=action,
        subject=f"list:{made.about.list_id}",
        keys=current_app.config["SETTINGS"].keys,
        now=now,
        detail=service.note_of(made, change),
    )


@click.command("editions")
@with_appcontext
@click.argument("list_id", metavar="LIST", required=False)
def editions(list_id: str | None) -> None:
    """公開した一覧の版を、新しい順に出します（LIST を書けば、その一覧だけ）。"""
    found = [one for one in queries.lists(db.session) if list_id in (None, one.id)]
    if list_id and not found:
        raise click.ClickException(f"「{list_id}」という一覧はありません。")
    for one in found:
        _print_list(one)
    click.echo(f"{len(found)} 件")


def _print_list(found: ListLine) -> None:
    click.echo(f"{found.id}　公開中 {found.rows}　位置なし {found.unplaced}　{found.attribution}")
    for one in found.editions:
        click.echo(f"  {_line(one)}")


def _line(one: EditionLine) -> str:
    now = "　いま公開中" if one.is_current else ""
    source = f"（{one.of_edition}から）" if one.of_edition else ""
    return (
        f"{one.id}　{jst_moment(one.published_at)}　{words.KIND_WORDS[one.kind]()}{source}　"
        f"{one.imported}か所　追加 {one.added}　変更 {one.changed}　削除 {one.removed}　"
        f"{one.file_name}　{one.published_by}{now}"
    )


@click.command("republish")
@with_appcontext
@click.argument("list_id", metavar="LIST")
@click.argument("edition_id", metavar="EDITION", type=int)
@click.option("--dry-run", is_flag=True, help="違いを出すだけで、公開しません。")
@click.option("--yes", is_flag=True, help="たずねずに公開します。")
def republish(list_id: str, edition_id: int, *, dry_run: bool, yes: bool) -> None:
    """一覧 LIST を、前の版 EDITION に戻します（番号は shelters editions に出ます）。"""
    try:
        if service.kept(db.session, edition_id).list_id != list_id:
            raise NotFound("another list's", title="その版は、この一覧のものではありません。")
        made = service.republication(db.session, edition_id)
        _carry_out(made, "list.republished", dry_run=dry_run, yes=yes)
    except DomainError as error:
        raise refusal(error) from None


@click.command("withdraw")
@with_appcontext
@click.argument("list_id", metavar="LIST")
@click.option("--dry-run", is_flag=True, help="消える場所を出すだけで、取り下げません。")
@click.option("--yes", is_flag=True, help="たずねずに取り下げます。")
def withdraw(list_id: str, *, dry_run: bool, yes: bool) -> None:
    """一覧 LIST を取り下げます。ほかの一覧にもない場所は、住民に出なくなります。"""
    try:
        made = service.withdrawal(db.session, list_id)
        _carry_out(made, "list.withdrawn", dry_run=dry_run, yes=yes)
    except DomainError as error:
        raise refusal(error) from None


@click.command("unplaced")
@with_appcontext
@click.argument("list_id", metavar="LIST")
def unplaced(list_id: str) -> None:
    """一覧 LIST のうち、緯度・経度が一覧にない場所を出します。"""
    rows = queries.unplaced(db.session, list_id)
    for row in rows:
        place = words.position(row)
        click.echo(f"{row['source_id']}　{row['name']}　{row['address']}　{place}")
    click.echo(f"{len(rows)} 件")


def _carry_out(made: Publishable, action: str, *, dry_run: bool, yes: bool) -> None:
    list_id = made.about.list_id
    seen = Seen(latest_edition(db.session, list_id))
    change = difference(db.session, made)
    db.session.close()  # somebody may think about it for longer than a transaction may idle
    click.echo(counts(change))
    for word, ids in (("追加", change.added), ("変更", change.changed), ("削除", change.removed)):
        for source_id in ids[:SHOWN]:
            click.echo(f"  {word}：{source_id}")
    if dry_run:
        click.echo(DRY)
        return
    if not yes and not sys.stdin.isatty():
        raise click.ClickException(
            f"{list_id} の公開中の内容が変わります。確かめたら --yes を付けてください。"
        )
    if not yes:
        click.confirm("この内容で公開しますか", abort=True)
    now = clock.now()
    with transaction() as session:
        change = service.publish(session, made, seen=seen, by=author(), now=now)
        noted(session, action, made, change, now=now)
    click.echo(f"公開しました：{list_id}（{change.edition_id}番の版）")
