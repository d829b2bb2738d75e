"""The public shelter files on disk, for nginx or a CDN to serve while the product rests.

Written beside their address (`shelters/snapshot.json`, `.gz` next to it), each in one rename: a
reader sees the old file or the new one, never half of either.
"""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from liff_app.db import db
from liff_app.shelters import service

FOLDER = Path("api") / "v1" / "shelters"


def write(root: str, *, now: datetime) -> int:
    """The files hold what the board says; gives how many had to be written."""
    moment = service.board().now(db.session, now)
    folder = Path(root) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for name, file in (("snapshot.json", moment.snapshot), ("status.json", moment.status)):
        written += _replace(folder / name, file.body)
        written += _replace(folder / f"{name}.gz", file.compressed)
    return written


def _replace(path: Path, content: bytes) -> int:
    """1 if the file had to be written, 0 if it held the content already."""
    if path.exists() and path.read_bytes() == content:
        return 0
    file = tempfile.NamedTemporaryFile(dir=path.parent, delete=False)  # noqa: SIM115 - closed below
    made = Path(file.name)
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)  # a full disk is not made fuller
        raise
    return 1
