"""The ceiling: a Flask view that returns constant JSON bytes, and nothing else."""

from __future__ import annotations

import os

from flask import Flask, Response

app = Flask(__name__)
BODY = b'{"filler":"' + b"x" * max(0, int(os.environ.get("BARE_BYTES", "2000")) - 13) + b'"}'


@app.get("/constant")
def constant() -> Response:
    """The constant."""
    return Response(BODY, content_type="application/json")
