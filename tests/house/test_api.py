"""The API: described, answering as described, and wrong in one shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from pydantic import BaseModel

from liff_app import apidoc, clock, demo_town
from liff_app.access import Audience, mount
from liff_app.apidoc import Description
from liff_app.db import db, transaction
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.filling import consent
from liff_app.reports import casework
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import Status
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.vocabulary import Hazard
from liff_app.staff import api_keys
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.vocabulary import KeyScope
from tests.conftest import HANAKO, Tokens, on_sqlite
from tests.procedures.ground import document as document_of
from tests.procedures.ground import page, publish, question, small_pages
from tests.reports.reporting import picture

pytestmark = on_sqlite
METHODS = {"get", "post", "put", "patch", "delete"}
TYPES = {"string", "number", "integer", "boolean", "array", "object", "null"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = answer.get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def values(node: object) -> Iterator[tuple[str, object]]:
    """Every key and value anywhere in the document."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield from item.items()
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def described(app: Flask) -> dict[tuple[str, str], Description]:
    """What each API rule says of itself. Raises KeyError for one that says nothing."""
    return {
        (rule.rule, method): vars(app.view_functions[rule.endpoint])["api"]
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith("/api/")
    }


def test_every_api_address_is_described(app: Flask, document: dict[str, Any]) -> None:
    found = {(path, method.upper()) for path, method, _ in operations(document)}
    assert found == {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule), method) for rule, method in described(app)
    }


def test_an_address_without_description_is_noticed(app: Flask) -> None:
    bp = Blueprint("undescribed", __name__)
    bp.add_url_rule("/undescribed", view_func=lambda: "x", endpoint="x")
    mount(app, bp, Audience.ANYONE, "/api/v1")
    with pytest.raises(KeyError):
        described(app)


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    assert set(document) <= {"openapi", "info", "servers", "paths", "components", "security"}
    assert all(re.match(r"https?://", server["url"]) for server in document["servers"])
    for path, method, operation in operations(document):
        assert path.startswith("/api/")
        assert method in METHODS
        assert operation["summary"]
        assert operation["responses"]
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert response["description"]
            for kind, content in response.get("content", {}).items():
                assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind)
                assert set(content) <= {"schema", "example", "examples"}


