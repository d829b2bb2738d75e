"""Keys of other systems: shown once, good for what they were made for, and stopped at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app import clock, permissions
from liff_app.access import Audience, mount
from liff_app.audit import service as audit
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.limits import LocalCounter
from liff_app.permissions import key
from liff_app.staff import api_keys, system_guard
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.key_models import ApiKey
from liff_app.staff.vocabulary import KeyScope, Role
from tests.conftest import Visitor, colleague, on_sqlite
from tests.procedures.ground import document, publish

READ, WRITE = KeyScope.SHELTERS_READ, KeyScope.SHELTERS_WRITE
SUBMISSIONS = KeyScope.SUBMISSIONS_READ
SOME = frozenset({"000000000001"})
ROOM = "/api/v1/room"


def issue(*scopes: KeyScope, name: str = "県の防災情報システム", days: int | None = None) -> str:
    """Text of a new key; with `days`, good until so many days from now."""
    today = clock.now().astimezone(JST).date()
    last_day = today + timedelta(days=days) if days is not None else None
    ids = SOME if SUBMISSIONS in scopes else frozenset()
    draft = KeyDraft(
        name=name, scopes=frozenset(scopes or {READ}), last_day=last_day, procedures=ids
    )
    with transaction() as session:
        return api_keys.issue(session, draft, by="command:ops", now=clock.now(), readable=ids)[1]


@pytest.fixture
def room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An address for other systems, opened by `shelters:read`."""
    bp = Blueprint("room", __name__)
    bp.add_url_rule("/room", "show", lambda: system_guard.caller().actor, methods=["GET", "POST"])
    mount(app, bp, Audience.SYSTEM, "/api/v1")
    monkeypatch.setitem(permissions.NEEDS, "room.show", key(READ))
    return app


def ask(app: Flask, text: str | None, *, method: str = "GET") -> tuple[int, str]:
    """Status and, where it failed, the code."""
    headers = {} if text is None else {"Authorization": f"Bearer {text}"}
    answer = Visitor(app).open(ROOM, method=method, headers=headers)
    if answer.status_code == 200:
        return 200, answer.text
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


def test_a_key_opens_what_it_was_made_for(room: Flask) -> None:
    text = issue(READ, WRITE)
    key_id = text.split("_")[1]
    assert ask(room, text) == (200, f"key:{key_id}")
    assert ask(room, text, method="POST") == (200, f"key:{key_id}"), "no form token is asked for"


def test_of_the_key_itself_nothing_is_kept(room: Flask) -> None:
    text = issue()
    row = db.session.scalars(select(ApiKey)).one()
    secret = text.split("_", 2)[2]
    for column in ApiKey.__table__.columns:
        assert secret not in str(getattr(row, column.name))
    assert len(row.digest) == 32


@on_sqlite
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _text: None,
        lambda _text: "",
        lambda _text: "mmk_",
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text.replace(text.split("_")[1], "0" * 12),
        lambda text: text.upper(),
        lambda _text: "eyJhbGciOiJFUzI1NiJ9.e30.sig",
        lambda text: text + "\u3042",
        lambda text: f"mmk_{text.split('_')[1]}_" + "あ" * 43,
    ],
)
def test_anything_else_is_told_that_it_is_no_key(room: Flask, spoil: object) -> None:
    assert callable(spoil)
    text = spoil(issue())
    header = text if text is None else text.encode().decode("latin-1")
    assert ask(room, header) == (401, "key_invalid")


@on_sqlite
def test_without_a_key_the_answer_says_what_is_wanted(room: Flask) -> None:
    answer = Visitor(room).get(ROOM)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@on_sqlite
def test_a_colleague_or_resident_is_no_system(room: Flask, resident: FlaskClient) -> None:
    assert colleague(room, *Role).get(ROOM).status_code == 401
    assert resident.get(ROOM).status_code == 401


@on_sqlite
def test_a_key_opens_no_page_of_the_console(room: Flask) -> None:
    text = issue(*KeyScope)
    headers = {"Authorization": f"Bearer {text}"}
    assert Visitor(room).get("/console/audit", headers=headers).status_code == 302
    assert Visitor(room).post("/console/audit/audit.csv", headers=headers).status_code in (401, 302)


@on_sqlite
def test_a_key_for_something_else_is_told_so(room: Flask) -> None:
    assert ask(room, issue(WRITE)) == (403, "scope_missing")


