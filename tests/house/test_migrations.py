"""Migrations: one head, no gaps, there and back, and the models' schema at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from liff_app import revision, schema, tables
from tests.conftest import POSTGRES, answers


def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(schema.config())


def test_there_is_one_head_and_the_code_knows_it_without_alembic() -> None:
    assert scripts().get_heads() == [revision.head()]


def test_migrations_are_numbered_without_gaps_in_one_line() -> None:
    line = list(scripts().walk_revisions())[::-1]
    assert [one.revision for one in line] == [f"{n:04d}" for n in range(1, len(line) + 1)]
    assert [one.down_revision for one in line] == [None, *(one.revision for one in line[:-1])]
    for one in line:
        file = Path(one.path).name
        assert file.startswith(f"{one.revision}_"), file
        assert len(file) > len("0000_.py") + 3, f"{file}: a name says what changes"
        assert one.doc, f"{file} says what it changes"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'town.db'}")
        yield engine
        engine.dispose()
        return
    if not answers(POSTGRES, 5432):
        pytest.skip("no PostgreSQL server on loopback (TEST_POSTGRES_URL)")
    name = f"machimado_migrate_{worker_id}_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(make_url(POSTGRES).set(database=name))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, tables.metadata))


def test_there_and_back_and_there_again_gives_the_models_schema(empty: Engine) -> None:
    assert schema.current(empty) is None
    for _ in range(2):
        schema.upgrade(empty)
        assert schema.current(empty) == revision.head()
        assert differences(empty) == []
        schema.downgrade(empty, "base")
        assert set(inspect(empty).get_table_names()) <= {"alembic_version"}


def test_each_single_step_can_be_taken_back(empty: Engine) -> None:
    for one in list(scripts().walk_revisions())[::-1]:
        schema.upgrade(empty, one.revision)
        schema.downgrade(empty, one.down_revision or "base")  # type: ignore[arg-type]  # a line has one parent
        schema.upgrade(empty, one.revision)
    assert schema.current(empty) == revision.head()


def test_a_second_upgrade_changes_nothing(empty: Engine) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    assert differences(empty) == []


def test_a_planted_difference_is_seen(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("DROP INDEX ix_towns_municipality_code_name"))
        connection.execute(text("ALTER TABLE towns ADD COLUMN planted INTEGER"))
    assert len(differences(empty)) == 2


def test_every_constraint_has_a_name_that_migrations_can_use() -> None:
    for table in tables.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
