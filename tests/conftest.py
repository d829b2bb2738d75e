"""Fixtures are roles and grounds; every test that needs a database runs on each one there is."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, make_url, text
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from liff_app import clock, config, create_app, schema
from liff_app.config import Settings
from liff_app.db import db, in_transaction, transaction
from liff_app.gateways.line_login import LineIdentity, RecordingLineLogin
from liff_app.staff import form_tokens
from liff_app.staff import service as staff
from liff_app.staff import sessions as staff_sessions
from liff_app.staff.rules import Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role

from .quicker import emptied, install, spare_the_disk

install()
# No wall-clock judgement: a busy machine is no defect. In CI the same examples every time.
hypothesis.settings.register_profile("town", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("town")

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT.parent / "shared" / "data"
POSTGRES = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def answers(url: str, port: int) -> bool:
    """Whether something listens where the address points."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), 1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def settings_of() -> dict[str, str]:
    """The environment of a test town."""
    return {
        "MACHIMADO_ENV": "test",
        "PUBLIC_URL": "http://localhost",
        "MUNICIPALITY_PHONE": "000-000-0000",
        "GEOCODER_URL": "",
    }


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for every test."""
    file = tmp_path_factory.mktemp("template") / "town.db"
    engine = create_engine(f"sqlite:///{file}")
    schema.upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_database(worker_id: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test process alone."""
    if not answers(POSTGRES, 5432):
        pytest.skip("no PostgreSQL server on loopback (TEST_POSTGRES_URL)")
    name = f"machimado_test_{worker_id}_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    engine = create_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgres_broom(postgres_database: str) -> Iterator[Engine]:
    """A connection that sweeps that database after each test."""
    engine = create_engine(postgres_database)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database: SQLite, and PostgreSQL where there is one."""
    if request.param == "sqlite":
        file = tmp_path / "town.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    url: str = request.getfixturevalue("postgres_database")
    broom: Engine = request.getfixturevalue("postgres_broom")
    yield url
    emptied(broom)


# For tests whose subject is not the database: once is enough.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings_of: dict[str, str], database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test town on `database_url`."""
    return config.read(
        settings_of
        | {
            "DATABASE_URL": database_url,
            "FILE_STORE": str(tmp_path / "files"),
            "PUBLIC_FILES": str(tmp_path / "public"),
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole product on a fresh database, inside its context."""
    app = create_app(settings)
    spare_the_disk(app.extensions["engine"])
    with app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()


class Visitor(FlaskClient):
    """A browser: every request has an app context of its own, as in a real server.

    Without it requests would share the fixture's `g`, and with it nonces, tokens and sessions.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - Werkzeug's
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor nobody knows."""
    return Visitor(app)


HANAKO = "U" + "0123456789abcdef" * 2
TARO = "U" + "fedcba9876543210" * 2


class Tokens:
    """LINE ID tokens of invented people, and the recording gateway that knows them."""

    def __init__(self) -> None:
        self.gateway = RecordingLineLogin({}, in_transaction=in_transaction)

    def make(self, sub: str, *, life: timedelta = timedelta(hours=1)) -> str:
        """A new token of that person."""
        token = f"token-{secrets.token_hex(12)}"
        now = clock.now()
        self.gateway.answers[token] = LineIdentity(
            sub=sub,
            audience="1234567890",
            issued_at=now,
            expires_at=now + life,
            token_digest=hashlib.sha256(token.encode()).digest(),
        )
        return token


@pytest.fixture
def tokens(app: Flask) -> Tokens:
    """Tokens that the app accepts."""
    made = Tokens()
    app.extensions["line_login"] = made.gateway
    return made


def signed_in(app: Flask, tokens: Tokens, sub: str) -> FlaskClient:
    """A browser in which the person has signed in."""
    browser = Visitor(app)
    answer = browser.post("/api/v1/session", json={"id_token": tokens.make(sub)})
    assert answer.status_code == 200, answer.text
    return browser


@pytest.fixture
def resident(app: Flask, tokens: Tokens) -> FlaskClient:
    """A signed-in resident."""
    return signed_in(app, tokens, HANAKO)


@pytest.fixture
def stranger(app: Flask, tokens: Tokens) -> FlaskClient:
    """Another signed-in resident."""
    return signed_in(app, tokens, TARO)


class ConsoleVisitor(Visitor):
    """A colleague's browser: what it posts carries the form token that its pages show."""

    cookie = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - Werkzeug's
        if kwargs.get("method", "GET") not in ("GET", "HEAD", "OPTIONS") and self.cookie:
            kwargs["headers"] = Headers(kwargs.get("headers"))
            kwargs["headers"].setdefault("X-CSRF-Token", form_tokens.make(self.cookie))
        return super().open(*args, **kwargs)


Given = Role | tuple[Role, dict[str, str]]  # a role, or one narrowed: {"shelter": id}


def make_colleague(*grants: Given) -> tuple[str, str]:
    """Id of a new colleague with these grants, and the cookie of a browser they signed in with."""
    draft = AccountDraft(
        login=f"shokuin-{secrets.token_hex(4)}",
        name="窓口 一郎",
        grants=tuple(
            Grant(one) if isinstance(one, Role) else Grant(one[0], **one[1]) for one in grants
        ),
    )
    with transaction() as session:
        account_id = staff.add_account(session, draft, now=clock.now())
        staff.account(session, account_id).password_hash = "!"  # as after their link; fits nothing
        return account_id, staff_sessions.start(
            session, account_id, browser="Chrome（Windows）", now=clock.now()
        )


def colleague(app: Flask, *grants: Given) -> ConsoleVisitor:
    """A browser in which a colleague with these grants has signed in to the console."""
    browser = ConsoleVisitor(app)
    with app.app_context():
        _, browser.cookie = make_colleague(*grants)
    browser.set_cookie("machimado-staff", browser.cookie)
    return browser


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    """A machine of the town hall, calling from where the product runs."""
    browser = Visitor(app)
    browser.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    return browser


@pytest.fixture(scope="session")
def lists() -> Path:
    """The folder of published lists; skips by name where it is not there."""
    if not LISTS.is_dir():
        pytest.skip("no published lists beside the project (../shared/data)")
    return LISTS


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed run: everything it needs has been installed there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and not exitstatus:
        reporter.write_line("CI: skipped tests count as failures", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of this test process (pytest-xdist), or `main`."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))
