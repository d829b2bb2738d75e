"""Whether the ZIP that a workbook is may be opened at all. Looks at its directory and its XML."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from liff_app.procedures.workbooks import relations
from liff_app.procedures.workbooks.faults import Fault, WorkbookRefused

MOST_BYTES: Final = 1024 * 1024
MOST_UNPACKED: Final = 20 * 1024 * 1024
MOST_ENTRIES: Final = 200  # three sheets with comments and pictures have some thirty
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OLD: Final = b"\xd0\xcf\x11\xe0"  # .xls, and workbooks under a password
_ZIP: Final = b"PK\x03\x04"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00")
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']\s*([^\"'>]*)", re.IGNORECASE)
# What runs, or brings in what stands elsewhere. Compared in lower case.
_ACTIVE: Final = re.compile(
    r"vbaproject|xl/(?:externallinks|embeddings|activex|ctrlprops|macrosheets|dialogsheets"
    r"|querytables|connections|webextensions|model)|customui/|\.(?:bin|exe|dll|js|vbs|ole)$"
)
_HARMLESS: Final = re.compile(r"xl/printersettings/printersettings\d*\.bin$")
# What zipfile, zlib, expat and openpyxl raise on damaged parts; they have no family for them.
DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    RuntimeError,
)


def check(raw: bytes) -> None:
    """The bytes are a ZIP of sensible size with nothing in it that runs or reaches out.

    Raises WorkbookRefused. XML that declares entities is refused before any parser sees it.
    """
    _check_beginning(raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            _check_directory(entries)
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(entry.filename, archive.read(entry))
    except DefusedXmlException as error:
        raise unsafe() from error
    except (*DAMAGE, ParseError) as error:
        raise broken() from error


def refused(code: str, message: str) -> WorkbookRefused:
    """The refusal of a whole file."""
    return WorkbookRefused(Fault(code=code, message=message))


def broken() -> WorkbookRefused:
    """The refusal of a file that cannot be read to its end."""
    return refused(
        "broken", "Excelファイルが壊れています。Excelで開いて保存し直してから、お試しください。"
    )


def too_large() -> Fault:
    """The finding on a file with more than `MOST_BYTES`."""
    message = "ファイルは1MBまでです。画像や使わないシートを消してください。"
    return Fault(code="too_large", message=message)


def unsafe() -> WorkbookRefused:
    """The refusal of XML that no office program writes."""
    return refused("unsafe_xml", "Excelファイルに安全でないXMLが含まれています。")


def _check_beginning(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        raise WorkbookRefused(too_large())
    if raw.startswith(_OLD):
        raise refused(
            "old_format",
            "古い形式（.xls）か、パスワード付きのファイルです。"
            "パスワードを外し、Excelブック（.xlsx）として保存してください。",
        )
    if not raw.startswith(_ZIP):
        raise refused("not_xlsx", "Excelブック（.xlsx）ではありません。.xlsx で保存してください。")


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by the directory alone. Sizes there bind: zipfile never reads past them."""
    names = [entry.filename for entry in entries]
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        raise refused("not_xlsx", "Excelブック（.xlsx）ではありません。.xlsx で保存してください。")
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise refused(
            "unpacked_too_large",
            "ファイルを開くと20MBを超えるか、部品が多すぎます。"
            "survey・choices・settings の3つのシートだけにしてください。",
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise refused("encrypted", "パスワード付きのファイルは読み込めません。外してください。")
    if len(set(map(str.lower, names))) < len(names) or _has_odd_name(names):
        raise refused("odd_parts", "Excelファイルの中身が不自然です。Excelで保存し直してください。")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise broken()
    _check_active(map(str.lower, names))


def _has_odd_name(names: list[str]) -> bool:
    return any(
        name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/")
        for name in names
    )


def _check_active(names: Iterable[str]) -> None:
    if any(_ACTIVE.search(name) and not _HARMLESS.search(name) for name in names):
        raise refused(
            "active_content",
            "マクロ、外部へのリンク、埋め込みファイルのあるファイルは読み込めません。"
            "新しいブックに3つのシートを写して、.xlsx で保存してください。",
        )


def _check_xml(part: str, text: bytes) -> None:
    """No office program writes a DOCTYPE, or anything but UTF-8; entities become gigabytes.

    Another encoding would make the parser look for a codec: a file, which the child cannot open.
    """
    encoding = _ENCODING.search(text)
    is_wide = text.startswith(_WIDE) or b"\0" in text
    is_other = encoding is not None and encoding[1].strip().lower() != b"utf-8"
    if is_wide or is_other or _DECLARATION.search(text):
        raise unsafe()
    if relations.is_relations(part) and relations.reach_out(text):
        raise refused(
            "outside_link",
            "ほかのファイルを参照するExcelファイルは読み込めません。リンクを外してください。",
        )
