"""Logs are allow-listed JSON; metrics know routes, not addresses."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import telemetry
from tests.conftest import on_sqlite

pytestmark = on_sqlite


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_field_that_is_not_allowed_is_left_out(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.log().warning("job_done", job="x", sub="U123", lat=35.1, body="text")
    (line,) = lines(capsys)
    assert line["job"] == "x"
    assert set(line) <= telemetry.ALLOWED_FIELDS
    assert not {"sub", "lat", "body"} & set(line)


def test_what_a_library_logs_loses_its_text(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("INFO")
    logger = logging.getLogger("some.library")
    logger.warning("connected to %s", "marker-address")
    try:
        int("marker-value")
    except ValueError:
        logger.exception("failed for %s", "marker-person")
    first, second = lines(capsys)
    assert (first["event"], str(first["where"]).partition(":")[0]) == ("library", "some.library")
    assert second["error"] == "ValueError"
    assert "marker" not in json.dumps([first, second])


def test_lines_of_one_request_bear_its_id(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.name_request("request-0001")
    telemetry.log().info("job_done", job="x")
    (line,) = lines(capsys)
    assert line["request_id"] == "request-0001"
    assert str(line["timestamp"]).endswith("Z")


def test_below_the_level_nothing_is_said(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("WARNING")
    telemetry.log().info("job_done", job="x")
    assert lines(capsys) == []


def test_counters_count_routes_and_never_addresses(
    client: FlaskClient, operator: FlaskClient
) -> None:
    client.get("/static/marker-build/marker-name.css")
    client.get("/marker-unknown")
    client.get("/shelters?q=marker-query")
    text = operator.get("/metrics").text
    assert "marker" not in text
    assert 'route="/static/<build>/<path:name>",status="4xx"} 1.0' in text
    assert 'route="unknown",status="4xx"} 1.0' in text
    assert 'route="/shelters",status="2xx"} 1.0' in text


def test_unknown_addresses_cannot_grow_the_counters(
    client: FlaskClient, operator: FlaskClient
) -> None:
    for number in range(30):
        client.get(f"/unknown-{number}")
        client.open("/livez", method=f"M{number}")
    series = [x for x in operator.get("/metrics").text.splitlines() if "requests_total{" in x]
    assert len(series) <= 3
