"""`flask --app wsgi shelters …`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters import importing, open_data, refusals, service
from liff_app.shelters.differences import Difference
from liff_app.shelters.disasters.cli import eei_file
from liff_app.shelters.editions import Edition
from liff_app.shelters.importing import LONGEST_ID, Import, Prepared
from liff_app.shelters.imports.cli import editions, noted, republish, unplaced, withdraw
from liff_app.shelters.lists.errors import ListUnreadable
from liff_app.shelters.lists.model import Severity
from liff_app.shelters.occupancy.cli import set_status
from liff_app.shelters.refusals import ListReserved, SourceUnnamed
from liff_app.shelters.terminal import author, refusal

lists = AppGroup("shelters", help="避難所。")

SHOWN = 20  # problems shown on the screen; the rest go to --report
WRITERS = {
    "geojson": open_data.geojson,
    "csv": open_data.standard_csv,
    "status-csv": open_data.status_csv,
}


@lists.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preset", help="一覧の形。書かなければ見出しから見分けます。")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="列の対応表（TOML または JSON）。")  # fmt: skip
@click.option("--list", "list_id", help="一覧の名前。同じ名前の前の版と入れかえます。")
@click.option("--attribution", help="出典の表示。")
@click.option("--only", multiple=True, metavar="CODE",
              help="この団体コードの場所だけを取り込みます（何度でも書けます）。")  # fmt: skip
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path),
              help="すべての指摘を書き出す CSV。")  # fmt: skip
@click.option("--no-geocode", is_flag=True, help="緯度経度のない行の位置をさがしません。")
@click.option("--dry-run", is_flag=True, help="調べるだけで、公開しません。")
@click.option("--yes", is_flag=True, help="前の版との違いを見ずに公開します。")
def import_list(  # noqa: PLR0913 - options of one command
    file: Path,
    preset: str | None,
    mapping: Path | None,
    list_id: str | None,
    attribution: str | None,
    report: Path | None,
    only: tuple[str, ...],
    *,
    no_geocode: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """避難所の一覧（CSV・TSV・XLSX・GeoJSON、.gz も可）を取り込み、公開します。"""
    settings = current_app.config["SETTINGS"]
    if list_id is not None and not 0 < len(list_id) <= LONGEST_ID:
        raise click.ClickException(f"一覧の名前は1〜{LONGEST_ID}字です。")
    wanted = Import(
        path=file,
        preset=preset,
        mapping=mapping,
        list_id=list_id,
        attribution=attribution,
        municipality_code=settings.municipality_code,
        municipality_name=settings.municipality_name,
        geocoder_url="" if no_geocode else settings.geocoder_url,
        only=only,
    )
    try:
        prepared = importing.prepare(db.session, wanted)
    except ListUnreadable as error:
        raise click.ClickException(error.message) from None
    _print_reading(prepared)
    if report:
        report.write_bytes(importing.problem_csv(prepared.edition.parsed))
        click.echo(f"指摘を書き出しました：{report.name}")
    _refuse_empty(prepared)
    _refuse_unpublishable(prepared)
    _publish(prepared.edition, dry_run=dry_run, yes=yes)


def _refuse_empty(prepared: Prepared) -> None:
    """An edition without any place would empty the list: that is a wrong file, not an edition."""
    if not prepared.edition.parsed.rows:
        raise click.ClickException("取り込める場所が1つもありません。何も変えていません。")


def _refuse_unpublishable(prepared: Prepared) -> None:
    """What could not be published is said before anybody is asked about the difference."""
    try:
        refusals.check(prepared.edition.about)
    except ListReserved as error:
        raise refusal(error) from None
    except SourceUnnamed as error:
        raise click.ClickException(f"{error.shown_title}（--attribution）") from None


def _publish(edition: Edition, *, dry_run: bool, yes: bool) -> None:
    change = service.preview_list(db.session, edition)
    db.session.close()  # somebody may think about it for longer than a transaction may idle
    _print_difference(change)
    if dry_run:
        click.echo("公開していません（--dry-run）。")
        return
    if change.is_empty:
        click.echo("公開中の一覧と同じです。何も変えていません。")
        return
    _confirm(change, edition.list_id, yes=yes)
    now = clock.now()
    with transaction() as session:
        change = service.publish_list(session, edition, by=author(), now=now)
        noted(session, "list.published", edition, change, now=now)
    for source_id, metres in change.far_pairs[:SHOWN]:
        click.echo(f"  注意：{source_id} はほかの一覧の同じ施設から {metres:.0f} m 離れています。")
    if len(change.far_pairs) > SHOWN:
        click.echo(f"  ほか {len(change.far_pairs) - SHOWN} 件")
    click.echo(f"公開しました：{edition.list_id}")


def _print_reading(prepared: Prepared) -> None:
    edition, parsed = prepared.edition, prepared.edition.parsed
    click.echo(f"一覧の形：{parsed.preset}　文字コード：{parsed.encoding or '（なし）'}")
    hidden = sum(not row.publish for row in parsed.rows)
    click.echo(
        f"行数：{parsed.total_rows}　取り込み：{len(parsed.rows)}　"
        f"受け付けない：{parsed.rejected_rows}　空の行：{parsed.blank_rows}"
        + (f"　ほかの市区町村：{prepared.others}" if prepared.others else "")
        + (f"　非公開 {hidden}" if hidden else "")
    )
    by_source: dict[str, int] = {}
    for found in edition.positions.values():
        by_source[found.source] = by_source.get(found.source, 0) + 1
    unplaced = sum(row.lat is None for row in parsed.rows) - len(edition.positions)
    if by_source or unplaced:
        searched, towns = by_source.get("geocoder", 0), by_source.get("town", 0)
        click.echo(f"位置の補い：住所検索 {searched}　町の代表点 {towns}　わからない {unplaced}")
    for failure in prepared.failures:
        click.echo(f"  注意：住所検索が使えませんでした（{failure}）。町の一覧で補いました。")
    for problem in parsed.problems[:SHOWN]:
        kind = "誤り" if problem.severity is Severity.ERROR else "注意"
        value = f"「{problem.value}」" if problem.value else ""
        click.echo(f"  {kind}：{problem.line}行目 {problem.column or ''}{value} {problem.message}")
    if len(parsed.problems) > SHOWN:
        click.echo(f"  ほか {len(parsed.problems) - SHOWN} 件（--report で書き出せます）")


def _print_difference(change: Difference) -> None:
    click.echo(
        f"前の版との違い：追加 {len(change.added)}　変更 {len(change.changed)}　"
        f"削除 {len(change.removed)}　そのまま {change.unchanged}"
    )
    if change.relabelled:
        click.echo("出典の表示が変わります。")


def _confirm(change: Difference, list_id: str, *, yes: bool) -> None:
    """A first edition is published at once; one that changes or removes is asked about."""
    if yes or not (change.changed or change.removed or change.rivals):
        return
    for rival in change.rivals:
        click.echo(
            f"  注意：公開中の {rival} の新しい版のようです。それなら --list {rival} を付けます。"
        )
    for word, ids in (("変更", change.changed), ("削除", change.removed)):
        for source_id in ids[:SHOWN]:
            click.echo(f"  {word}：{source_id}")
    if not sys.stdin.isatty():
        raise click.ClickException(
            f"{list_id} の公開中の内容が変わります。確かめたら --yes を付けてください。"
        )
    click.confirm("この内容で公開しますか", abort=True)


@lists.command("suggest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def suggest(file: Path) -> None:
    """見たことのない一覧の、列の対応表の下書きを出します。"""
    try:
        click.echo(importing.suggestion(file).decode(), nl=False)
    except ListUnreadable as error:
        raise click.ClickException(error.message) from None


@lists.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted((*WRITERS, "eei"))),
    required=True,
    help="書き出す形。eei は国の共有項目で、災害1つの状況（公開用ではありません）。",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="書き出すファイル。",
)
@click.option("--disaster", help="eei で書き出す災害の番号。書かなければ、始まっている災害。")
def export(form: str, output: Path, disaster: str | None) -> None:
    """公開中の避難所を書き出します。"""
    if form == "eei":
        body = eei_file(disaster, output.name)
    else:
        body = WRITERS[form](service.board().now(db.session, clock.now()))
    output.write_bytes(body)
    click.echo(f"書き出しました：{open_data.count(body, form)} か所")


for command in (set_status, editions, republish, withdraw, unplaced):
    lists.add_command(command)
