"""From bytes to a list: encodings, formats, headings, counts."""

from __future__ import annotations

import contextlib
import gzip
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liff_app.shelters.lists.errors import (
    ColumnsUnknown,
    FileBroken,
    FormatUnknown,
    HeaderNotFound,
    ListTooLarge,
    ListUnreadable,
    NotDecodable,
    PresetUnknown,
)
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import ParsedList, ReadOptions
from liff_app.shelters.lists.reader import read_list

Write = Callable[..., bytes]
ReadTown = Callable[..., ParsedList]


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [("utf-8-sig", "utf-8-sig"), ("utf-8", "utf-8"), ("cp932", "cp932"), ("utf-16", "utf-16")],
)
def test_each_encoding_gives_the_same_rows_and_is_reported(
    sites_csv: Write, encoding: str, reported: str
) -> None:
    row = {"施設・場所名": "髙木①号館㈱"}
    parsed = read_list(sites_csv(row, encoding=encoding), filename="a.csv")
    assert parsed.encoding == reported
    assert parsed.rows == read_list(sites_csv(row), filename="a.csv").rows


def test_tabs_and_commas_are_told_apart_by_content(sites_csv: Write) -> None:
    tabs = read_list(sites_csv({}, delimiter="\t"), filename="wrongly_named.csv")
    assert tabs.rows == read_list(sites_csv({}), filename="a.csv").rows


def test_a_gzip_of_very_many_members_is_refused_at_once(sites_csv: Write) -> None:
    members = [gzip.compress(b"", mtime=0)] * 99
    data = sites_csv({"施設・場所名": "中央小学校"})
    read_list(b"".join([*members, gzip.compress(data, mtime=0)]), filename="a.csv.gz")
    began = time.process_time()
    with pytest.raises(FileBroken):
        read_list(b"".join(members * 400), filename="a.csv.gz")  # 800 kB
    assert time.process_time() - began < 0.5


def test_gzip_is_undone_also_in_several_members(sites_csv: Write) -> None:
    data = sites_csv({}, {"共通ID": "E1321900002201", "緯度": "35.640001"})
    cut = len(data) // 2
    packed = gzip.compress(data[:cut], mtime=0) + gzip.compress(data[cut:]) + b"\0\0"
    assert read_list(packed, filename="a.csv.gz").rows == read_list(data, filename="a.csv").rows


def test_the_header_may_follow_an_empty_line_and_a_title(
    town_csv: Write, mapping: ColumnMapping
) -> None:
    table = town_csv({"施設名": "みほん公園", "所在地": "見本町1"}).decode()
    data = f"\r\n避難所一覧,\r\n{table}".encode("cp932")
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert parsed.header_line == 3
    assert [row.line for row in parsed.rows] == [4]


def test_a_row_number_is_the_one_a_spreadsheet_shows(
    town_csv: Write, mapping: ColumnMapping
) -> None:
    data = town_csv({"施設名": "い\n（南）"}, {"施設名": "ろ"}, {"施設名": ""}, {"施設名": "は"})
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert [(row.line, row.name) for row in parsed.rows] == [(2, "い （南）"), (3, "ろ"), (5, "は")]
    assert parsed.blank_lines == (4,)


def test_empty_rows_after_the_last_one_are_no_rows(town_csv: Write, mapping: ColumnMapping) -> None:
    data = town_csv({"施設名": "い", "所在地": "見本町"}) + b",\r\n\r\n,\r\n"
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert (parsed.total_rows, parsed.blank_rows) == (1, 0)


def test_columns_are_found_by_heading_in_any_order_with_strangers_between(
    mapping: ColumnMapping,
) -> None:
    data = "経度,,施設名,面積,緯度,\r\n139.578001,x,みほん公園,10,35.635001,y\r\n".encode()
    row = read_list(data, filename="a.csv", mapping=mapping).rows[0]
    assert (row.name, row.lat, row.lon) == ("みほん公園", 35.635001, 139.578001)


def test_of_two_equal_headings_the_left_one_counts_and_it_is_told(mapping: ColumnMapping) -> None:
    data = "施設名,所在地,所在地\r\nみほん公園,見本町1,見本町2\r\n".encode()
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert parsed.rows[0].address == "見本町1"
    assert [item.code for item in parsed.problems] == ["heading_repeated", "position_missing"]


def test_an_unquoted_comma_does_not_shift_values_in_silence(mapping: ColumnMapping) -> None:
    data = "施設名,緯度,経度\r\nみほん,公園,35.6,139.5\r\nろ,35.6,139.5\r\n".encode()
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert parsed.rejected_lines == (2,)
    assert "row_too_wide" in {item.code for item in parsed.problems}


def test_a_short_row_ends_in_empty_cells(mapping: ColumnMapping) -> None:
    data = "施設名,所在地,備考1\r\nみほん公園,見本町1\r\n".encode()
    assert read_list(data, filename="a.csv", mapping=mapping).rows[0].remarks == ""


def test_a_repeated_id_leaves_the_later_row_out_and_names_the_first(sites_csv: Write) -> None:
    parsed = read_list(sites_csv({}, {"施設・場所名": "別の施設"}), filename="a.csv")
    assert [row.line for row in parsed.rows] == [2]
    error = next(item for item in parsed.problems if item.code == "id_repeated")
    assert (error.line, error.value, error.column) == (3, "E1321900001201", "共通ID")
    assert "2行目" in error.message


