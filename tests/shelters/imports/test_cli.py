"""`shelters editions`, `republish`, `withdraw` and `unplaced`, as an engineer meets them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.shelters.models import ListImport
from tests.shelters.published import publish, row

from .towns import served


def run(app: Flask, *command: str) -> tuple[int, str]:
    """Exit code and everything the command says."""
    done = app.test_cli_runner().invoke(args=["shelters", *command])
    return done.exit_code, done.output


@pytest.fixture
def two_editions(app: Flask) -> tuple[int, int]:
    """The list `town` with two editions; their numbers."""
    numbers = []
    for rows in ([row("1"), row("2", name="川端小学校")], [row("1", remarks="2階へ")]):
        edition_id = publish(*rows).edition_id
        assert edition_id is not None
        numbers.append(edition_id)
    return numbers[0], numbers[1]


def test_editions_are_listed_the_newest_first(app: Flask, two_editions: tuple[int, int]) -> None:
    code, said = run(app, "editions")
    lines = said.splitlines()
    assert code == 0
    assert lines[0].startswith("town　公開中 1　位置なし 0")
    assert lines[1].strip().startswith(f"{two_editions[1]}　")
    assert lines[1].endswith("いま公開中")
    assert "追加 2　変更 0　削除 0" in lines[2]
    assert run(app, "editions", "nowhere")[0] == 1


def test_going_back_shows_the_difference_and_asks_first(
    app: Flask, visitor: FlaskClient, two_editions: tuple[int, int]
) -> None:
    now = served(visitor)
    first = str(two_editions[0])
    code, said = run(app, "republish", "town", first, "--dry-run")
    assert (code, "追加 1　変更 1　削除 0" in said) == (0, True)
    assert "公開していません" in said
    code, said = run(app, "republish", "town", first)
    assert (code, "--yes" in said) == (1, True)
    assert served(visitor) == now
    code, said = run(app, "republish", "town", first, "--yes")
    assert (code, "公開しました：town（" in said) == (0, True)
    assert "川端小学校" in served(visitor).decode()
    assert run(app, "republish", "town", first, "--yes")[0] == 1, "it is there already"
    event = db.session.scalars(select(AuditEvent)).one()
    assert (event.action, event.subject) == ("list.republished", "list:town")
    assert event.actor.startswith("command:")


def test_an_edition_of_another_list_is_refused(app: Flask, two_editions: tuple[int, int]) -> None:
    other = publish(row("9", name="湊小学校"), list_id="other").edition_id
    code, said = run(app, "republish", "town", str(other), "--yes")
    assert (code, "この一覧のものではありません" in said) == (1, True)
    assert run(app, "republish", "town", "999999", "--yes")[0] == 1
    assert db.session.scalar(select(func.count()).select_from(ListImport)) == 3


def test_a_list_is_withdrawn_and_told_before(
    app: Flask, visitor: FlaskClient, two_editions: tuple[int, int]
) -> None:
    code, said = run(app, "withdraw", "town", "--dry-run")
    assert (code, "削除 1" in said) == (0, True)
    assert "中央小学校" in served(visitor).decode()
    assert run(app, "withdraw", "town", "--yes")[0] == 0
    assert "中央小学校" not in served(visitor).decode()
    assert run(app, "withdraw", "nowhere", "--yes")[0] == 1
    code, said = run(app, "editions", "town")
    assert "一覧の取り下げ" in said
    assert two_editions[0] in db.session.scalars(select(ListImport.id))


def test_places_without_a_position_are_listed(app: Flask) -> None:
    publish(row("1"), row("2", name="谷の集会所", lat=None, lon=None))
    code, said = run(app, "unplaced", "town")
    assert code == 0
    assert "2　谷の集会所" in said
    assert said.endswith("1 件\n")