def test_parameters_are_whole_and_named_once(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        found = operation.get("parameters", [])
        keys = [(p["in"], p["name"]) for p in found]
        assert len(set(keys)) == len(keys)
        assert {n for where, n in keys if where == "path"} == set(re.findall(r"{(\w+)}", path))
        for parameter in found:
            assert parameter["in"] in {"path", "query", "header"}
            assert isinstance(parameter["schema"], dict)
            assert parameter["in"] != "path" or parameter["required"] is True
        body = operation.get("requestBody")
        assert body is None or all("schema" in one for one in body["content"].values())


def test_every_reference_leads_to_a_schema(document: dict[str, Any]) -> None:
    references = [value for key, value in values(document) if key == "$ref"]
    assert len(references) >= 5
    for reference in references:
        head, name = str(reference).rsplit("/", 1)
        assert head == "#/components/schemas"
        assert name in document["components"]["schemas"]


def test_schemas_use_the_types_of_json_schema(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        kinds = [v for k, v in values(schema) if k == "type" and isinstance(v, str)]
        assert set(kinds) <= TYPES, name
        assert set(schema.get("required", [])) <= set(schema.get("properties", {}))


def test_converters_of_addresses_are_not_part_of_a_parameters_name(app: Flask) -> None:
    bp = Blueprint("typed", __name__)

    @bp.get("/things/<int:thing_id>/<name>")
    @apidoc.describe(Description(summary="A thing"))
    def thing(thing_id: int, name: str) -> str:
        return f"{thing_id} {name}"

    mount(app, bp, Audience.ANYONE, "/api/v1")
    paths = apidoc.openapi(app, title="t", server="http://localhost")["paths"]
    found = paths["/api/v1/things/{thing_id}/{name}"]["get"]["parameters"]
    assert [one["name"] for one in found] == ["thing_id", "name"]


def a_key() -> str:
    """The text of a key that opens the API but for submissions, while a disaster is on."""
    with transaction() as session:
        drill = DisasterDraft(name="訓練", hazards=(Hazard.FLOOD,), drill=True)
        disasters.start(session, drill, by="command:test", now=clock.now())
        scopes = frozenset(KeyScope) - {KeyScope.SUBMISSIONS_READ}
        draft = KeyDraft(name="外のシステム", scopes=scopes)
        return api_keys.issue(session, draft, by="command:test", now=clock.now())[1]


def a_reader(procedure_id: str) -> dict[str, str]:
    """How a system proves itself that may read that procedure's submissions."""
    ids = frozenset({procedure_id})
    draft = KeyDraft(
        name="基幹システム", scopes=frozenset({KeyScope.SUBMISSIONS_READ}), procedures=ids
    )
    with transaction() as session:
        made = api_keys.issue(session, draft, by="command:test", now=clock.now(), readable=ids)
    return {"Authorization": f"Bearer {made[1]}"}


def samples(client: FlaskClient, tokens: Tokens) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Good calls of every operation that says what it answers."""
    here = {"lat": "33.53", "lon": "130.47"}
    place = next(iter(shelters.board().now(db.session, clock.now()).finder.places)).id
    bearer = {"Authorization": f"Bearer {a_key()}"}
    return {
        ("/api/v1/shelters/<shelter_id>/status", "PUT"): [
            {"path": f"/api/v1/shelters/{place}/status", "headers": bearer, "json": said}
            for said in ({"opening": "open", "people": 5}, {"unchanged": True}, {"level": "full"})
        ],
        ("/api/v1/session", "POST"): [{"json": {"id_token": tokens.make(HANAKO)}}],
        ("/api/v1/shelters/nearest", "GET"): [
            {"query_string": here},
            {"query_string": here | {"hazard": "flood", "limit": "50"}},
            {"query_string": here | {"purpose": "stay"}},
            {"query_string": {"lat": "-90", "lon": "180"}},
        ],
        **reported(client, tokens),
        **applied(client, tokens),
    }


def applied(client: FlaskClient, tokens: Tokens) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The same for procedures."""
    with transaction() as session:
        form = publish(
            session, document_of(*small_pages(), page("more", question("paper", Kind.PHOTO))),
            now=clock.now(),
        )  # fmt: skip
    db.session.close()
    bearer = {"Authorization": f"Bearer {tokens.make(HANAKO)}"}
    base, one = "/api/v1/procedures", f"/api/v1/procedures/{form.slug}"
    answers = {"name": "山田 花子", "kind": "sofa", "count": 2}
    said = {"version": form.number, "consent": consent.spelled(form, "ja"), "answers": answers}
    draft = client.post(f"{one}/drafts", headers=bearer).get_json()["draft"]
    number = client.post(f"{one}/submissions", json=said, headers=bearer).get_json()["number"]
    more = said | {"answers": answers | {"phone": "0312345678"}}
    files = f"{base}/drafts/{draft}/files"
    return {
        (base, "GET"): [{}],
        (f"{base}/<slug>", "GET"): [{"path": one}],
        (f"{base}/<slug>/drafts", "POST"): [{"path": f"{one}/drafts", "headers": bearer}],
        (f"{base}/<slug>/submissions", "POST"): [
            {"path": f"{one}/submissions", "headers": bearer, "json": one_more}
            for one_more in (said, more)
        ],
        (f"{base}/<slug>/submissions", "GET"): [
            {"path": f"{one}/submissions", "headers": a_reader(form.procedure_id)}
        ],
        (f"{base}/drafts/<ref>/files", "POST"): [
            {"path": files, "query_string": {"path": "paper"}, "data": picture(),
             "headers": bearer},
        ],
        ("/api/v1/submissions/<number>", "GET"): [
            {"path": f"/api/v1/submissions/{number}", "headers": bearer}
        ],
    }  # fmt: skip


def reported(client: FlaskClient, tokens: Tokens) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The same for damage reports, by a program that acts for a resident."""
    bearer = {"Authorization": f"Bearer {tokens.make(HANAKO)}"}
    here = {"lat": 35.6073, "lon": 140.2941}
    told = {"category": "road", "description": "穴があいています。", **here}
    base = "/api/v1/reports"
    ref = client.post(base, json=told, headers=bearer).get_json()["id"]
    one = f"{base}/{ref}"
    with transaction() as session:  # so that 直った／まだ is asked
        casework.move(
            session, ref, to=Status.FIXED, text="直しました。", version=1, actor="staff:a",
            scope=Scope(), now=clock.now(),
        )  # fmt: skip
    calls: dict[tuple[str, str], list[dict[str, Any]]] = {
        (base, "POST"): [{"json": told | {"lat": 35.61}}, {"json": told | {"category": "light"}}],
        (f"{base}/<ref>/photos", "POST"): [{"path": f"{one}/photos", "data": picture()}],
        (base, "GET"): [{}],
        (f"{base}/<ref>", "GET"): [{"path": one}],
        (f"{base}/<ref>/join", "POST"): [{"path": f"{one}/join"}],
        (f"{base}/<ref>/fix-answer", "POST"): [
            {"path": f"{one}/fix-answer", "json": {"answer": "not_yet", "text": "まだです"}}
        ],
        (f"{base}/nearby", "GET"): [{"query_string": here | {"category": "road"}}],
        (f"{base}/categories", "GET"): [{}],
        (f"{base}/place", "GET"): [{"query_string": here}],
        (f"{base}/assets", "GET"): [{"query_string": {"number": "A-12", "category": "light"}}],
    }
    return {key: [one | {"headers": bearer} for one in ways] for key, ways in calls.items()}


def test_answers_are_what_their_models_say(app: Flask, client: FlaskClient, tokens: Tokens) -> None:
    demo_town.load(now=clock.now())
    calls = samples(client, tokens)
    modelled = {key: text.answer for key, text in described(app).items() if text.answer}
    text_of = described(app)
    assert set(modelled) == set(calls), "give the new operation a good call above"
    for (path, method), model in modelled.items():
        for call in calls[path, method]:
            answer = client.open(call.pop("path", path), method=method, **call)
            assert answer.status_code in (200, text_of[path, method].success), answer.text
            check(model, answer.get_json())


def check(model: type[BaseModel], body: Any) -> None:  # noqa: ANN401 - JSON is any
    read = model.model_validate_json(json.dumps(body), strict=True)
    assert read.model_dump(mode="json", exclude_unset=True) == body


def test_an_answer_with_a_field_too_many_is_seen(app: Flask) -> None:
    class Small(BaseModel):
        a: int

    check(Small, {"a": 1})
    with pytest.raises(AssertionError):
        check(Small, {"a": 1, "b": 2})


WRONG = [
    "",
    "lat=1",
    "lat=x&lon=1",
    "lat=nan&lon=1",
    "lat=91&lon=0",
    "lat=1&lon=inf",
    "lat=1e400&lon=1",
    "lat=%00&lon=1",
    "lat=1&lon=%ff",
    "lat=1&lon=1&limit=0",
    "lat=1&lon=1&limit=51",
    "lat=1&lon=1&limit=9999999999999999999999",
    "lat=1&lon=1&hazard=rain",
    "lat=1&lon=1&x=1",
]


@pytest.mark.parametrize("query", WRONG)
def test_wrong_questions_name_their_fields(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/shelters/nearest?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    body = apidoc.Problem.model_validate(answer.get_json())
    assert body.code == "input_invalid"
    assert body.errors
    assert all(one.field and one.message.endswith("。") for one in body.errors)


def test_every_error_under_the_api_is_a_problem(app: Flask, client: FlaskClient) -> None:
    for rule in {rule for rule, _ in described(app)}:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"):
            answer = client.open(rule, method=method, data=b"\xff", content_type="text/plain")
            if answer.status_code >= 400:
                assert answer.mimetype == "application/problem+json"
                body = apidoc.Problem.model_validate(answer.get_json())
                assert body.status == answer.status_code
