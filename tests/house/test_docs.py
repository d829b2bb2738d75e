"""What the documents say is what the product does."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from liff_app import access, permissions, settings_table, tables, worker
from liff_app.commands import COMMANDS, LazyCommands
from liff_app.settings_table import SETTINGS
from tests.conftest import on_sqlite
from tests.house.source import ROOT

DOCS = ROOT / "docs"
# Tables in which nobody could find a person. A new table stands here or in docs/operations.md.
WITHOUT_PERSONS = {
    "checkin_totals",
    "heartbeats",
    "shelter_lists",
    "shelter_sources",
    "shelter_versions",
    "shelters",
    "towns",
}


def read(name: str) -> str:
    file = DOCS / name
    assert file.is_file(), f"docs/{name} is missing"
    return file.read_text(encoding="utf-8")


def test_the_settings_are_written_down_as_they_are() -> None:
    """Mend with `make docs`."""
    assert read("settings.md") == settings_table.as_markdown()


def test_a_setting_says_what_it_is_for_and_its_unit() -> None:
    names = [one.name for one in SETTINGS]
    assert len(set(names)) == len(names)
    for one in SETTINGS:
        assert one.name.isupper(), one.name
        assert one.unit, one.name
        assert one.about.endswith("。"), one.name
        assert "\n" not in f"{one.default}{one.unit}{one.example}{one.about}", one.name


@on_sqlite
def test_the_access_table_is_written_down_as_it_is(app: Flask) -> None:
    """Mend with `make docs`."""
    assert read("access.md") == access.as_markdown(list(access.table(app)), permissions.words)


@on_sqlite
def test_every_address_of_the_product_is_mounted_for_an_audience(app: Flask) -> None:
    rows = list(access.table(app))  # raises where one is not
    assert len(rows) == len(list(app.url_map.iter_rules()))
    gate = app.extensions["access"]
    assert {row.audience for row in rows} <= set(gate.guards), "an audience without a guard"


def commands() -> list[str]:
    """Every command as it is typed after `flask --app wsgi`."""
    group, found = LazyCommands(), []
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        found += list(below(name, command))
    return sorted(found)


def below(path: str, command: click.Command) -> list[str]:
    if not isinstance(command, click.Group):
        return [path]
    return [
        text for name, child in command.commands.items() for text in below(f"{path} {name}", child)
    ]


def test_every_command_is_found() -> None:
    assert {"worker", "db upgrade", "keys rotate", "shelters import", "line doctor"} <= set(
        commands()
    )


def test_every_command_has_a_help_text() -> None:
    group = LazyCommands()
    context = click.Context(group)
    for path in commands():
        command: click.Command | None = group
        for name in path.split():
            assert isinstance(command, click.Group)
            command = command.get_command(context, name)
        assert command is not None
        assert command.help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{path} {parameter.name}"


@pytest.mark.parametrize("path", commands())
def test_every_command_is_in_the_handbook(path: str) -> None:
    assert f"`{path}" in read("operations.md") or f"wsgi {path}" in read("operations.md"), (
        f"docs/operations.md says nothing of `flask --app wsgi {path}`"
    )


def test_every_job_of_the_worker_is_in_the_handbook() -> None:
    section = read("operations.md").partition("## 裏方")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert named == [job.name for job in worker.jobs()]


def test_no_document_sends_anybody_back_to_the_first_form_of_the_database() -> None:
    newest = max(file.name[:4] for file in (ROOT / "liff_app/migrations/versions").glob("0*.py"))
    for name in ("operations.md", "production.md"):
        text = read(name)
        assert not re.search(r"db downgrade \d", text), (
            f"{name}: a number that grows old, and deletes"
        )
        assert f"データベースの版：{newest}" in text, name


@pytest.mark.parametrize("name", [one.name for one in SETTINGS])
def test_a_setting_that_a_document_names_exists(name: str) -> None:
    assert f"`{name}`" in read("settings.md")


def test_every_table_is_known_to_hold_persons_or_not() -> None:
    names = {table.name for table in tables.metadata.sorted_tables}
    assert names >= WITHOUT_PERSONS, "a table is gone: take it off the list"
    handbook = read("operations.md")
    silent = sorted(name for name in names - WITHOUT_PERSONS if f"`{name}`" not in handbook)
    assert not silent, f"docs/operations.md: purpose, retention and purging command of {silent}"


def links(text: str) -> list[str]:
    return [
        part.partition(")")[0].partition("#")[0]
        for part in text.split("](")[1:]
        if not part.startswith(("http", "#", "mailto"))
    ]


@pytest.mark.parametrize(
    "file", sorted(DOCS.rglob("*.md")), ids=lambda f: Path(f).relative_to(ROOT).as_posix()
)
def test_a_link_between_documents_leads_somewhere(file: Path) -> None:
    for target in links(file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), f"{file.name}: {target}"
