"""Workbooks: real ones are read, hostile ones refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from liff_app.shelters.lists.errors import (
    FileBroken,
    FileRefused,
    FormatUnknown,
    HeaderNotFound,
    ListTooLarge,
    ListUnreadable,
)
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import ReadOptions
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Hazard

Write = Callable[..., bytes]
HEADINGS = ("施設名", "所在地", "緯度", "経度", "定員", "コード", "洪水")
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with each part passed through `change`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_numbers_texts_and_truth_are_read_as_a_person_typed_them(
    xlsx: Write, mapping: ColumnMapping
) -> None:
    data = xlsx(
        HEADINGS,
        ("みほん公園", "見本町1", 35.635001, 139.578001, 120, 13219, True),
        ("みほん館", "見本町2", "35.635002", "139.578002", "1,000人", 132195.0, False),
    )
    parsed = read_list(data, filename="list.xlsx", mapping=mapping)
    assert parsed.encoding is None
    assert [row.line for row in parsed.rows] == [2, 3]
    assert [row.capacity.indoor for row in parsed.rows] == [120, 1_000]
    assert [row.municipality_code for row in parsed.rows] == ["132195", "132195"]
    assert [row.hazards[Hazard.FLOOD].value for row in parsed.rows] == ["yes", "unknown"]
    assert not parsed.problems


def test_texts_kept_in_a_common_table_are_read_as_excel_writes_them(
    xlsx: Write, mapping: ColumnMapping
) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"

    def change(name: str, part: bytes) -> bytes:
        text = part.decode()
        if name == SHEET:
            text = text.replace('t="inlineStr"><is><t>みほん公園</t></is>', 't="s"><v>1</v>')
        if name == "xl/_rels/workbook.xml.rels":
            link = f'<Relationship Id="rId9" Type="{office}/sharedStrings" Target="/{STRINGS}"/>'
            text = text.replace("</Relationships>", f"{link}</Relationships>")
        if name == "[Content_Types].xml":
            override = f'<Override PartName="/{STRINGS}" ContentType="{kind}"/>'
            text = text.replace("</Types>", f"{override}</Types>")
        return text.encode()

    data = repacked(xlsx(HEADINGS, ("みほん公園", "見本町")), change)
    table = (
        f'<sst xmlns="{main}"><si><t>別</t></si><si><r><t>みほん</t></r><r><t>館</t></r></si></sst>'
    )
    with_table, without_end = (_with_part(data, STRINGS, text) for text in (table, table[:-40]))
    row = read_list(with_table, filename="a.xlsx", mapping=mapping).rows[0]
    assert row.name == "みほん館"
    with pytest.raises(FileBroken):
        read_list(without_end, filename="a.xlsx", mapping=mapping)


def _with_part(data: bytes, name: str, text: str) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, text)
    return out.getvalue()


def test_row_numbers_are_those_of_the_sheet_also_after_gaps(mapping: ColumnMapping) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for column, heading in enumerate(HEADINGS, start=1):
        sheet.cell(3, column, heading)
    sheet.cell(5, 1, "い")
    sheet.cell(9, 1, "ろ")
    out = io.BytesIO()
    book.save(out)
    parsed = read_list(out.getvalue(), filename="a.xlsx", mapping=mapping)
    assert parsed.header_line == 3
    assert [row.line for row in parsed.rows] == [5, 9]
    assert parsed.blank_lines == (4, 6, 7, 8)


def test_the_sheet_with_the_headings_is_found_and_hidden_ones_are_not_read(
    mapping: ColumnMapping,
) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["このブックについて"])
    hidden = book.create_sheet("旧版")
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("一覧")
    for sheet, name in ((hidden, "古い"), (shown, "新しい")):
        sheet.append(HEADINGS)
        sheet.append([name])
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    assert read_list(data, filename="a", mapping=mapping).rows[0].name == "新しい"
    asked = ReadOptions(sheet="旧版")
    with pytest.raises(ListUnreadable):
        read_list(data, filename="a", mapping=mapping, options=asked)
    with pytest.raises(HeaderNotFound):
        read_list(data, filename="a", mapping=mapping, options=ReadOptions(sheet=first.title))


def test_a_formula_without_stored_result_leaves_its_row_out(
    xlsx: Write, mapping: ColumnMapping
) -> None:
    data = xlsx(
        HEADINGS, ("い", "見本町", "=30+5", 139.578001), ("ろ", "見本町", 35.635001, 139.578001)
    )
    parsed = read_list(data, filename="a.xlsx", mapping=mapping)
    assert [row.name for row in parsed.rows] == ["ろ"]
    assert parsed.rejected_lines == (2,)
    codes = {(item.code, item.column) for item in parsed.problems}
    assert ("formula_without_value", "緯度") in codes


def test_a_formula_with_stored_result_gives_the_result(xlsx: Write, mapping: ColumnMapping) -> None:
    data = xlsx(HEADINGS, ("い", "見本町", "=35+0.635001", 139.578001))
    cached = repacked(
        data,
        lambda name, part: (
            part.replace(b"<v />", b"<v>35.635001</v>").replace(b"<v></v>", b"<v>35.635001</v>")
            if name == SHEET
            else part
        ),
    )
    parsed = read_list(cached, filename="a.xlsx", mapping=mapping)
    assert parsed.rows[0].lat == 35.635001
    assert not parsed.problems


def test_a_formula_outside_the_mapped_columns_is_nobodys_business(
    xlsx: Write, mapping: ColumnMapping
) -> None:
    data = xlsx((*HEADINGS, "計"), ("い", "見本町", 35.635001, 139.578001, 1, None, "○", "=1+1"))
    assert not read_list(data, filename="a.xlsx", mapping=mapping).problems


def test_error_values_and_dates_are_reported(xlsx: Write, mapping: ColumnMapping) -> None:
    data = xlsx(
        HEADINGS,
        ("い", "#REF!", 35.635001, 139.578001),
        ("ろ", dt.datetime(2025, 2, 14, tzinfo=None), 35.635001, 139.578001),  # noqa: DTZ001 - as a sheet holds it
    )
    parsed = read_list(data, filename="a.xlsx", mapping=mapping)
    assert [(item.line, item.code) for item in parsed.problems][:1] == [(2, "cell_error")]
    assert [row.address for row in parsed.rows] == [""]
    assert "cell_is_date" in {item.code for item in parsed.rows[0].warnings}


def test_a_declared_size_that_is_wrong_hides_no_row(xlsx: Write, mapping: ColumnMapping) -> None:
    data = xlsx(HEADINGS, ("い", "見本町", 35.635001, 139.578001))
    lying = repacked(
        data,
        lambda name, part: part.replace(b'ref="A1:G2"', b'ref="A1"') if name == SHEET else part,
    )
    assert lying != data
    assert len(read_list(lying, filename="a.xlsx", mapping=mapping).rows) == 1


def test_entities_are_refused_before_they_are_expanded(xlsx: Write, mapping: ColumnMapping) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def change(name: str, part: bytes) -> bytes:
        end = part.index(b"?>") + 2 if part.startswith(b"<?xml") else 0
        return part[:end] + laughs + part[end:] if name == SHEET else part

    with pytest.raises(FileRefused):
        read_list(repacked(xlsx(HEADINGS), change), filename="a.xlsx", mapping=mapping)


def test_a_part_in_another_encoding_gets_no_entities_either(
    xlsx: Write, mapping: ColumnMapping
) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'

    def change(name: str, part: bytes) -> bytes:
        return text.encode("utf-16") if name == SHEET else part

    with pytest.raises(ListUnreadable):
        read_list(repacked(xlsx(HEADINGS), change), filename="a.xlsx", mapping=mapping)


def test_a_zip_bomb_is_refused_by_its_directory(xlsx: Write, mapping: ColumnMapping) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part + b" " * 30_000_000 if name == SHEET else part

    bomb = repacked(xlsx(HEADINGS), change)
    assert len(bomb) < 100_000
    with pytest.raises(ListTooLarge):
        read_list(
            bomb, filename="a", mapping=mapping, options=ReadOptions(max_unpacked_bytes=10_000_000)
        )


def test_limits_on_rows_and_columns_hold(xlsx: Write, mapping: ColumnMapping) -> None:
    data = xlsx(HEADINGS, *((f"施設{n}",) for n in range(12)))
    with pytest.raises(ListTooLarge):
        read_list(data, filename="a", mapping=mapping, options=ReadOptions(max_rows=10))
    with pytest.raises(ListTooLarge):
        read_list(data, filename="a", mapping=mapping, options=ReadOptions(max_columns=3))


def test_another_zip_is_no_workbook(mapping: ColumnMapping) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.csv", "名称")
    with pytest.raises(FormatUnknown):
        read_list(out.getvalue(), filename="a.zip", mapping=mapping)


@pytest.mark.parametrize("cut", [30, 200, 1_500])
def test_a_cut_off_workbook_is_broken(xlsx: Write, mapping: ColumnMapping, cut: int) -> None:
    with pytest.raises(FileBroken):
        read_list(xlsx(HEADINGS)[:-cut], filename="a.xlsx", mapping=mapping)


@pytest.mark.parametrize("name", ["xl/workbook.xml", SHEET, "xl/styles.xml"])
def test_a_workbook_with_a_damaged_part_is_refused_in_the_family_of_errors(
    xlsx: Write, mapping: ColumnMapping, name: str
) -> None:
    def change(part_name: str, part: bytes) -> bytes:
        return part[: len(part) // 2] if part_name == name else part

    data = repacked(xlsx(HEADINGS, ("い",)), change)
    with pytest.raises(ListUnreadable):
        read_list(data, filename="a.xlsx", mapping=mapping)
