"""`flask --app wsgi staff …`: accounts of colleagues, for whoever runs the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from flask import current_app, url_for
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.errors import DomainError, InputInvalid
from liff_app.staff import forms, queries, service, setting_up
from liff_app.staff.key_cli import api_key, author
from liff_app.staff.rules import Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role
from liff_app.staff.words import narrowed, role_names

group = AppGroup("staff", help="職員のアカウント。")
group.add_command(api_key)

Result = TypeVar("Result")
STATES = {
    queries.State.ACTIVE: "使用中",
    queries.State.INVITED: "招待中",
    queries.State.LINK_OVER: "リンク切れ",
    queries.State.NO_LINK: "リンク未発行",
    queries.State.DISABLED: "停止",
}


class GrantType(click.ParamType[Grant]):
    """`ROLE`, `ROLE:shelter=ID` or `ROLE:department=ID`."""

    name = "grant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Grant:
        """The grant that was spelled."""
        if isinstance(value, Grant):
            return value
        role, *narrowed = str(value).split(":")
        pairs = dict(part.partition("=")[::2] for part in narrowed)
        try:
            grant = Grant(Role(role), **pairs)
        except (ValueError, TypeError):
            self.fail(
                f"役割は {', '.join(Role)} のいずれかです。"
                ":shelter=ID か :department=ID で絞れます。",
                param,
                ctx,
            )
        if not grant.is_possible:
            self.fail("この役割は、そのようには絞れません。", param, ctx)
        return grant


@group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="職員の名前。")
@click.option("--role", "grants", type=GrantType(), multiple=True, required=True,
              metavar="ROLE[:shelter=ID][:department=ID]",
              help="役割。何度でも書けます。")  # fmt: skip
def add(login: str, name: str, grants: tuple[Grant, ...]) -> None:
    """職員を加え、パスワードを決めるための1回だけのリンクを出します。"""

    def work(session: Session) -> str:
        forms.at_places_there_are(grants, current_app.extensions["staff_shelters"](session))
        draft = AccountDraft(login=login, name=name, grants=grants)
        account_id = service.add_account(session, draft, now=clock.now())
        token = setting_up.make_link(session, account_id, now=clock.now())
        _note(session, "staff.added", account_id)
        return token

    _show_link(_done(work))


@group.command("link")
@click.argument("login")
def link(login: str) -> None:
    """新しいリンクを出します。前のパスワードと電話、ログインはすべて終わります。"""

    def work(session: Session) -> str:
        account_id = queries.id_of(session, login)
        token = setting_up.make_link(session, account_id, now=clock.now())
        _note(session, "staff.link_made", account_id)
        return token

    _show_link(_done(work))


@group.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """職員を停止します。すぐにログアウトし、もうログインできません。"""

    def work(session: Session) -> None:
        account_id = queries.id_of(session, login)
        by_issuer = current_app.extensions["staff_oidc"] is not None
        if service.disable(session, account_id, now=clock.now(), by_issuer=by_issuer):
            _note(session, "staff.disabled", account_id)

    _done(work)
    click.echo("停止しました。")


@group.command("list")
def show() -> None:
    """職員の一覧です。"""
    views = queries.accounts(db.session, now=clock.now())
    departments, names = queries.department_names(db.session), role_names()
    for view in views:
        grants = "、".join(_spelled(grant, names, departments) for grant in view.grants)
        click.echo(f"{view.login}　{view.name}　{STATES[view.state]}　{grants or '役割なし'}")
    click.echo(f"{len(views)} 件")


def _spelled(grant: Grant, names: dict[Role, str], departments: dict[str, str]) -> str:
    where = narrowed(grant, departments, {})
    return f"{names[grant.role]}（{where}）" if where else names[grant.role]


def _done(work: Callable[[Session], Result]) -> Result:
    """What the work gives, committed; a refusal is one sentence on the terminal."""
    try:
        with transaction() as session:
            return work(session)
    except InputInvalid as error:
        raise click.ClickException("\n".join(one.message for one in error.errors)) from None
    except DomainError as error:
        raise click.ClickException(error.shown_title) from None


def _note(session: Session, action: str, account_id: str) -> None:
    audit.record(
        session,
        actor=author(),
        action=action,
        subject=f"staff:{account_id}",
        keys=current_app.config["SETTINGS"].keys,
        now=clock.now(),
    )


def _show_link(token: str) -> None:
    with current_app.test_request_context(base_url=current_app.config["SETTINGS"].public_url):
        path = url_for("staff_welcome.show", token=token)
    click.echo("このリンクを本人に渡してください（72時間、1回だけ使えます）。")
    click.echo(f"{current_app.config['SETTINGS'].public_url}{path}")