@on_sqlite
def test_a_key_with_every_scope_does_not_open_an_address_without_a_line(
    room: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(permissions.NEEDS, "room.show")
    assert ask(room, issue(*KeyScope)) == (403, "scope_missing")


def test_a_revoked_key_opens_nothing_from_that_moment(room: Flask) -> None:
    text, other = issue(), issue(name="ほかのシステム")
    assert ask(room, text)[0] == 200
    with transaction() as session:
        api_keys.revoke(session, text.split("_")[1], now=clock.now())
    assert ask(room, text) == (401, "key_invalid")
    assert ask(room, other)[0] == 200


@on_sqlite
def test_a_key_is_good_through_its_last_day_in_japan(app: Flask) -> None:
    text = issue(days=1)
    end = clock.now().astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    end += timedelta(days=2)
    just_before = end - timedelta(microseconds=1)
    assert api_keys.find(db.session, text, now=just_before) is not None
    assert api_keys.find(db.session, text, now=end) is None
    (view,) = api_keys.listed(db.session, now=just_before)
    assert view.last_day == just_before.date()
    assert view.state == "live"
    assert api_keys.listed(db.session, now=end)[0].state == "expired"


def test_the_last_use_is_kept_to_the_hour_and_not_written_each_time(
    room: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = issue()
    written: list[str] = []
    real = api_keys.used

    def counted(session: object, key_id: str, *, now: object) -> None:
        written.append(key_id)
        real(session, key_id, now=now)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(api_keys, "used", counted)
    for _ in range(3):
        assert ask(room, text)[0] == 200
    assert len(written) == 1
    row = db.session.scalars(select(ApiKey)).one()
    assert row.used_at is not None
    assert (row.used_at.minute, row.used_at.second, row.used_at.microsecond) == (0, 0, 0)


@on_sqlite
def test_a_key_may_ask_120_times_a_minute_and_uses_up_nobody_elses(room: Flask) -> None:
    room.extensions["limits"] = LocalCounter(clock=lambda: 1000.0)
    text, other = issue(), issue(name="ほかのシステム")
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    for _ in range(150):
        assert ask(room, wrong) == (401, "key_invalid")
    assert {ask(room, text)[0] for _ in range(120)} == {200}
    assert ask(room, text) == (429, "too_many")
    assert ask(room, other)[0] == 200


@on_sqlite
@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (KeyDraft(name=" ", scopes=frozenset({READ})), ["name"]),
        (KeyDraft(name="x" * 81, scopes=frozenset({READ})), ["name"]),
        (KeyDraft(name="a\nb\0", scopes=frozenset({READ})), ["name"]),
        (KeyDraft(name="x", scopes=frozenset()), ["scopes"]),
        (KeyDraft(name="x", scopes=frozenset({READ}), last_day=date(2020, 1, 1)), ["last_day"]),
        (KeyDraft(name="", scopes=frozenset(), last_day=date(2020, 1, 1)),
         ["name", "scopes", "last_day"]),
        (KeyDraft(name="県の防災情報システム", scopes=frozenset({READ})), ["name"]),
        (KeyDraft(name="x", scopes=frozenset({SUBMISSIONS})), ["procedures"]),
        (KeyDraft(name="x", scopes=frozenset({READ}), procedures=SOME), ["procedures"]),
        (KeyDraft(name="x", scopes=frozenset({SUBMISSIONS}), procedures=SOME), ["procedures"]),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused_with_every_reason(
    app: Flask, draft: KeyDraft, fields: list[str]
) -> None:
    issue()
    with pytest.raises(InputInvalid) as refused, transaction() as session:
        api_keys.issue(session, draft, by="command:ops", now=clock.now())
    assert [error.field for error in refused.value.errors] == fields


@on_sqlite
def test_a_name_is_free_again_once_its_key_was_stopped(app: Flask) -> None:
    first = issue()
    with transaction() as session:
        api_keys.revoke(session, first.split("_")[1], now=clock.now())
    issue()
    assert [view.state for view in api_keys.listed(db.session, now=clock.now())] == [
        "live",
        "revoked",
    ]


@on_sqlite
def test_a_key_is_stopped_once_and_only_if_there_is_one(app: Flask) -> None:
    key_id = issue().split("_")[1]
    with pytest.raises(NotFound), transaction() as session:
        api_keys.revoke(session, "0" * 12, now=clock.now())
    with transaction() as session:
        api_keys.revoke(session, key_id, now=clock.now())
    with pytest.raises(Conflict), transaction() as session:
        api_keys.revoke(session, key_id, now=clock.now())


def deeds() -> list[tuple[str, str]]:
    """What the log says was done to what."""
    db.session.rollback()
    return [(event.action, event.subject) for event in audit.events(db.session)]


def run(app: Flask, *args: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["staff", "api-key", *args])
    return done.exit_code, done.output


def test_the_commands_make_list_and_stop_a_key(room: Flask) -> None:
    both = ("--scope", READ.value, "--scope", WRITE.value)
    code, output = run(room, "add", "県の防災情報システム", *both, "--expires", "2099-03-31")
    assert code == 0
    text = output.splitlines()[-1]
    key_id = text.split("_")[1]
    assert ask(room, text) == (200, f"key:{key_id}")
    code, listed = run(room, "list")
    assert code == 0
    assert "1 件" in listed
    assert "2099-03-31 まで" in listed
    assert text.split("_", 2)[2] not in listed
    assert run(room, "revoke", key_id)[0] == 0
    assert ask(room, text) == (401, "key_invalid")
    assert run(room, "revoke", key_id)[0] == 1
    assert run(room, "revoke", "0" * 12)[0] == 1
    assert deeds() == [("key.issued", f"key:{key_id}"), ("key.revoked", f"key:{key_id}")]


@on_sqlite
def test_a_command_that_is_refused_says_why_and_writes_nothing(app: Flask) -> None:
    code, output = run(app, "add", "x", "--scope", READ.value, "--expires", "2020-01-01")
    assert code == 1
    assert "期限は今日より後にしてください。" in output
    assert run(app, "add", "x", "--scope", "everything")[0] == 2
    assert not deeds()


def test_a_command_names_what_a_key_may_read(app: Flask) -> None:
    with transaction() as session:
        mihon = publish(session, document()).procedure_id
    reads = ("add", "基幹システム", "--scope", SUBMISSIONS.value)
    assert run(app, *reads)[0] == 1
    code, output = run(app, *reads, "--procedure", "mihon", "--procedure", "nothing")
    assert (code, "手続きがありません：nothing" in output) == (1, True)
    assert run(app, *reads, "--procedure", "mihon")[0] == 0
    (view,) = api_keys.listed(db.session, now=clock.now())
    assert view.procedures == (mihon,)
    assert "submissions:read mihon" in run(app, "list")[1]
