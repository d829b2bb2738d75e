"""A public file as an answer: ready bytes, an ETag, 304 for who has it, gzip for who reads it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_REFUSES_GZIP = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One public answer, ready to be sent: its ETag, its bytes, and the same bytes compressed."""

    etag: str
    body: bytes
    compressed: bytes
    media_type: str

    @property
    def tag(self) -> str:
        """The ETag as a header spells it."""
        return f'"{self.etag}"'


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and bytes, not yet anybody's response object."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


Shortcut = Callable[[Mapping[str, Any]], Reply | None]
"""Answers a GET from what is in hand, or gives None where the app itself must look."""


def public_file(version: str, body: bytes, media_type: str) -> PublicFile:
    """The bytes with their version, compressed once."""
    return PublicFile(version, body, gzip.compress(body, 6, mtime=0), media_type)


def reply(file: PublicFile, environ: Mapping[str, Any], cache: str) -> Reply:
    """The file for this request, kept by caches as `cache` says; readable from any site."""
    headers = [
        ("ETag", file.tag),
        ("Cache-Control", cache),
        ("Vary", "Accept-Encoding"),
        ("Access-Control-Allow-Origin", "*"),
    ]
    # A quoted tag cannot be part of another one, so a list of tags needs no taking apart.
    if file.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        return Reply("304 NOT MODIFIED", headers, b"")
    body = file.body
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    if "gzip" in accepted and not _REFUSES_GZIP.search(accepted):
        headers.append(("Content-Encoding", "gzip"))
        body = file.compressed
    headers.append(("Content-Type", file.media_type))
    headers.append(("Content-Length", str(len(body))))
    return Reply("200 OK", headers, body)