def test_many_rows_on_one_point_are_reported_once_and_marked(read_town: ReadTown) -> None:
    same = {"緯度": "35.635001", "経度": "139.578001"}
    parsed = read_town(*({"施設名": name, **same} for name in "いろは"), {"施設名": "に"})
    shared = [item for item in parsed.problems if item.code == "position_shared"]
    assert len(shared) == 1
    assert "2、3、4" in shared[0].message
    assert [bool(row.warnings) for row in parsed.rows] == [True, True, True, False]
    assert not read_town({**same}, {**same, "施設名": "ろ"}).problems


def test_a_list_of_unknown_shape_gives_its_headings_for_a_suggestion() -> None:
    data = "\r\n番号,ばしょ,じゅうしょ\r\n1,い,ろ\r\n2,い,ろ\r\n".encode()
    with pytest.raises(ColumnsUnknown) as caught:
        read_list(data, filename="a.csv")
    assert caught.value.headings == ("番号", "ばしょ", "じゅうしょ")
    assert caught.value.code == "columns_unknown"


def test_a_mapping_for_another_list_says_what_is_missing(
    sites_csv: Write, mapping: ColumnMapping
) -> None:
    with pytest.raises(HeaderNotFound) as caught:
        read_list(sites_csv({}), filename="a.csv", mapping=mapping)
    assert "施設名" in caught.value.message
    assert "施設・場所名" in caught.value.message


def test_a_preset_can_be_asked_for_by_name(sites_csv: Write) -> None:
    assert read_list(sites_csv({}), filename="a", preset="gsi_sites").preset == "gsi_sites"
    with pytest.raises(PresetUnknown):
        read_list(sites_csv({}), filename="a", preset="gsi")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", FormatUnknown),
        (b" \r\n ", FormatUnknown),
        (b"%PDF-1.7 ...", FormatUnknown),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", FormatUnknown),
        (b"\x1f\x8b\x08broken", FileBroken),
        (gzip.compress(b"a,b\r\n" * 99, mtime=0)[:-12], FileBroken),
        (b"\x81\x00\xff\xfd name", NotDecodable),
        ("名称".encode() + b"\xff\xfd", NotDecodable),
        (b'{"type": "FeatureCollection"', FileBroken),
        (b'{"type": "Topology"}', FormatUnknown),
        (b"[" * 100_000, FileBroken),
    ],
)
def test_what_is_no_list_is_refused_with_a_code_and_japanese_words(
    data: bytes, error: type[ListUnreadable]
) -> None:
    with pytest.raises(error) as caught:
        read_list(data, filename="a.csv")
    assert caught.value.code == error.code
    assert caught.value.message.endswith(("。", "）"))


def test_a_broken_byte_is_told_by_its_line() -> None:
    text = "名称,住所\r\nみほん公園,見本町\r\n".encode()
    with pytest.raises(NotDecodable, match="3行目"):
        read_list(text + b"\xe3\x81", filename="a.csv")


def test_limits_hold_before_and_after_unpacking(sites_csv: Write) -> None:
    data = sites_csv({})
    for options in (
        ReadOptions(max_bytes=len(data) - 1),
        ReadOptions(max_unpacked_bytes=len(data) - 1),
        ReadOptions(max_rows=0),
    ):
        with pytest.raises(ListTooLarge):
            read_list(
                gzip.compress(data, mtime=0) if options.max_bytes > len(data) else data,
                filename="a",
                options=options,
            )
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    with pytest.raises(ListTooLarge):
        read_list(bomb, filename="a.gz", options=ReadOptions(max_unpacked_bytes=1_000_000))


def test_an_open_quotation_mark_is_reported_and_not_read_as_a_place(mapping: ColumnMapping) -> None:
    rows = "".join(f"施設{n},見本町{n}\r\n" for n in range(900))
    data = f'施設名,所在地\r\n"みほん公園,見本町\r\n{rows}'.encode()
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert parsed.rows == ()
    assert parsed.rejected_lines == (2,)
    found = next(item for item in parsed.problems if item.code == "cell_too_long")
    assert "902行目" in found.message


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_the_family_of_errors(
    mapping: ColumnMapping, data: bytes
) -> None:
    for chosen in (mapping, None):
        # Any other kind of error would fail the test.
        with contextlib.suppress(ListUnreadable):
            read_list(data, filename="a.csv", mapping=chosen)


CELLS = st.sampled_from(
    ["", "-", "みほん", "見本町1", "35.635001", "139.578001", "999", "○", "\u3000", "E1"]
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=12))
def test_every_row_is_imported_reported_or_blank(
    mapping: ColumnMapping, town_csv: Write, table: list[list[str]]
) -> None:
    headings = ("施設名", "所在地", "緯度", "経度", "洪水")
    data = town_csv(
        dict.fromkeys(headings, "first"), *(dict(zip(headings, row, strict=True)) for row in table)
    )
    parsed = read_list(data, filename="a.csv", mapping=mapping)
    assert len(parsed.rows) + parsed.rejected_rows + parsed.blank_rows == parsed.total_rows
    lines = sorted(
        [*(row.line for row in parsed.rows), *parsed.rejected_lines, *parsed.blank_lines]
    )
    assert lines == list(range(2, 2 + parsed.total_rows))
    assert len({row.source_id for row in parsed.rows}) == len(parsed.rows)
