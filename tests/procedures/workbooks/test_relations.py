"""A workbook refers to nothing outside, however that is written; words may have addresses."""

from __future__ import annotations

import pytest

from liff_app.procedures.workbooks import reading, writing
from liff_app.procedures.workbooks.faults import WorkbookRefused
from tests.procedures.workbooks import archives

IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
LINK = IMAGE.replace("image", "hyperlink")
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink"
SHARE = "file://///evil.example/s/x.png"
PART = "xl/drawings/_rels/drawing1.xml.rels"
HEAD = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'


def refusal(raw: bytes) -> str:
    with pytest.raises(WorkbookRefused) as caught:
        reading.open_workbook(raw)
    return caught.value.faults[0].code


def with_relation(tag: str, part: str = PART) -> bytes:
    text = f"{HEAD}{tag}</Relationships>".encode()
    return archives.packed(archives.parts_of(writing.blank("試し")) | {part: text})


OUTSIDE = {
    "plainly": f'<Relationship Id="r1" Type="{IMAGE}" Target="{SHARE}" TargetMode="External"/>',
    "by a character's number":
        f'<Relationship Id="r1" Type="{IMAGE}" Target="{SHARE}" TargetMode="Ext&#101;rnal"/>',
    "under a harmless id":
        f'<Relationship Id="/hyperlink" Type="{IMAGE}" Target="{SHARE}" TargetMode="External"/>',
    "behind a bracket":
        f'<Relationship Id="r>1" Type="{IMAGE}" Target="{SHARE}" TargetMode="External"/>',
    "with blanks": f'<Relationship Type="{IMAGE}" Target="{SHARE}" TargetMode=" external "/>',
    "in a namespace":
        f'<p:Relationship xmlns:p="x" p:Type="{IMAGE}" p:Target="a" p:TargetMode="External"/>',
    "as if inside": f'<Relationship Type="{IMAGE}" Target="{SHARE}"/>',
    "a share as if inside": f'<Relationship Type="{IMAGE}" Target="\\\\evil.example\\s\\x.png"/>',
    "in a comment's shadow":
        f'<!-- > --><Relationship Type="{IMAGE}" Target="x" TargetMode="External"/>',
    "a link to a file": f'<Relationship Type="{LINK}" Target="{SHARE}" TargetMode="External"/>',
    "a link that is none":
        f'<Relationship Type="{IMAGE}#/hyperlink" Target="http://a/" TargetMode="External"/>',
}  # fmt: skip


@pytest.mark.parametrize("how", OUTSIDE)
def test_nothing_outside_is_referred_to(how: str) -> None:
    assert refusal(with_relation(OUTSIDE[how])) == "outside_link"


@pytest.mark.parametrize("part", ["xl/drawings/_rels/drawing1.xml.RELS", "a.rels", "x/Y.ReLs"])
def test_every_part_with_relations_is_looked_at(part: str) -> None:
    assert refusal(with_relation(OUTSIDE["plainly"], part)) == "outside_link"


@pytest.mark.parametrize("text", [b"<a", b"", b"<!DOCTYPE a><a/>"])
def test_relations_that_are_no_xml(text: bytes) -> None:
    parts = archives.parts_of(writing.blank("試し"))
    assert refusal(archives.packed(parts | {PART: text})) in {"broken", "unsafe_xml"}


@pytest.mark.parametrize(
    ("kind", "target"),
    [(LINK, "https://example.org/a"), (STRICT, "mailto:a@example.org"), (LINK, "#survey!A1")],
)
def test_an_address_behind_words_harms_nobody(kind: str, target: str) -> None:
    tag = f'<Relationship Id="r1" Type="{kind}" Target="{target}" TargetMode="External"/>'
    assert reading.open_workbook(with_relation(tag)) == writing.blank_grid("試し")
