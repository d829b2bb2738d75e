"""Workbooks taken apart and put together again, as no office program would."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

Parts = dict[str, bytes]
Rng = random.Random
NO_ZIP = (ValueError, KeyError, IndexError, OSError, EOFError, NotImplementedError,
          RuntimeError, zlib.error, zipfile.BadZipFile)  # fmt: skip
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_BOOK = "xl/workbook.xml"
_RELS = "xl/_rels/workbook.xml.rels"
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10)
               for n in range(9))
    + b"]>"
)  # fmt: skip
_OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">'
    b'<!ENTITY % y SYSTEM "http://127.0.0.1:9/y.dtd"> %y;]>'
)


def parts_of(raw: bytes) -> Parts:
    """Every entry of a sound workbook."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def packed(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The entries as a ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


# --- bytes ---------------------------------------------------------------------------------------


def bytes_changed(raw: bytes, rng: Rng) -> bytes:
    """Some bytes are others, missing, doubled or many."""
    at, length = rng.randrange(len(raw)), rng.choice((1, 1, 2, 8, 200))
    match rng.randrange(6):
        case 0:
            return raw[:at] + rng.randbytes(length) + raw[at + length :]
        case 1:
            return raw[:at]
        case 2:
            return raw[:at] + raw[at + length :]
        case 3:
            return raw[:at] + raw[at : at + length] * 50 + raw[at:]
        case 4:
            return rng.randbytes(rng.randrange(2_000))
        case _:
            return raw[:4] + bytes(length) + raw[4:] + rng.randbytes(length)


# --- entries -------------------------------------------------------------------------------------


def entries_changed(raw: bytes, rng: Rng) -> bytes:
    """The ZIP holds something else than it should."""
    return rng.choice(_ENTRIES)(parts_of(raw), rng)


