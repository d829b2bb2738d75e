"""Keys for development and test, made by the process itself where none are set."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

FILE = Path("var") / "development-keys.json"


@dataclass(frozen=True, slots=True)
class MadeKeys:
    """A signing key and a key ring of one key, as the settings would spell them."""

    secret_key: str
    data_keys: str


def make(*, persist: bool, file: Path = FILE) -> MadeKeys:
    """Fresh keys; with `persist` the same ones at every later start (the file is 0600)."""
    if persist and file.exists():
        return MadeKeys(**json.loads(file.read_text(encoding="utf-8")))
    made = MadeKeys(
        secret_key=secrets.token_urlsafe(48),
        data_keys="k1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    )
    if persist:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"secret_key": made.secret_key, "data_keys": made.data_keys})
        # Written whole under another name (0600), then linked: nobody ever reads half a file.
        with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            try:
                os.link(handle.name, file)
            except FileExistsError:  # another process of the same start was first
                return make(persist=True, file=file)
    return made
