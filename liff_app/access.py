"""The only gate. A blueprint comes in by `mount`, which names its audience; one guard asks.

`AUDIENCES` and `table()` are what `flask access list` prints and what the tests visit: an endpoint
without an audience answers 404 and fails the build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from flask import Blueprint, Flask, abort, current_app, request

Guard = Callable[[], None]


class Audience(StrEnum):
    """Who a group of pages is for."""

    ANYONE = "anyone"
    RESIDENT = "resident"
    SHELTER_PASS = "shelter_pass"  # noqa: S105 - an audience, not a password
    SHELTER_WRITER = "shelter_writer"  # a pass, a colleague, or a key: who may change a state
    STAFF = "staff"
    SYSTEM = "system"
    LINE_PLATFORM = "line_platform"
    OPERATOR = "operator"


# Their pages look up what they are told; pages for anyone answer to whatever is in an address.
KNOWN = (Audience.RESIDENT, Audience.SHELTER_PASS, Audience.STAFF)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access table."""

    audience: Audience
    methods: tuple[str, ...]
    rule: str
    endpoint: str


class Gate:
    """What one app knows of audiences and of how each is checked."""

    def __init__(self) -> None:
        self.audiences: dict[str, Audience] = {}
        self.guards: dict[Audience, Guard] = {Audience.ANYONE: _let_in}

    def audience_of(self, endpoint: str) -> Audience | None:
        """Audience of the endpoint's blueprint, None if it was never mounted."""
        return self.audiences.get(endpoint.rpartition(".")[0])


def init_app(app: Flask) -> None:
    """Put the guard in front of every request of the app."""
    gate = app.extensions["access"] = Gate()

    @app.before_request
    def check() -> None:
        if "machimado.foreign_host" in request.environ:
            abort(400)
        endpoint = request.endpoint
        if endpoint is None:
            return  # no rule matched: 404 or 405 is on its way
        audience = gate.audience_of(endpoint)
        guard = gate.guards.get(audience) if audience else None
        if guard is None:
            abort(404)
        guard()
        if audience in KNOWN:
            _refuse_nul()


def _refuse_nul() -> None:
    """400 for a value that PostgreSQL takes for no text, and that no keyboard types.

    JSON is read by our own loader, which refuses it; a body that is no form is left unread here.
    """
    told = [(request.view_args or {}).values(), *request.args.listvalues()]
    if request.mimetype in FORMS:
        told += request.form.listvalues()
    if any("\0" in str(value) for value in chain.from_iterable(told)):
        abort(400)


def _let_in() -> None:
    """ANYONE needs nothing."""


def set_guard(app: Flask, audience: Audience, guard: Guard) -> None:
    """Say how an audience is checked. The guard raises NotSignedIn or NotAllowed, or returns."""
    app.extensions["access"].guards[audience] = guard


def mount(app: Flask, bp: Blueprint, audience: Audience, prefix: str = "") -> None:
    """Register the blueprint for one audience below `prefix`."""
    app.extensions["access"].audiences[bp.name] = audience
    app.register_blueprint(bp, url_prefix=prefix or None)


def table(app: Flask | None = None) -> Iterator[Access]:
    """Every rule of the app with its audience, in the order of addresses."""
    app = app or current_app
    gate: Gate = app.extensions["access"]
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint)):
        audience = gate.audience_of(rule.endpoint)
        if audience is None:
            raise LookupError(f"{rule.endpoint} is not mounted for anyone")
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        yield Access(audience, methods, rule.rule, rule.endpoint)


def by_audience(row: Access) -> str:
    """Who opens the address, as far as the gate knows."""
    return row.audience.value


def as_markdown(rows: list[Access], who: Callable[[Access], str] = by_audience) -> str:
    """The text of docs/access.md; `who` says in a few words who opens an address."""
    lines = [
        "# だれがどのページを開けるか",
        "",
        "この表は `flask --app wsgi access doc` が書き、テストが照らし合わせます。",
        "",
        "| 住所 | 方法 | 開ける人 |",
        "|---|---|---|",
    ]
    lines += [f"| `{row.rule}` | {', '.join(row.methods)} | {who(row)} |" for row in rows]
    return "\n".join(lines) + "\n"
