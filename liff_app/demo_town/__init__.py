"""まど市: an invented town of 12,000 people, with a river, a hill and a harbour.

Its lists are files such as a town would publish, and come in through the importer like any other.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

from liff_app.db import db, transaction
from liff_app.errors import NotAllowed
from liff_app.shelters import importing, service
from liff_app.shelters.importing import Import
from liff_app.staff import queries
from liff_app.staff import service as staff
from liff_app.staff.rules import Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role
from liff_app.towns import service as towns

FOLDER = Path(__file__).resolve().parent
BY = "demo"
ADMINISTRATOR = "madoka"  # invented; nobody signs in as her before `staff link`


def load(*, now: datetime) -> dict[str, int]:
    """The town's 町丁目 and places are there; what is there already stays as it is."""
    settings = current_app.config["SETTINGS"]
    if settings.is_production:
        raise NotAllowed("no demo in production", title="本番には見本の町を入れられません。")
    code = settings.municipality_code
    read = towns.read_towns((FOLDER / "towns.csv").read_bytes(), municipality_code=code)
    with transaction() as session:
        counts = {"町丁目": towns.import_towns(session, read, municipality_code=code)}
    for name, mapping in (("sites.csv", None), ("shelters.csv", FOLDER / "shelters.toml")):
        prepared = importing.prepare(
            db.session,
            Import(
                path=FOLDER / name,
                preset=None,
                mapping=mapping,
                list_id=f"madoshi:{name.removesuffix('.csv')}",
                attribution="出典：まど市（見本の町）の避難所一覧",
                municipality_code=code,
                geocoder_url="",
            ),
        )
        with transaction() as session:
            service.publish_list(session, prepared.edition, by=BY, now=now)
    counts["管理者"] = _an_administrator(now)
    counts["避難所"] = len(service.board().now(db.session, now).finder.places)
    return counts


def _an_administrator(now: datetime) -> int:
    """An invented administrator where the town has none; gives how many were made."""
    with transaction() as session:
        if queries.has_administrator(session):
            return 0
        draft = AccountDraft(
            login=ADMINISTRATOR,
            name="窓 まどか",
            grants=(
                Grant(Role.ADMINISTRATOR),
                Grant(Role.REPORT_REVIEWER),
                Grant(Role.PROCEDURE_REVIEWER),
            ),
        )
        staff.add_account(session, draft, now=now)
    return 1
