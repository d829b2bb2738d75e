"""`flask --app wsgi staff api-key …`: keys of other systems."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.errors import DomainError, InputInvalid
from liff_app.staff import api_keys, key_reach
from liff_app.staff.api_keys import KeyDraft, KeyView
from liff_app.staff.key_reach import Readable
from liff_app.staff.key_words import state_words
from liff_app.staff.vocabulary import KeyScope

api_key = AppGroup("api-key", help="ほかのシステムの鍵。")


def author() -> str:
    """Who runs the command, as the log names them."""
    return f"command:{getpass.getuser()}"


@api_key.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True,
              type=click.Choice([scope.value for scope in KeyScope]),
              help="できること。何度でも書けます。")  # fmt: skip
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
              help="使える最後の日（日本時間）。書かなければ期限はありません。")  # fmt: skip
@click.option("--procedure", "slugs", multiple=True, metavar="NAME",
              help="申請を読んでよい手続き（住所の名前）。何度でも書けます。")  # fmt: skip
def add(
    name: str, scopes: tuple[str, ...], expires: datetime | None, slugs: tuple[str, ...]
) -> None:
    """鍵を作り、一度だけ表示します。NAME は何のシステムか。"""
    try:
        with transaction() as session:
            known = key_reach.readable(session, None)
            draft = KeyDraft(
                name=name,
                scopes=frozenset(KeyScope(scope) for scope in scopes),
                last_day=expires.date() if expires else None,
                procedures=_ids(known, slugs),
            )
            view, text = api_keys.issue(
                session, draft, by=author(), now=clock.now(), readable=[one.id for one in known]
            )
            _note(session, "key.issued", view.actor, key_reach.detail_of(view, known))
    except DomainError as error:
        raise refusal(error) from None
    click.echo(f"作りました：{view.id}　{view.name}　{' '.join(view.scopes)}")
    click.echo("この鍵は、もう表示できません。相手のシステムに入れたら、この画面を閉じてください。")
    click.echo(text)


def _ids(known: Sequence[Readable], slugs: tuple[str, ...]) -> frozenset[str]:
    """Ids of the procedures with those addresses. Raises ClickException naming what is none."""
    ids = {one.slug: one.id for one in known}
    missing = [slug for slug in slugs if slug not in ids]
    if missing:
        raise click.ClickException(f"手続きがありません：{'、'.join(missing)}")
    return frozenset(ids[slug] for slug in slugs)


@api_key.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """鍵を止めます。すぐに使えなくなります。"""
    try:
        with transaction() as session:
            view = api_keys.revoke(session, key_id, now=clock.now())
            _note(session, "key.revoked", view.actor, {})
    except DomainError as error:
        raise refusal(error) from None
    click.echo(f"止めました：{view.id}　{view.name}")


@api_key.command("list")
def show() -> None:
    """鍵の一覧です（鍵そのものは出ません）。"""
    views = api_keys.listed(db.session, now=clock.now())
    slugs = {one.id: one.slug for one in key_reach.readable(db.session, None)}
    for view in views:
        click.echo("　".join(_facts(view, slugs)))
    click.echo(f"{len(views)} 件")


def _facts(view: KeyView, slugs: Mapping[str, str]) -> tuple[str, ...]:
    end = f"{view.last_day} まで" if view.last_day else "期限なし"
    used = "未使用"
    if view.used_at:
        used = f"最後の使用 {view.used_at.astimezone(JST):%Y-%m-%d %H}時台"
    can = " ".join([*view.scopes, *(slugs[one] for one in view.procedures if one in slugs)])
    return view.id, state_words()[view.state], view.name, can, end, used


def refusal(error: DomainError) -> click.ClickException:
    """What the command says of an operation refused: every wrong field, or the one sentence."""
    fields = error.errors if isinstance(error, InputInvalid) else []
    return click.ClickException("".join(one.message for one in fields) or error.shown_title)


def _note(session: Session, action: str, subject: str, detail: dict[str, str]) -> None:
    keys = current_app.config["SETTINGS"].keys
    audit.record(session, actor=author(), action=action, subject=subject, keys=keys,
                 now=clock.now(), detail=detail)  # fmt: skip
