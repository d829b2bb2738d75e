"""`flask --app wsgi shelters status`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import transaction
from liff_app.errors import DomainError
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.changes import Change, Outcome
from liff_app.shelters.terminal import author, refusal
from liff_app.shelters.vocabulary import Level, Opening


@click.command("status")
@with_appcontext
@click.argument("name")
@click.option("--opening", type=click.Choice([o.value for o in Opening]), help="開設の状態。")
@click.option("--people", type=int, help="避難している人の数。")
@click.option("--add", type=int, help="増えた人の数。減ったときは -5 のように書きます。")
@click.option(
    "--level", type=click.Choice([level.value for level in Level]), help="手で決める混みぐあい。"
)
@click.option("--note", help="住民に見せるひとこと。")
@click.option("--unchanged", is_flag=True, help="変わりなし（時刻だけ新しくします）。")
@click.option("--yes", is_flag=True, help="多すぎると思われる人数も、確かめずに書きます。")
def set_status(  # noqa: PLR0913 - options of one command
    name: str,
    opening: str | None,
    people: int | None,
    add: int | None,
    level: str | None,
    note: str | None,
    *,
    unchanged: bool,
    yes: bool,
) -> None:
    """避難所（番号または名前）の開設や人数を書きかえます。"""
    change = Change(
        opening=Opening(opening) if opening else None,
        people=people,
        people_change=add,
        level=Level(level) if level else None,
        note=note,
        confirmed=yes,
    )
    if change.says_nothing_new and not unchanged:
        raise click.ClickException("書きかえる内容がありません。変わりなしは --unchanged です。")
    try:
        status = _record(name, change).status
    except service.PeopleImprobable as error:
        raise click.ClickException(
            f"{error.people:,}人で合っていれば --yes を付けてください。"
        ) from None
    except DomainError as error:
        raise refusal(error) from None
    click.echo(f"{status.name}：{status.opening} {status.people or 0}人（{status.version}回目）")


def _record(name: str, change: Change) -> Outcome:
    now, by = clock.now(), author()
    with transaction() as session:
        shelter = shelters.find_by_name(session, name)
        outcome = service.change(
            session, shelter.id, change, by=by, now=now, policy=shelters.policy()
        )
        audit.record(
            session,
            actor=by,
            action=service.CHANGED,
            subject=f"shelter:{shelter.id}",
            keys=current_app.config["SETTINGS"].keys,
            now=now,
            detail=outcome.detail(),
        )
    return outcome