def _bomb(parts: Parts, rng: Rng) -> bytes:
    name = rng.choice((_SHEET, _STRINGS, "xl/media/image1.png", "docProps/x.xml"))
    filler = b"<row/>" if rng.random() < 0.5 else b"\0"
    return packed(parts | {name: filler * (rng.choice((3, 30, 60)) * 2**20 // len(filler))})


def _many(parts: Parts, rng: Rng) -> bytes:
    return packed(parts | {f"xl/x{n}.xml": b"<a/>" for n in range(rng.choice((150, 500, 3_000)))})


def _twice(parts: Parts, rng: Rng) -> bytes:
    file = io.BytesIO(packed(parts))
    name = rng.choice(list(parts))
    with zipfile.ZipFile(file, "a") as archive:
        info = zipfile.ZipInfo(rng.choice((name, name.upper(), name.replace("/", "\\"))))
        archive.NameToInfo.pop(info.filename, None)
        archive.writestr(info, b"<other/>")
    return file.getvalue()


def _named(parts: Parts, rng: Rng) -> bytes:
    odd = ("../../etc/cron.d/x", "/etc/passwd", "xl/vbaProject.bin", "a\0b.xml", "C:\\x.xml",
           "xl/externalLinks/externalLink1.xml", "xl/embeddings/oleObject1.bin", "é" * 300,
           "xl/connections.xml", "customUI/customUI.xml", "xl/activeX/activeX1.xml", "", "xl/",
           "xl/macrosheets/sheet1.xml", "xl/ctrlProps/ctrlProp1.xml", "xl/x.exe")  # fmt: skip
    return packed(parts | {rng.choice(odd): b"<a/>"})


def _missing(parts: Parts, rng: Rng) -> bytes:
    parts.pop(rng.choice(list(parts)))
    return packed(parts)


def _swapped(parts: Parts, rng: Rng) -> bytes:
    one, other = rng.sample(list(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return packed(parts)


def _forged(parts: Parts, rng: Rng) -> bytes:
    """Sizes, methods and marks in the directory that are not true."""
    raw = bytearray(packed(parts))
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"PK\x05\x06"))
    offset, shape = rng.choice(((8, "<H"), (10, "<H"), (20, "<I"), (24, "<I"), (28, "<H"),
                                (42, "<I"), (16, "<I")))  # fmt: skip
    value = rng.choice((0, 1, 9, 12, 99, 0xFFFF, 2**31)) % (2**16 if shape == "<H" else 2**32)
    struct.pack_into(shape, raw, at + offset, value)
    return bytes(raw)


def _nested(parts: Parts, _rng: Rng) -> bytes:
    return packed({"book.xlsx": packed(parts)} | dict.fromkeys(list(parts)[:1], b""))


def _other_method(parts: Parts, rng: Rng) -> bytes:
    return packed(
        parts, method=rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    )


_ENTRIES: tuple[Callable[[Parts, Rng], bytes], ...] = (
    _bomb, _many, _twice, _named, _missing, _swapped, _forged, _nested, _other_method,
)  # fmt: skip

# --- XML -----------------------------------------------------------------------------------------


def xml_changed(raw: bytes, rng: Rng) -> bytes:
    """One part of the workbook is XML of another kind."""
    parts = parts_of(raw)
    name = rng.choice((_SHEET, _STRINGS, _BOOK, _RELS, "xl/styles.xml", "[Content_Types].xml",
                       rng.choice(list(parts))))  # fmt: skip
    parts[name] = rng.choice(_XML)(parts.get(name, b"<a/>"), rng)
    return packed(parts)


def _head(text: bytes) -> bytes:
    return re.sub(rb"^<\?xml[^>]*\?>\s*", b"", text)


def _laughs(text: bytes, _rng: Rng) -> bytes:
    return _LAUGHS + _head(text).replace(b"</", b"&a8;</", 1)


def _outside(text: bytes, _rng: Rng) -> bytes:
    return _OUTSIDE + _head(text).replace(b"</", b"&x;</", 1)


def _wide(text: bytes, rng: Rng) -> bytes:
    encoding = rng.choice(("utf-16", "utf-16-be", "utf-32", "shift_jis", "utf-7"))
    said = f'<?xml version="1.0" encoding="{encoding}"?>' + _head(text).decode("utf-8", "replace")
    return said.encode(encoding, "xmlcharrefreplace")


def _deep(text: bytes, rng: Rng) -> bytes:
    depth = rng.choice((1_000, 20_000, 150_000))
    return text.replace(b"</", b"<a>" * depth + b"</a>" * depth + b"</", 1)


def _cut(text: bytes, rng: Rng) -> bytes:
    return text[: rng.randrange(len(text) + 1)]


def _number(text: bytes, rng: Rng) -> bytes:
    """Numbers of rows, styles, strings and types that are not there."""
    found = list(re.finditer(rb'="[^"]{0,40}"|<v>[^<]*</v>', text))
    if not found:
        return text + b"<!-- -->"
    one = rng.choice(found)
    value = rng.choice((b"-1", b"0", b"999999999999", b"1e400", b"NaN", b"XFD1048576", b"ZZZZ1",
                        b"e", b"b", b"inlineStr", b"d", b"str", b"", b"&#0;", b"9" * 5_000,
                        b"2026-13-45T99:99:99", b"A1:XFD1048576", b"\xff\xfe", b"&#x1F468;",
                        b"_x0000_", b"#REF!"))  # fmt: skip
    new = b"<v>" + value + b"</v>" if one[0].startswith(b"<v>") else b'="' + value + b'"'
    return text[: one.start()] + new + text[one.end() :]


def relation(kind: bytes, target: bytes) -> bytes:
    """The part that names one thing elsewhere."""
    return (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b"relationships/" + kind + b'" Target="' + target + b'" TargetMode="External"/>'
        b"</Relationships>"
    )


OUTSIDE_RELATION = relation(b"oleObject", b"file:///etc/passwd")


def _link(_text: bytes, rng: Rng) -> bytes:
    kind = rng.choice((b"externalLink", b"oleObject", b"hyperlink", b"image", b"worksheet"))
    target = rng.choice((b"file:///etc/passwd", b"http://127.0.0.1:9/", b"\\\\host\\share\\x"))
    return relation(kind, target)


def _formula(text: bytes, rng: Rng) -> bytes:
    formula = rng.choice((b"1+1", b"WEBSERVICE(&quot;http://127.0.0.1:9/&quot;)", b"cmd|'/c x'!A0",
                          b"HYPERLINK(&quot;x&quot;)"))  # fmt: skip
    return re.sub(rb"<v>", b"<f>" + formula + b"</f><v>", text, count=rng.choice((1, 5, 0)))


def _merged(text: bytes, rng: Rng) -> bytes:
    area = rng.choice((b"A1:B2", b"A1:XFD1048576", b"B2", b"", b"Z9:A1"))
    merged = b'<mergeCells count="1"><mergeCell ref="' + area + b'"/></mergeCells>'
    return text.replace(b"</sheetData>", b"</sheetData>" + merged)


def _doubled(text: bytes, rng: Rng) -> bytes:
    return text.replace(b"<row", b"<row" + b" x='y'" * rng.choice((1, 2)), 1) + text[-200:]


_XML: tuple[Callable[[bytes, Rng], bytes], ...] = (
    _laughs, _outside, _wide, _deep, _cut, _number, _number, _number, _link, _formula, _merged,
    _doubled,
)  # fmt: skip
