"""`/api/v1/openapi.json`: the description of the API, made from what validates it."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app

from liff_app import apidoc

bp = Blueprint("openapi", __name__)


@bp.get("/openapi.json")
@apidoc.describe(apidoc.Description(summary="This description (OpenAPI 3.1)"))
def description() -> Response:
    """The OpenAPI 3.1 document."""
    settings = current_app.config["SETTINGS"]
    document = apidoc.openapi(
        current_app,
        title=f"まちまど API（{settings.municipality_name}）",
        server=settings.public_url,
    )
    answer = Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
