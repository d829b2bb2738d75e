"""Roles for the emulator's tests: a clock that obeys, a town's channel, a running emulator."""

import base64
import functools
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liff_app.emulator import EmulatorConfig, create_emulator
from liff_app.emulator.server import bind
from liff_app.emulator.world import World

LIFF_ID = "1234567890-AbCdEfGh"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
CONFIG = EmulatorConfig(
    # Port 9 takes no connection: webhooks of tests that do not listen end at once.
    app_url="http://localhost:9",
    liff_id=LIFF_ID,
    channel_id="1234567890",
    channel_secret="a channel secret",
    channel_token="a channel token",
    webhook_timeout_s=2.0,
)


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Town:
    """One emulator with a client, its world and its clock."""

    world: World
    client: FlaskClient
    clock: Clock

    def api(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
        content_type: str = "application/json",
    ) -> TestResponse:
        """Call the Messaging API with the channel's token."""
        token = {"Authorization": f"Bearer {self.world.config.channel_token}"}
        kwargs: dict[str, Any] = {"json": body} if body is not None else {}
        if data is not None:
            kwargs = {"data": data, "content_type": content_type}
        return self.client.open(
            f"/v2/bot{path}", method=method, headers={**token, **(headers or {})}, **kwargs
        )

    def user(self, key: str = "haru") -> str:
        """Return the user id of a resident."""
        resident = self.world.people.by_key(key)
        assert resident is not None
        return resident.user_id

    def talk(self, key: str = "haru") -> list[str]:
        """Return the texts of a resident's talk."""
        return [
            str(entry["message"].get("text")) for entry in self.world.store.talk(self.user(key))
        ]

    def code(self, key: str = "haru", **extra: str) -> str:
        """Log in and return the authorization code."""
        answer = self.client.get("/liff/v1/authorize", query_string=authorize_query(key, **extra))
        return parse_qs(urlsplit(answer.location).query)["code"][0]

    def tokens(self, key: str = "haru", **extra: str) -> dict[str, Any]:
        """Log in and exchange the code."""
        answer = self.client.post("/oauth2/v2.1/token", data=exchange_form(self.code(key, **extra)))
        return cast("dict[str, Any]", answer.get_json())


def authorize_query(key: str, **extra: str) -> dict[str, str]:
    """Return what a LIFF page asks the login page with."""
    return {
        "app_id": LIFF_ID,
        "state": "a-state",
        "response_type": "code",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "as": key,
        **extra,
    }


def exchange_form(code: str, **changed: str) -> dict[str, str]:
    """Return what a LIFF page exchanges a code with."""
    return {
        "grant_type": "authorization_code",
        "client_id": "1234567890",
        "appId": LIFF_ID,
        "code": code,
        "code_verifier": VERIFIER,
        "id_token_key_type": "JWK",
        **changed,
    }


@functools.cache
def _app() -> Flask:
    # Building the routes takes 40 ms, so the tests of one process share them; every test has a
    # world and a client of its own.
    return create_emulator(CONFIG)


def make_town(config: EmulatorConfig = CONFIG) -> Town:
    """Return an emulator with this configuration; the one made before it is no longer served."""
    clock = Clock()
    app = _app()
    app.extensions["emulator"] = World(config, clock)
    return Town(world=app.extensions["emulator"], client=app.test_client(), clock=clock)


@pytest.fixture
def town() -> Iterator[Town]:
    """Give an emulator in memory."""
    made = make_town()
    yield made
    made.world.close()


@pytest.fixture
def strict_town() -> Iterator[Town]:
    """Give an emulator with small limits: 3 pushes per 10 s, 4 messages a month."""
    config = replace(CONFIG, rate_limits={"push": (3, 10.0)}, monthly_limit=4)
    made = make_town(config)
    yield made
    made.world.close()


@dataclass(frozen=True)
class Live:
    """A running emulator and its world."""

    url: str
    world: World


@pytest.fixture
def live(socket_enabled: None) -> Iterator[Live]:
    """Give an emulator that listens on a free port."""
    app = create_emulator(CONFIG)
    server = bind(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Live(f"http://localhost:{server.server_port}", app.extensions["emulator"])
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["emulator"].close()
