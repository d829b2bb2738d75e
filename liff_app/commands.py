"""Which commands there are; each is imported when it is called.

Importers, drawing and LINE's SDK have no business in a web process: together they cost over a
second and half of its memory. What keeps any of them from its work (no tables yet, no
database, no room to write) is told here, in one sentence.
"""

from __future__ import annotations

import copy
import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError
from werkzeug.utils import import_string

COMMANDS = {
    "access": "liff_app.cli:gate",
    "audit": "liff_app.audit.cli:group",
    "db": "liff_app.cli:database",
    "demo": "liff_app.cli:town",
    "disaster": "liff_app.shelters.disasters.cli:group",
    "keys": "liff_app.cli:key_ring",
    "line": "liff_app.messaging.cli:group",
    "reports": "liff_app.reports.places.cli:group",
    "messages": "liff_app.messaging.outbox_cli:group",
    "postal": "liff_app.procedures.postal.cli:group",
    "retention": "liff_app.cli:rules",
    "settings": "liff_app.cli:table",
    "shelters": "liff_app.shelters.cli:lists",
    "staff": "liff_app.staff.cli:group",
    "towns": "liff_app.towns.cli:group",
    "worker": "liff_app.cli:run_worker",
}
NO_DATABASE = (
    "データベースを使えません。`db upgrade` を済ませたか、DATABASE_URL が正しいか確かめてください。"
)
FULL = (errno.ENOSPC, errno.EDQUOT)


class LazyCommands(AppGroup):
    """The app's commands, found by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """Every name, in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """The command of that name, imported now; None if there is none."""
        path = COMMANDS.get(cmd_name)
        return _told_plainly(import_string(path)) if path else None


def _told_plainly(command: click.Command) -> click.Command:
    """The command, with a sentence instead of a traceback for what its engineer can mend.

    A copy that differs in `invoke`: `flask` takes commands from the app's group one by one and
    never invokes the group itself.
    """
    told = copy.copy(command)
    told.invoke = _plainly(command.invoke)  # type: ignore[assignment]  # see above
    return told


def _plainly(invoke: Callable[[click.Context], Any]) -> Callable[[click.Context], Any]:
    def invoked(ctx: click.Context) -> object:
        try:
            return invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            cause = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
            raise click.ClickException(f"{NO_DATABASE}（{cause}）") from None
        except OSError as error:
            place = _place(error)
            if place is None:
                raise
            raise click.ClickException(f"ファイルを書けません：{place}") from None

    return invoked


def _place(error: OSError) -> str | None:
    """What could not be written, without its folder; None for an error that is about no file."""
    if error.filename is not None:
        return Path(str(error.filename)).name
    return "ディスクがいっぱいです。" if error.errno in FULL else None
