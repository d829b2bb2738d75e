"""An issuer that hangs or fails holds nobody up, and one that exaggerates is not believed."""

from __future__ import annotations

import io
import threading
import time
import urllib.error
import urllib.request
from datetime import timedelta
from email.message import Message

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import clock, telemetry
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.gateways.staff_oidc import SILENT, IdentityRefused, IssuerSilent
from liff_app.staff import by_issuer, single_sign_on
from liff_app.staff.models import Account
from liff_app.staff.signing_in import SignInRefused
from liff_app.staff.vocabulary import Role
from tests.conftest import make_colleague

from .people import enrol
from .test_single_sign_on import JOURNEY, Issuer, gateway, leave


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


class Hanging(Issuer):
    """Answers nobody before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, request: urllib.request.Request, timeout_s: float) -> bytes:
        self.begun.set()
        assert self.go_on.wait(10)
        return super().__call__(request, timeout_s)


def test_nobody_waits_while_another_asks_a_hanging_issuer() -> None:
    issuer, now = Hanging(), clock.now()
    ours, found = gateway(issuer), list[str]()
    first = threading.Thread(
        target=lambda: found.append(ours.address(JOURNEY, again=False, now=now))
    )
    first.start()
    assert issuer.begun.wait(10)
    before = time.monotonic()
    for _ in range(5):
        with pytest.raises(IssuerSilent):
            ours.address(JOURNEY, again=False, now=now)
    assert time.monotonic() - before < 1
    issuer.go_on.set()
    first.join()
    assert len(found) == 1
    assert ours.address(JOURNEY, again=False, now=now) == found[0]


def test_the_old_document_serves_while_a_new_one_is_fetched() -> None:
    issuer, now = Hanging(), clock.now()
    issuer.go_on.set()
    ours = gateway(issuer)
    ours.address(JOURNEY, again=False, now=now)
    issuer.go_on.clear()
    issuer.begun.clear()
    later = now + timedelta(hours=2)
    first = threading.Thread(target=lambda: ours.address(JOURNEY, again=False, now=later))
    first.start()
    assert issuer.begun.wait(10)
    assert ours.address(JOURNEY, again=False, now=later)
    with pytest.raises(IssuerSilent):
        ours.address(JOURNEY, again=False, now=now + timedelta(days=2))
    issuer.go_on.set()
    first.join()


def test_a_silent_issuer_is_left_alone_for_a_while(issuer: Issuer) -> None:
    ours, now = gateway(issuer), clock.now()
    issuer.silent = True
    for _ in range(6):
        with pytest.raises(IssuerSilent):
            ours.address(JOURNEY, again=False, now=now)
    assert len(issuer.asked) == 1
    issuer.silent = False
    assert ours.address(JOURNEY, again=False, now=now + SILENT)


def test_a_wrong_document_is_not_asked_for_again_at_once(issuer: Issuer) -> None:
    issuer.document["issuer"] = "https://login.example.com"
    ours, now = gateway(issuer), clock.now()
    for _ in range(3):
        with pytest.raises(IssuerSilent):
            ours.address(JOURNEY, again=False, now=now)
    assert len(issuer.asked) == 1


def test_codes_are_not_exchanged_with_an_issuer_that_fell_silent(issuer: Issuer) -> None:
    ours, now = gateway(issuer), clock.now()
    ours.address(JOURNEY, again=False, now=now)
    issuer.silent, known = True, len(issuer.asked)
    for _ in range(4):
        with pytest.raises(IssuerSilent):
            ours.identity("code", JOURNEY, now=now)
    assert len(issuer.asked) == known + 1


@pytest.mark.parametrize(("status", "refused"), [(400, IdentityRefused), (500, IssuerSilent)])
def test_a_code_that_is_refused_shuts_nobody_else_out(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, status: int, refused: type[Exception]
) -> None:
    ours, now = gateway(issuer), clock.now()
    ours.address(JOURNEY, again=False, now=now)

    def no() -> str:
        raise urllib.error.HTTPError("x", status, "no", Message(), io.BytesIO())

    with monkeypatch.context() as during:
        during.setattr(issuer, "token", no)
        with pytest.raises(refused):
            ours.identity("made-up", JOURNEY, now=now)
    assert ours.identity("code", JOURNEY, now=now).name == "madoka"


def test_a_proof_from_the_future_counts_from_now(issuer: Issuer) -> None:
    now = clock.now()
    issuer.claims = {"auth_time": int(now.timestamp()) + 86_400}
    assert gateway(issuer).identity("code", JOURNEY, now=now).proven_at == now


def test_the_log_says_why_an_identity_was_refused(
    issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer.claims = {"nonce": "x" * 20}
    telemetry.configure_logging("WARNING")
    with pytest.raises(IdentityRefused):
        gateway(issuer).identity("code", JOURNEY, now=clock.now())
    assert '"fault": "nonce"' in capsys.readouterr().err


@pytest.mark.parametrize("path", ["start", "callback"])
def test_one_address_begins_and_comes_back_so_often(
    app: Flask, client: FlaskClient, issuer: Issuer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_sign_on, "BY_ADDRESS", 3)
    app.extensions["staff_oidc"] = gateway(issuer)
    answers = [client.get(f"/console/oidc/{path}") for _ in range(8)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]
    assert answers[0].status_code in (302, 401)


@pytest.mark.parametrize(
    "name", ["\u212aanri", "kanri ", " kanri", "kan\u0131ri", "kanri\n", "ｋａｎｒｉ"]
)
def test_only_a_login_names_own_letters_open_its_account(app: Flask, name: str) -> None:
    account_id, _ = make_colleague(Role.ADMINISTRATOR)
    with transaction() as session:
        row = session.get_one(Account, account_id)
        row.login = "kanri"

    def enter(shown: str) -> str:
        with transaction() as session:
            return by_issuer.open_console(
                session, shown, proven_at=None, known=None, browser="Edge", now=clock.now()
            ).account_id

    assert enter("Kanri") == account_id
    with pytest.raises(SignInRefused):
        enter(name)


def test_who_came_by_the_issuer_and_was_refused_is_in_the_log(
    app: Flask, client: FlaskClient, issuer: Issuer
) -> None:
    enrol(app, Role.VIEWER)
    state = leave(app, issuer, client)
    issuer.claims |= {"preferred_username": "nobody"}
    assert client.get(f"/console/oidc/callback?code=c&state={state}").status_code == 401
    last = db.session.query(AuditEvent).order_by(AuditEvent.number.desc()).limit(1).one()
    assert (last.actor, last.action, last.subject) == (
        "system", "staff.sign_in_refused", "staff:unknown"
    )  # fmt: skip
    assert "nobody" not in last.detail
