"""Security headers and the content security policy.

Pages carry a nonce. Pages that caches keep carry hashes instead, because a kept nonce is a reused
one. JSON and files get a policy that allows nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g

from liff_app.config import Settings

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    # Not `no-referrer`: with it browsers send `Origin: null` with every posted form, and the guard
    # could not tell ours from another site's (seen in Chromium 156). Other sites learn nothing.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"),
)
NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
HAZARD_TILES = "https://disaportaldata.gsi.go.jp"
HSTS = "max-age=63072000; includeSubDomains"
NO_POLICY = ("Content-Security-Policy", NOTHING)
NOT_MODIFIED = 304
NOT_KEPT = ("Cache-Control", "no-store")


def csp_nonce() -> str:
    """The nonce of this answer's inline style, made on first use."""
    nonce: str | None = g.get("csp_nonce")
    if nonce is None:
        nonce = g.csp_nonce = secrets.token_urlsafe(16)
    return nonce


def style_hash(css: str) -> str:
    """The CSP source that allows exactly this inline style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}'"


class Policy:
    """The policies of one app: which origins pages may use, and who may frame them."""

    def __init__(self, settings: Settings) -> None:
        tiles = urlsplit(settings.map_tiles_url)
        tile_origin = f"{tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""
        images = " ".join(filter(None, ["'self'", "data:", "blob:", tile_origin, HAZARD_TILES]))
        # The emulator shows our pages in its phone; production refuses to start with one.
        frames = settings.emulator_origin if not settings.is_production else None
        self.tail = (
            f"img-src {images}; font-src 'self'; object-src 'none'; base-uri 'none'; "
            f"form-action 'self'; frame-ancestors {frames or chr(39) + 'none' + chr(39)}"
        )
        sdk = urlsplit(settings.liff_sdk_url)
        self.sdk_origin = f"{sdk.scheme}://{sdk.netloc}"
        api = settings.line_api_url
        self.sdk_calls = f"{api} https://liffsdk.line-scdn.net" if not frames else api

    def page(self, *, entry: bool = False) -> str:
        """Policy of an ordinary page; `entry` is the one page that runs LINE's SDK."""
        script = f" {self.sdk_origin}" if entry else ""
        connect = f" {self.sdk_calls}" if entry else ""
        types = "" if entry else "; require-trusted-types-for 'script'"
        nonce = csp_nonce()
        return (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'{script}; "
            f"style-src 'self' 'nonce-{nonce}'; connect-src 'self'{connect}; {self.tail}{types}"
        )

    def cached_page(self, styles: tuple[str, ...]) -> str:
        """Policy of a page that shared caches may keep: hashes of its inline styles, no nonce."""
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self' {' '.join(styles)}; "
            f"connect-src 'self'; {self.tail}; require-trusted-types-for 'script'"
        )


def constant(settings: Settings) -> list[tuple[str, str]]:
    """The headers that every answer carries alike; `edge.py` adds them."""
    found = list(ALWAYS)
    if settings.is_production or settings.emulator_origin is None:
        found.append(("X-Frame-Options", "DENY"))  # the emulator's phone frames our pages
    if settings.public_url.startswith("https://"):
        found.append(("Strict-Transport-Security", HSTS))
    return found


def init_app(app: Flask, settings: Settings) -> None:
    """Give every page its policy; what is no page gets one that allows nothing, from `edge.py`."""
    policy = app.extensions["policy"] = Policy(settings)

    @app.after_request
    def add(response: Response) -> Response:
        page = (
            response.content_type.startswith("text/html") and response.status_code != NOT_MODIFIED
        )
        if page and "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = policy.page()
        return response
