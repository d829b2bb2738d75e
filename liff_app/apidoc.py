"""OpenAPI 3.1, made from the same pydantic models that validate.

A view says `@describe(…)`; the description at `/api/v1/openapi.json` is the sum of what they say.
An API route without a description fails a house test.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema

from liff_app import strict_json
from liff_app.errors import FieldError, InputInvalid

MAX_JSON_BYTES = 64 * 1024  # no JSON call of ours needs more; files travel as multipart

_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")  # `<int:id>` is `{id}` in OpenAPI

Model = TypeVar("Model", bound=BaseModel)
View = TypeVar("View", bound=Callable[..., Any])


class ApiModel(BaseModel):
    """Input from outside: unknown fields are refused, text is not coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProblemField(BaseModel):
    """One wrong field."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem+json as every error under /api/ is answered."""

    type: str = Field(description="Always about:blank; `code` tells problems apart.")
    status: int
    code: str = Field(description="Stable; safe to branch on.")
    title: str = Field(description="One sentence in Japanese, fit to be shown.")
    request_id: str
    errors: list[ProblemField] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What one operation takes and gives."""

    summary: str
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    media_type: str = "application/json"
    success: int = 200
    errors: tuple[int, ...] = ()
    uploads: bool = False  # photos too: beside the body as a form, or the photo as the whole body
    headers: dict[str, str] = field(default_factory=dict)


def describe(description: Description) -> Callable[[View], View]:
    """Attach the description to a view."""

    def attach(view: View) -> View:
        view.api = description  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return attach


def read_query(model: type[Model]) -> Model:
    """The query string as `model`. Raises InputInvalid naming every wrong field."""
    values = request.args.to_dict()
    try:
        return model.model_validate_strings(values)
    except ValidationError as error:
        raise InputInvalid(field_errors(error)) from None


def read_body(model: type[Model]) -> Model:
    """The JSON body as `model`. Only `application/json`, so that no form of another site fits."""
    if request.mimetype != "application/json":
        raise InputInvalid([FieldError("", "not_json", "JSON で送ってください。")])
    try:
        request.max_content_length = MAX_JSON_BYTES  # before the first byte is read
        value = strict_json.loads(request.get_data(cache=False))
        return model.model_validate(value, strict=True)
    except strict_json.JsonRefused:
        raise InputInvalid([FieldError("", "unreadable", "JSON を読み取れません。")]) from None
    except ValidationError as error:
        raise InputInvalid(field_errors(error)) from None


_SENTENCES = {
    "missing": "入力してください。",
    "extra_forbidden": "この項目は使えません。",
    "enum": "決められた値から選んでください。",
    "greater_than_equal": "値が小さすぎます。",
    "less_than_equal": "値が大きすぎます。",
    "finite_number": "数を入力してください。",
    "float_parsing": "数を入力してください。",
    "int_parsing": "整数を入力してください。",
    "string_too_long": "長すぎます。",
}


def field_errors(error: ValidationError) -> list[FieldError]:
    """Every field that a model refused, in the words of the API."""
    return [
        FieldError(
            ".".join(str(part) for part in item["loc"]),
            item["type"],
            _SENTENCES.get(item["type"], "正しい値を入力してください。"),
        )
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def openapi(app: Flask, *, title: str, server: str) -> dict[str, Any]:
    """The whole description of what is mounted under /api/."""
    found = list(_described(app))
    models: set[type[BaseModel]] = {Problem}
    for _, _, text in found:
        models |= {m for m in (text.query, text.body, text.answer) if m is not None}
    ordered = sorted(models, key=lambda m: m.__name__)
    _schemas, definitions = models_json_schema(
        [(m, "validation") for m in ordered], ref_template="#/components/schemas/{model}"
    )
    components = definitions.get("$defs", {})
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, text in found:
        paths.setdefault(rule, {})[method] = _operation(rule, text, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "license": {"name": "Apache-2.0"}},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "machimado"},
                "lineIdToken": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _described(app: Flask) -> list[tuple[str, str, Description]]:
    found = []
    for rule in app.url_map.iter_rules():
        text = getattr(app.view_functions[rule.endpoint], "api", None)
        if text is not None and rule.rule.startswith("/api/"):
            path = _PARAMETER.sub(r"{\1}", rule.rule)
            found += [
                (path, m.lower(), text)
                for m in sorted(rule.methods or ())
                if m not in ("HEAD", "OPTIONS")
            ]
    return sorted(found, key=lambda item: item[:2])


def _operation(rule: str, text: Description, schemas: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(text.success).phrase}
    if text.answer is not None:
        success["content"] = {text.media_type: {"schema": _reference(text.answer)}}
    elif text.success == HTTPStatus.OK:
        success["content"] = {text.media_type: {}}
    answers: dict[str, Any] = {str(text.success): success}
    for status in text.errors:
        answers[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": _reference(Problem)}},
        }
    operation: dict[str, Any] = {"summary": text.summary, "responses": answers}
    parameters = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in rule.split("/")
        if part.startswith("{")
    ]
    if text.query is not None:
        parameters += _parameters(schemas[text.query.__name__])
    if parameters:
        operation["parameters"] = parameters
    content = _content(text)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _content(text: Description) -> dict[str, Any]:
    """The forms in which an operation takes its body."""
    content: dict[str, Any] = {}
    if text.body is not None:
        content["application/json"] = {"schema": _reference(text.body)}
    if text.uploads:
        photo = {"type": "string", "contentMediaType": "image/jpeg"}
        form = {"type": "object", "properties": {"photo": {"type": "array", "items": photo}}}
        told = [_reference(text.body), form] if text.body else [form]
        content["multipart/form-data"] = {"schema": {"allOf": told}}
        if text.body is None:
            content["image/jpeg"] = {"schema": photo}
    return content


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema.get("properties", {}).items()
    ]
