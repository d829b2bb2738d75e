"""Alembic, asked from inside the product: upgrade, downgrade, and where the database is."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from liff_app.revision import FOLDER


def config(engine: Engine | None = None) -> Config:
    """Alembic's configuration, bound to `engine`."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.set_main_option("path_separator", "os")
    settings.attributes["engine"] = engine
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema forward to `revision`."""
    command.upgrade(config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the schema back to `revision`."""
    command.downgrade(config(engine), revision)


def current(engine: Engine) -> str | None:
    """Revision the database is at, None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
