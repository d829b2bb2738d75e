"""What a phone says with a pass, as its script, its forms and headquarters say it."""

from __future__ import annotations

import secrets
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.db import transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change


def state(client: FlaskClient, token: str) -> dict[str, Any]:
    """How things stand, as an open page asks."""
    found: dict[str, Any] = client.get(f"/s/{token}/state.json").get_json()
    return found


def say(client: FlaskClient, token: str, **said: Any) -> TestResponse:  # noqa: ANN401 - any field
    """Post JSON as the script does."""
    body = {"request_key": secrets.token_hex(16)} | said
    return client.post(f"/s/{token}/change", json=body)


def press(client: FlaskClient, token: str, **form: str) -> TestResponse:
    """Post a form as a browser without script does."""
    body = {"request_key": secrets.token_hex(16)} | form
    return client.post(f"/s/{token}/change", data=body)


def by_headquarters(shelter_id: str, **said: Any) -> None:  # noqa: ANN401 - any field
    """A colleague changes the shelter's state."""
    with transaction() as session:
        occupancy.change(
            session, shelter_id, Change(**said), by="staff:hq", now=clock.now(),
            policy=shelters.policy(),
        )  # fmt: skip
