"""The WSGI entry: `granian --interface wsgi wsgi:app`, `flask --app wsgi …`."""

from __future__ import annotations

import sys

from liff_app import create_app
from liff_app.closed_memory import close_memory
from liff_app.config import SettingsInvalid

close_memory()  # before the keys are read
try:
    app = create_app()
except SettingsInvalid as error:
    print("起動できません。設定を直してください。", *error.faults, sep="\n  ", file=sys.stderr)  # noqa: T201 - nothing else can speak yet
    raise SystemExit(2) from None
