"""Documents made for tests: honest ones, and those that do something."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)


def pdf(pages: int = 1, change: Callable[[PdfWriter], object] | None = None) -> bytes:
    """A document of empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str, **more: str) -> DictionaryObject:
    found = DictionaryObject({NameObject("/S"): NameObject(kind)})
    for name, value in more.items():
        found[NameObject(f"/{name}")] = TextStringObject(value)
    return found


def on_opening(kind: str, **more: str) -> bytes:
    """A document that does something when it is opened."""
    return pdf(change=lambda w: w.root_object.update(
        {NameObject("/OpenAction"): w._add_object(action(kind, **more))}  # noqa: SLF001 - pypdf's own way
    ))  # fmt: skip


def with_script() -> bytes:
    return on_opening("/JavaScript", JS="app.alert(1)")


def with_file() -> bytes:
    return pdf(change=lambda writer: writer.add_attachment("a.exe", b"MZ"))


def with_lone_script() -> bytes:
    """A script in an object that nothing refers to."""
    return pdf(change=lambda w: w._add_object(action("/JavaScript", JS="app.alert(1)")))  # noqa: SLF001 - same


def with_page_action() -> bytes:
    def change(writer: PdfWriter) -> None:
        page = writer.pages[0]
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action("/Launch", F="cmd")})

    return pdf(change=change)


def with_form() -> bytes:
    """A form of the XML kind, which is a program."""

    def change(writer: PdfWriter) -> None:
        form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
        writer.root_object[NameObject("/AcroForm")] = form

    return pdf(change=change)


def with_nested_script() -> bytes:
    """Deep inside of arrays."""

    def change(writer: PdfWriter) -> None:
        inner: object = action("/JavaScript", JS="1")
        for _ in range(10):
            inner = ArrayObject([inner])
        writer.root_object[NameObject("/Odd")] = inner

    return pdf(change=change)


def encrypted() -> bytes:
    return pdf(change=lambda writer: writer.encrypt("secret", algorithm="RC4-128"))


def with_link() -> bytes:
    """A link to a page of the web is no program."""

    def change(writer: PdfWriter) -> None:
        link = DictionaryObject({NameObject("/A"): action("/URI", URI="https://example.jp/")})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([link])

    return pdf(change=change)


def escaped_script() -> bytes:
    """The name of the script written so that a search for it finds nothing."""
    return with_lone_script().replace(b"/JavaScript", b"/J#61vaScript")


def deep() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def bomb() -> bytes:
    """A table of objects that unpacks to 200 MB."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    head = b"%PDF-1.7\n"
    table = (
        b"1 0 obj\n<</Type/XRef/Size 100000000/W[1 1 1]/Filter/FlateDecode/Root 2 0 R/Length "
        + str(len(packed)).encode() + b">>\nstream\n" + packed + b"\nendstream\nendobj\n"
    )  # fmt: skip
    return head + table + b"startxref\n" + str(len(head)).encode() + b"\n%%EOF"


def endless() -> bytes:
    """A tree of pages that is its own child."""

    def change(writer: PdfWriter) -> None:
        pages = writer.root_object["/Pages"]
        assert isinstance(pages, DictionaryObject)
        pages[NameObject("/Kids")] = ArrayObject([writer.root_object.raw_get("/Pages")])
        pages[NameObject("/Count")] = NumberObject(1)

    return pdf(change=change)


def with_picture() -> bytes:
    """A page with a stream, as scanners write them."""

    def change(writer: PdfWriter) -> None:
        stream = StreamObject()
        stream.set_data(b"q 1 0 0 1 0 0 cm Q " * 100)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())  # noqa: SLF001 - same

    return pdf(change=change)


def packed(hidden: bytes = b"<</Odd 1>>") -> bytes:
    """A document whose objects lie packed in a stream, as word processors write them."""
    inner = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        hidden,
    ]
    heads, at = b"", 0
    for number, one in enumerate(inner, start=1):
        heads += b"%d %d " % (number, at)
        at += len(one) + 1
    body = zlib.compress(heads + b" ".join(inner))
    out = b"%PDF-1.7\n"
    objects_at = len(out)
    out += (
        b"5 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n"
        % (len(inner), len(heads), len(body)) + body + b"\nendstream\nendobj\n"
    )  # fmt: skip
    table_at = len(out)
    rows = b"\0\0\0\0" + b"".join(b"\2" + b"\0\5" + bytes([n]) for n in range(len(inner)))
    rows += b"\1" + objects_at.to_bytes(2, "big") + b"\0"
    rows += b"\1" + table_at.to_bytes(2, "big") + b"\0"
    table = zlib.compress(rows)
    out += (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(table) + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % table_at
    )  # fmt: skip
    return out


def packed_script() -> bytes:
    """A script that no search over the bytes finds, because it lies packed."""
    return packed(b"<</S/JavaScript/JS(1)>>")
