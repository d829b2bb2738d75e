"""What cells say, and which files are not opened at all."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import openpyxl
import pytest

from liff_app.procedures.workbooks import archive, reading, writing
from liff_app.procedures.workbooks.faults import WorkbookRefused
from liff_app.procedures.workbooks.grid import Grid, Row, letter
from tests.procedures.workbooks import archives


def saved(fill: Callable[[Any], None], title: str = "survey") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet.title = title
    sheet.append(["type", "name"])
    fill(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refusal(raw: bytes) -> str:
    with pytest.raises(WorkbookRefused) as caught:
        reading.open_workbook(raw)
    (fault,) = caught.value.faults
    assert fault.message.endswith("。")
    return fault.code


def cells(grid: Grid) -> dict[int, str]:
    return dict(grid.survey.rows[0].cells)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (dt.datetime(2026, 4, 1), "2026-04-01"),  # noqa: DTZ001 - cells know no zone
        (dt.datetime(2026, 4, 1, 9, 30), "2026-04-01 09:30:00"),  # noqa: DTZ001 - same
        (dt.time(9, 30), "09:30:00"),
        ("  a\u00a0b　", "a b"),
        ("a\r\nb", "a\nb"),
        ("葛\U000e0100", "葛\U000e0100"),
        ("神", "神"),
    ],
)
def test_cells_become_texts(value: object, text: str) -> None:
    raw = saved(lambda sheet: sheet.append([value]))
    assert cells(reading.open_workbook(raw)) == {0: text}


def test_rows_keep_their_numbers() -> None:
    def fill(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
        sheet["A3"], sheet["B9"] = "x", "y"

    found = reading.open_workbook(saved(fill))
    assert found.survey.rows == (Row(3, {0: "x"}), Row(9, {1: "y"}))
    assert not found.remarks


def test_furigana_of_excel_is_no_text() -> None:
    parts = archives.parts_of(writing.blank("試し"))
    name = "xl/sharedStrings.xml"
    parts[name] = parts[name].replace(
        "<t>お名前</t>".encode(), '<t>お名前</t><rPh sb="0" eb="1"><t>ナマエ</t></rPh>'.encode()
    )
    found = reading.open_workbook(archives.packed(parts))
    assert found == writing.blank_grid("試し")


def test_odd_cells_are_remarked_with_their_place() -> None:
    def fill(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
        sheet["A2"], sheet["B2"], sheet["B3"] = "=1+1", "#REF!", "_x0007_"
        sheet["B3"].data_type = "s"
        sheet.merge_cells("A5:B6")

    remarks = reading.open_workbook(saved(fill)).remarks
    assert [(one.code, one.row, one.column) for one in remarks] == [
        ("formula_without_value", 2, "A"),
        ("cell_error", 2, "B"),
        ("control_characters", 3, "B"),
        ("merged_cells", 5, "A"),
    ]


def test_a_formula_with_its_value_is_taken() -> None:
    parts = archives.parts_of(saved(lambda sheet: sheet.append(["=1+1"])))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"<v ?/>|<v></v>", b"<v>2</v>", sheet)
    found = reading.open_workbook(archives.packed(parts))
    assert cells(found) == {0: "2"}
    assert [one.code for one in found.remarks] == ["formula"]


def test_a_hidden_sheet_is_read_and_told() -> None:
    def fill(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
        sheet.append(["text", "n"])
        sheet.sheet_state = "hidden"
        sheet.parent.create_sheet("memo")

    found = reading.open_workbook(saved(fill))
    assert [one.code for one in found.remarks] == ["hidden_sheet", "sheet_not_kept"]
    assert found.remarks[1].sentence.startswith("memo シート：このシートは読み込まず")
    assert cells(found) == {0: "text", 1: "n"}


@pytest.mark.parametrize(("title", "hint"), [("surveys", "surveys"), ("Sheet1", "")])
def test_a_sheet_that_is_missing_may_be_another(title: str, hint: str) -> None:
    with pytest.raises(WorkbookRefused) as caught:
        reading.open_workbook(saved(lambda sheet: sheet.append(["text"]), title))
    (fault,) = caught.value.faults
    assert (fault.code, fault.value) == ("sheet_missing", hint)


def with_part(name: str, text: bytes = b"<a/>") -> bytes:
    return archives.packed(archives.parts_of(writing.blank("試し")) | {name: text})


DOCTYPE = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not_xlsx"),
    "a page": (b"<html></html>", "not_xlsx"),
    "old Excel, or a password": (b"\xd0\xcf\x11\xe0" + bytes(600), "old_format"),
    "a ZIP of something else": (archives.packed({"a.txt": b"x"}), "not_xlsx"),
    "cut off": (writing.blank("試し")[:-400], "broken"),
    "large": (b"PK\x03\x04" + bytes(2**20), "too_large"),
    "macro": (with_part("xl/vbaProject.bin"), "active_content"),
    "link": (with_part("xl/externalLinks/externalLink1.xml"), "active_content"),
    "embedded": (with_part("xl/embeddings/oleObject1.bin"), "active_content"),
    "active": (with_part("xl/activeX/activeX1.xml"), "active_content"),
    "connection": (with_part("xl/connections.xml"), "active_content"),
    "path": (with_part("../../etc/cron.d/x"), "odd_parts"),
    "absolute": (with_part("/etc/passwd"), "odd_parts"),
    "twice": (with_part("xl/WORKBOOK.xml"), "odd_parts"),
    "bomb": (with_part("xl/media/a.png", bytes(21 * 2**20)), "unpacked_too_large"),
    "entity": (with_part("docProps/custom.xml", DOCTYPE), "unsafe_xml"),
    "wide": (with_part("docProps/custom.xml", "<a/>".encode("utf-16")), "unsafe_xml"),
    "encoding": (
        with_part("xl/styles.xml", b"<?xml version='1.0' encoding='shift_jis'?><a/>"), "unsafe_xml",
    ),
    "outside": (
        with_part("xl/worksheets/_rels/sheet1.xml.rels", archives.OUTSIDE_RELATION),
        "outside_link",
    ),
    "many": (
        archives.packed({f"x{number}.xml": b"" for number in range(201)}
                        | archives.parts_of(writing.blank("試し"))), "unpacked_too_large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_files_that_are_not_opened(what: str) -> None:
    raw, code = REFUSED[what]
    assert refusal(raw) == code


def test_an_encrypted_entry() -> None:
    raw = bytearray(writing.blank("試し"))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 8] |= 1
    assert refusal(bytes(raw)) == "encrypted"


def test_a_bomb_is_never_unpacked() -> None:
    """The directory says less than there is: no more than it says is ever read."""
    honest = with_part("docProps/custom.xml", bytes(19 * 2**20))
    with zipfile.ZipFile(io.BytesIO(honest)) as archived:
        assert max(entry.file_size for entry in archived.infolist()) == 19 * 2**20
    raw = honest.replace((19 * 2**20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert raw != honest
    assert refusal(raw) in {"broken", "unsafe_xml"}


def test_cells_far_away() -> None:
    raw = saved(lambda sheet: sheet.__setitem__("A6002", "x"))
    assert refusal(raw) == "too_many_cells"
    raw = saved(lambda sheet: sheet.__setitem__("DZ2", "x"))
    assert refusal(raw) == "too_many_cells"


def test_more_cells_than_anybody_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CELLS", 4)

    def fill(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
        sheet.parent.create_sheet("choices").append(["list_name", "name"])
        sheet.parent.create_sheet("settings")

    grid = reading.open_workbook(saved(fill))
    assert grid.choices.header == ("list_name", "name")

    def fill_more(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
        fill(sheet)
        sheet.parent["settings"].append(["x"])

    assert refusal(saved(fill_more)) == "too_many_cells"


def test_two_sheets_of_one_name() -> None:
    parts = archives.parts_of(writing.blank("試し"))
    book = parts["xl/workbook.xml"].replace(b'name="choices"', b'name="SURVEY"')
    assert refusal(archives.packed(parts | {"xl/workbook.xml": book})) == "sheet_twice"


def test_links_in_cells_are_only_texts() -> None:
    raw = saved(lambda sheet: setattr(sheet.cell(2, 1, "x"), "hyperlink", "https://example.org/"))
    assert cells(reading.open_workbook(raw)) == {0: "x"}


def test_a_parser_fed_with_noise_only_refuses() -> None:
    """A short walk over every kind of damage, here without a child."""
    rng = random.Random(7)
    for _ in range(60):
        change = rng.choice(
            (archives.bytes_changed, archives.entries_changed, archives.xml_changed)
        )
        raw = change(writing.blank("試し"), rng)
        with suppress(WorkbookRefused):
            assert isinstance(reading.open_workbook(raw), Grid)


def test_columns_have_letters() -> None:
    assert [letter(at) for at in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
    assert archive.MOST_BYTES == 1024 * 1024
