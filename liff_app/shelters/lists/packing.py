"""From bytes to a known format: gzip undone under a limit, kind and encoding found by content."""

from __future__ import annotations

import codecs
import re
import zlib
from enum import Enum, auto
from typing import Final

from liff_app.shelters.lists.errors import (
    FileBroken,
    FormatUnknown,
    ListTooLarge,
    NotDecodable,
)
from liff_app.shelters.lists.model import ReadOptions

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_CHUNK: Final = 1 << 20
_MAX_MEMBERS: Final = 100  # each costs a copy of what is left; tools that split files make a few
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CP932_UNDEFINED: Final = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_BINARY_STARTS: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")


class Kind(Enum):
    """Formats told apart by content; a file name may be wrong."""

    WORKBOOK = auto()
    JSON = auto()
    TEXT = auto()


def unpack(data: bytes, options: ReadOptions) -> bytes:
    """Take `data` out of its gzip if it has one; never more than `max_unpacked_bytes`."""
    if len(data) > options.max_bytes:
        raise ListTooLarge(_too_large("ファイル", options.max_bytes))
    if not data.strip():
        raise FormatUnknown("ファイルが空です。")
    if not data.startswith(_GZIP):
        return data
    return _gunzip(data, options.max_unpacked_bytes)


def kind_of(data: bytes) -> Kind:
    """Format of unpacked bytes."""
    if data.startswith(_ZIP):
        return Kind.WORKBOOK
    if data.startswith(_OLE):
        raise FormatUnknown(
            "古いExcel形式（.xls）か、パスワード付きのファイルです。"
            "パスワードを外し、.xlsx か CSV で保存し直してください。"
        )
    if data.startswith((*_BINARY_STARTS, _GZIP)):
        raise FormatUnknown("CSV、TSV、XLSX、GeoJSON のいずれでもありません。")
    start = data[:_CHUNK].removeprefix(codecs.BOM_UTF8).lstrip()
    return Kind.JSON if start.startswith((b"{", b"[")) else Kind.TEXT


def encoding_of(data: bytes) -> str:
    """Find the encoding of a whole text: byte-order mark, else strict UTF-8, else CP932.

    CP932 and not Shift_JIS: town lists hold ①, ㈱ and 髙, which Shift_JIS proper lacks. Every byte
    is tried, because a file may be ASCII for its first thousand lines.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        candidates = ("utf-8", "cp932")
    furthest = 0
    for encoding in candidates:
        fault = _first_fault(data, encoding)
        if fault is None:
            return encoding
        furthest = max(furthest, fault)
    line = data.count(b"\n", 0, furthest) + 1
    raise NotDecodable(
        f"文字コードを判別できません（ファイルの{line}行目付近）。"
        "UTF-8 か Shift_JIS（CP932）で保存し直してください。"
    )


def _first_fault(data: bytes, encoding: str) -> int | None:
    """Offset of the first byte that does not belong to the encoding, None if all do."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    # In pieces: the text of the nation's list as one str would take 50 MB more.
    for start in range(0, len(data) + 1, _CHUNK):
        kept = len(decoder.getstate()[0])
        is_last = start + _CHUNK > len(data)
        try:
            text = decoder.decode(data[start : start + _CHUNK], is_last)
        except UnicodeDecodeError as error:
            return start - kept + error.start
        # Python's cp932 lets bytes pass that the code page leaves undefined.
        undefined = _CP932_UNDEFINED.search(text) if encoding == "cp932" else None
        if undefined is not None:
            return start - kept + len(text[: undefined.start()].encode(encoding))
    return None


def _gunzip(data: bytes, max_bytes: int) -> bytes:
    """All members of a gzip file, stopped as soon as the limit is passed."""
    parts: list[bytes] = []
    room = max_bytes
    rest = data
    while rest:
        if len(parts) == _MAX_MEMBERS:
            raise FileBroken(
                "圧縮ファイル（.gz）が細かく分かれすぎています。圧縮し直してください。"
            )
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            part = stream.decompress(rest, room + 1)
        except zlib.error as error:
            raise FileBroken("圧縮ファイル（.gz）が壊れています。") from error
        if len(part) > room:
            raise ListTooLarge(_too_large("展開後のファイル", max_bytes))
        if not stream.eof:
            raise FileBroken("圧縮ファイル（.gz）が途中で切れています。")
        parts.append(part)
        room -= len(part)
        # Tools pad the end of a gzip file with zeros; anything else is a further member.
        rest = stream.unused_data.lstrip(b"\0")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(what: str, max_bytes: int) -> str:
    return f"{what}が大きすぎます（上限 {max_bytes // 1024 // 1024} MB）。"
