"""What may be wrong with a running town: told to `/readyz`, and by the worker's heartbeat."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import String, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from liff_app import revision
from liff_app.config import Settings
from liff_app.db import Base, UtcDateTime

WORKER_SILENT = timedelta(minutes=2)  # the worker beats every few seconds
LOW_DISK = 0.02  # share of the disk that must be free; below it nothing may be written


class Heartbeat(Base):
    """When a part of the product last said that it runs."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and whether it keeps this process from serving."""

    code: str
    stops_serving: bool


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Say that `name` runs."""
    session.merge(Heartbeat(name=name, at=now))


def faults(session: Session, settings: Settings, *, now: datetime) -> list[Fault]:
    """Everything that is wrong at the moment, worst first."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return [Fault("database_unreachable", stops_serving=True)]
    found = []
    if _revision(session) != revision.head():
        found.append(Fault("schema_outdated", stops_serving=True))
    else:
        worker = session.get(Heartbeat, "worker")
        if worker is None or now - worker.at > WORKER_SILENT:
            found.append(Fault("worker_silent", stops_serving=False))
    if _free_share(Path(settings.public_files)) < LOW_DISK:
        found.append(Fault("disk_full", stops_serving=True))
    return found


def _revision(session: Session) -> str | None:
    try:
        with session.begin_nested():
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)
    except SQLAlchemyError:
        return None  # never migrated


def _free_share(folder: Path) -> float:
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(os.fspath(folder))
    return usage.free / usage.total
