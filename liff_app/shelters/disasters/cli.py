"""`flask --app wsgi disaster …`: the same operations as the console's."""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.errors import DomainError
from liff_app.shelters import open_data
from liff_app.shelters.disasters import service
from liff_app.shelters.disasters.service import Amendment, DisasterDraft
from liff_app.shelters.lists.exports import DRILL_COLUMN
from liff_app.shelters.service import policy
from liff_app.shelters.terminal import author, plain_line, refusal
from liff_app.shelters.vocabulary import Hazard

group = AppGroup("disaster", help="災害の始まりと終わり。")

hazard_codes = click.Choice([h.value for h in Hazard])


def _note(session: Session, action: str, disaster_id: str, **detail: str | int | bool) -> None:
    """The event is in the log, in the same transaction."""
    audit.record(
        session,
        actor=author(),
        action=action,
        subject=f"disaster:{disaster_id}",
        keys=current_app.config["SETTINGS"].keys,
        now=clock.now(),
        detail=detail,
    )


def _minute(moment: datetime) -> str:
    return moment.astimezone(clock.JST).strftime("%Y-%m-%d %H:%M")


@group.command("start")
@click.argument("name", callback=plain_line)
@click.option(
    "--hazard",
    "hazards",
    multiple=True,
    required=True,
    type=hazard_codes,
    help="何の災害か。いくつでも書けます。はじめの1つを住民に示します。",
)
@click.option("--area", default="", help="住民に見せる地域（200字まで）。例：市内全域")
@click.option("--checkin", is_flag=True, help="避難所で受付（だれが来たか）をします。")
@click.option("--drill", is_flag=True, help="訓練です。")
def start(name: str, hazards: tuple[str, ...], area: str, *, checkin: bool, drill: bool) -> None:
    """災害（または訓練）を始めます。住民の画面が災害時の順になります。"""
    draft = DisasterDraft(
        name=name,
        hazards=tuple(Hazard(code) for code in hazards),
        area=area,
        checkin=checkin,
        drill=drill,
    )
    try:
        with transaction() as session:
            disaster = service.start(session, draft, by=author(), now=clock.now())
            _note(session, "disaster.started", disaster.id, drill=drill, hazards=disaster.hazards)
    except DomainError as error:
        raise refusal(error) from None
    click.echo(f"始めました：{name}{'（訓練）' if drill else ''}")


@group.command("amend")
@click.option("--name", callback=plain_line, help="新しい名前。")
@click.option(
    "--hazard", "hazards", multiple=True, type=hazard_codes,
    help="新しい災害の種類。書いたものに全部入れかわります。",
)  # fmt: skip
@click.option("--area", help='新しい地域。消すときは --area ""。')
@click.option("--checkin/--no-checkin", default=None, help="避難所での受付をする・しない。")
def amend(
    name: str | None, hazards: tuple[str, ...], area: str | None, *, checkin: bool | None
) -> None:
    """始まっている災害（または訓練）の内容を直します。"""
    amendment = Amendment(
        name=name,
        hazards=tuple(Hazard(code) for code in hazards) or None,
        area=area,
        checkin=checkin,
    )
    if amendment == Amendment():
        raise click.ClickException("直す内容がありません。")
    try:
        with transaction() as session:
            changed = service.amend(session, amendment, by=author(), now=clock.now())
            disaster = service.current(session)
            if changed and disaster:
                _note(session, "disaster.amended", disaster.id, changed=",".join(sorted(changed)))
    except DomainError as error:
        raise refusal(error) from None
    click.echo(f"直しました：{len(changed)} 項目" if changed else "同じ内容です。")


@group.command("stop")
def stop() -> None:
    """始まっている災害（または訓練）を終えます。"""
    try:
        with transaction() as session:
            ended = service.stop(session, by=author(), now=clock.now())
            name = ended.name
            _note(session, "disaster.stopped", ended.id, drill=ended.drill)
    except DomainError as error:
        raise refusal(error) from None
    click.echo(f"終えました：{name}")


@group.command("list")
def show() -> None:
    """これまでの災害と訓練を、新しい順に並べます。"""
    lines = service.every(db.session)
    for line in lines:
        until = _minute(line.ended_at) if line.ended_at else "いま"
        mark = "（訓練）" if line.drill else ""
        click.echo(f"{line.id}　{_minute(line.started_at)} 〜 {until}　{line.name}{mark}")
    click.echo(f"{len(lines)} 件")


def eei_file(disaster_id: str | None, name: str) -> bytes:
    """The states of a disaster to be written to a file of that name; the log has it.

    Without an id of the open one. Raises ClickException for a drill whose file does not say so.
    """
    on = service.current(db.session)
    wanted = disaster_id or (on.id if on else "")
    try:
        line = service.find(db.session, wanted)
    except DomainError:
        raise click.ClickException(
            "その災害はありません。`disaster list` で番号が出ます。"
        ) from None
    if line.drill and DRILL_COLUMN not in name:
        raise click.ClickException(
            f"訓練の記録です。ファイルの名前に「{DRILL_COLUMN}」を入れてください。"
        )
    body = open_data.eei_csv(db.session, line, policy())
    with transaction() as session:
        _note(session, "disaster.exported", line.id, format="eei")
    return body
