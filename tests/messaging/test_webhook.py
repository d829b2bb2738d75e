from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

SECRET = "a-channel-secret-of-the-test"
BODY = b'{"destination":"U0","events":[]}'


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@pytest.fixture
def line_platform(app: Flask) -> FlaskClient:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], line_channel_secret=SECRET)
    return app.test_client()


def test_a_signed_event_is_taken(line_platform: FlaskClient) -> None:
    answer = line_platform.post(
        "/line/webhook", data=BODY, headers={"X-Line-Signature": signature(BODY)}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (None, 400),
        ("", 400),
        ("x", 403),
        ("é", 403),
        (signature(BODY, "another secret"), 403),
        (signature(BODY + b" "), 403),
    ],
)
def test_a_forged_event_is_refused(
    line_platform: FlaskClient, given: str | None, status: int
) -> None:
    headers = {} if given is None else {"X-Line-Signature": given}
    assert line_platform.post("/line/webhook", data=BODY, headers=headers).status_code == status


def test_without_a_configured_secret_nothing_is_accepted(client: FlaskClient) -> None:
    forged = {"X-Line-Signature": signature(BODY, "")}
    assert client.post("/line/webhook", data=BODY, headers=forged).status_code == 403
