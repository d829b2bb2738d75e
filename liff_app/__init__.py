"""Machimado: a town's window inside LINE."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from liff_app import (
    access,
    assets,
    compression,
    config,
    db,
    errors,
    headers,
    i18n,
    limits,
    surfaces,
    telemetry,
    vendor,
    webforms,
)
from liff_app.addresses import ColumnInteger
from liff_app.commands import LazyCommands
from liff_app.config import Settings
from liff_app.edge import Edge
from liff_app.gateways.file_store import FileStore
from liff_app.gateways.file_store_local import LocalStore
from liff_app.gateways.hook_caller import HttpHookCaller
from liff_app.gateways.line_jwks import JwksSource
from liff_app.gateways.line_login import LineLogin, LocalLineLogin
from liff_app.gateways.staff_oidc import IssuerOidc, StaffOidc
from liff_app.identity import guard
from liff_app.identity.sessions import ServerSessions

MAX_BODY_BYTES = 1024 * 1024  # routes that take files ask for more: `photos.serving.make_room`


def create_app(settings: Settings | None = None) -> Flask:
    """The whole product as one WSGI app. Raises SettingsInvalid naming every fault at once."""
    settings = settings or config.read(os.environ)
    telemetry.configure_logging(settings.log_level)
    app = Flask(__name__, static_folder=None, template_folder="../templates")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.env == "test",
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
    )
    app.cli = LazyCommands()
    app.url_map.converters["int"] = ColumnInteger
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.session_interface = ServerSessions(secure=settings.secure_cookies)
    app.extensions.update(
        limits=limits.counter(settings.redis_url),
        file_store=_file_store(settings),
        line_login=_line_login(settings),
        staff_oidc=_staff_oidc(settings),
        hook_caller=HttpHookCaller(settings.webhook_origins, db.in_transaction),
    )
    # What counts and refuses comes first; what stands in front answers last.
    compression.init_app(app)
    headers.init_app(app, settings)
    telemetry.init_app(app)
    access.init_app(app)
    db.init_app(app, settings.database_url)
    i18n.init_app(app)
    webforms.init_app(app)
    errors.init_app(app, surfaces.to_sign_in)
    app.jinja_env.globals.update(
        static_url=assets.static_url,
        inline_css=assets.inline_css,
        leaflet_url=vendor.leaflet_url,
        csp_nonce=headers.csp_nonce,
        municipality_name=lambda: settings.municipality_name,
        signed_in=lambda: guard.current_session().resident_id is not None,
    )
    surfaces.mount_all(app, settings)
    _trust_proxies(app, settings.trusted_proxies)
    app.wsgi_app = Edge(  # type: ignore[method-assign]  # the documented way to wrap
        app.wsgi_app, settings, app.extensions["shortcuts"], app.extensions["metrics"].count
    )
    return app


def _file_store(settings: Settings) -> FileStore:
    """Where photos and attachments lie: a folder, or a bucket."""
    if not settings.file_store.startswith("s3://"):
        return LocalStore(Path(settings.file_store))
    # Imported here: a town with a folder does not carry the client of S3.
    from liff_app.gateways.file_store_s3 import S3Store  # noqa: PLC0415 - an optional part

    return S3Store.at(
        settings.file_store,
        key_id=settings.file_store_key_id,
        secret=settings.file_store_secret,
    )


def _line_login(settings: Settings) -> LineLogin:
    """Verifier of LINE's ID tokens, keeping LINE's keys in a file for the time LINE is down."""
    folder = Path(settings.local_state)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = JwksSource(settings.line_login_jwks_url, cache_path=folder / "line-keys.json")
    audiences = frozenset(settings.line_login_channel_ids)
    return LocalLineLogin(keys, issuer=settings.line_login_issuer, audiences=audiences)


def _staff_oidc(settings: Settings) -> StaffOidc | None:
    """The town's own issuer for colleagues; None where the settings name none."""
    if not settings.staff_oidc_issuer:
        return None
    return IssuerOidc(
        settings.staff_oidc_issuer,
        client_id=settings.staff_oidc_client_id,
        client_secret=settings.staff_oidc_client_secret,
        redirect_uri=f"{settings.public_url}/console/oidc/callback",
        claim=settings.staff_oidc_claim,
    )


def _trust_proxies(app: Flask, hops: int) -> None:
    """Take the caller's address from as many proxies as the town has; never the host."""
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way to wrap
            app.wsgi_app, x_for=hops, x_proto=0, x_host=0, x_port=0
        )
