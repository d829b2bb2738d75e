"""What hides in a PDF: readers differ in which table they believe, so every object is looked at."""

from __future__ import annotations

import io
import zlib

import pytest
from pypdf import PdfReader, PdfWriter

from liff_app.procedures.files import pdf_objects, pdf_reading
from liff_app.procedures.files.rules import Refusal
from tests.procedures.files import papers

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 90]>>"
HARMLESS = b"<</S/URI/URI(https://example.jp/JS/Movie)>>"


def refusal_of(raw: bytes) -> Refusal | None:
    try:
        pdf_reading.pages_of(raw)
    except pdf_reading.Refused as refused:
        return refused.refusal
    return None


def section(objects: dict[int, bytes], at: int = 0, more: bytes = b"") -> bytes:
    """Objects with their table, trailer and pointer, as they stand in a file from `at`."""
    out, places = b"", {}
    for number, one in objects.items():
        places[number] = at + len(out)
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = at + len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    return out + b"trailer<</Size 20/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (more, table)


def paper(*further: bytes, before: bytes = b"%PDF-1.7\n") -> bytes:
    """A page, and objects that it does not lead to."""
    objects = dict(enumerate([CATALOG, PAGES, PAGE, *further], start=1))
    return before + section(objects, len(before))


def packed(
    inner: bytes,
    *,
    table: bytes = b"9 0 ",
    head: bytes = b"/Type/ObjStm/N 1/Filter/FlateDecode",
    count: int = 1,
) -> bytes:
    body = table + inner
    for _ in range(count):
        body = zlib.compress(body)
    return b"<<%s/First %d/Length %d>>stream\n" % (head, len(table), len(body)) + body


@pytest.mark.parametrize("name", [b"SubmitForm", b"GoToR", b"GoToE", b"Launch", b"Rendition"])
def test_no_object_names_what_is_active_however_it_is_put_together(name: bytes) -> None:
    named = b"<</S/%s/F(x)>>" % name
    for further in (
        [named],
        [b"<</S 5 0 R/F(x)>>", b"/" + name],
        [b"[[<</S/URI/S/%s/F(x)>>]]" % name],  # of two, some readers take the second
        [b"<</S/#%02x%s/F(x)>>" % (name[0], name[1:])],
        [b"<</URI[((a)\\)/x)%%(\n]/S/%s>>" % name],
        [packed(named)],
        [packed(b"(%s)" % named, table=b"9 1 ")],  # begins within a text
    ):
        assert refusal_of(paper(*further)) is Refusal.ACTIVE, further


def test_an_object_in_no_table_is_looked_at_too() -> None:
    for begins in (b"9 0 obj", b"9\0\r0\nobj", b"9 0obj"):
        hidden = begins + b"<</S/SubmitForm>>endobj\n"
        assert refusal_of(paper() + hidden) is Refusal.ACTIVE
    assert refusal_of(paper() + b"trailer <</Root<</OpenAction<</S/GoToR>>>>>>") is Refusal.ACTIVE
    assert refusal_of(paper() + b"trailer <</Encrypt 9 0 R>>") is Refusal.ENCRYPTED


def test_of_two_tables_both_are_looked_at() -> None:
    first = paper()
    action = packed(b"<</S/JavaScript/JS(app.alert\\(1\\))>>")
    hidden = section({1: CATALOG[:-2] + b"/OpenAction 9 0 R>>", 8: action}, len(first))
    again = b"startxref\n%d\n%%%%EOF\n" % first.index(b"xref\n")  # a third says: the first
    assert refusal_of(first + hidden + again) is Refusal.ACTIVE


def test_a_file_that_begins_later_is_another_file_to_some_readers() -> None:
    for before in (b"\n", b"x" * 300 + b"\n"):
        assert refusal_of(paper(before=before + b"%PDF-1.7\n")) is Refusal.BROKEN


@pytest.mark.parametrize(
    "further",
    [
        packed(HARMLESS, head=b"/Type/ObjStm/N 1/Filter/ASCIIHexDecode"),
        packed(HARMLESS, head=b"/Type/ObjStm/N 1/Filter[/FlateDecode/FlateDecode]", count=2),
        packed(HARMLESS, head=b"/Type/ObjStm/N 1/Filter 9 0 R/FlateDecode 1"),
        packed(HARMLESS, head=b"/Type/ObjStm/N 1/N 2/Filter/FlateDecode"),
        packed(HARMLESS, head=b"/Type/ObjStm/N 7 0 R/Filter/FlateDecode"),
        packed(HARMLESS, head=b"/N 2/Filter/FlateDecode"),
        packed(HARMLESS, head=b"/N 1/Filter/FlateDecode", count=0),
        packed(HARMLESS)[:-9],
        packed(b" " * 17_000_000),
        packed(b"<<"),
        packed(HARMLESS).replace(b">>stream\n", b">>stream\t\n"),
        packed(HARMLESS).replace(b">>stream\n", b">>stream x\n"),
        b"null endobj\n8 %5 0 obj<</S/URI>>endobj\n0 obj null",
        packed(b"<<)>>"),
        b"<</A endobj\n9 0 obj/S/URI>>",
        b"<<[>>]",
        b"<</A(>>",
        b"[" * 60 + b"]" * 60,
    ],
)
def test_what_readers_could_read_in_two_ways_is_broken(further: bytes) -> None:
    assert refusal_of(paper(further)) is Refusal.BROKEN


def test_objects_without_end_are_not_looked_at_for_ever() -> None:
    with pytest.raises(pdf_objects.Broken, match="without end"):
        list(pdf_objects.names(b"1 0 obj 1 " * 100_002))


def test_what_is_named_in_texts_and_in_what_pages_show_is_harmless() -> None:
    shown = b"<</Length 21>>stream\n(/JS /Launc /XFA) Tj\nendstream"
    assert refusal_of(paper(HARMLESS, b"(/GoToR)", shown, packed(HARMLESS))) is None


def test_a_file_that_was_added_to_is_taken() -> None:
    """What a scanner's or a signer's program writes behind what was there."""
    writer = PdfWriter(PdfReader(io.BytesIO(papers.packed())), incremental=True)
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().count(b"startxref") == 2
    assert pdf_reading.pages_of(out.getvalue()) == 2


def test_a_file_in_the_order_of_reading_is_taken() -> None:
    """Linearized, as the web likes it: the first page and its table stand before the others."""
    begins = b"%PDF-1.7\n4 0 obj<</Linearized 1/N 1/L 999/O 3>>endobj\n"
    front = section({1: CATALOG, 3: PAGE}, len(begins))
    front = front[: front.rindex(b"startxref")] + b"startxref\n0\n%%EOF\n"
    rest = section({2: PAGES}, len(begins + front), b"/Prev %d" % (begins + front).index(b"xref\n"))
    assert pdf_reading.pages_of(begins + front + rest) == 1
