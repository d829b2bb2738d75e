"""Japan Post's list as it is published, and as it should not be. Rows of an invented まど県."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.procedures.postal.lists import PostalListUnreadable, Row, read_list


def line(code: str, town: str, city: str = "まど市", prefecture: str = "まど県") -> str:
    kana = "ﾏﾄﾞｹﾝ", "ﾏﾄﾞｼ", "ﾏﾁ"
    return (
        f'47999,"{code[:3]}  ","{code}","{kana[0]}","{kana[1]}","{kana[2]}",'
        f'"{prefecture}","{city}","{town}",0,0,0,0,0,0'
    )


OLD = "\r\n".join(
    [
        line("4790000", "以下に掲載がない場合"),
        line("4790001", "中央（１～３丁目、"),
        line("4790001", "「５番地」、"),
        line("4790001", "９丁目）"),
        line("4790002", "本町（その他）"),
        line("4790002", "本町（北）"),
        line("4790003", "湊"),
        line("4790003", "北湊"),
        line("4790003", "南湊"),
        line("4790004", "一円", city="いぬ郡たが町"),
        line("4790005", "としま村一円", city="としま村"),
        line("4790006", "まど市の次に番地がくる場合"),
        line("4790007", "葛城髙﨑"),
    ]
)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_remarks_are_dropped_and_broken_rows_joined(encoding: str) -> None:
    read = read_list(OLD.encode(encoding))
    assert [(row.code, row.town) for row in read.rows] == [
        ("4790000", ""),
        ("4790001", "中央"),
        ("4790002", "本町"),
        ("4790003", "湊"),
        ("4790003", "北湊"),
        ("4790003", "南湊"),
        ("4790004", "一円"),
        ("4790005", ""),
        ("4790006", ""),
        ("4790007", "葛城髙﨑"),
    ]
    assert (read.lines, read.joined, read.repeated) == (13, 2, 1)
    assert (read.codes, read.several) == (8, 1)
    assert read.rows[0] == Row("4790000", "まど県", "まど市", "")


def test_a_bracket_that_is_never_closed_ends_with_its_code() -> None:
    read = read_list(f"{line('4790001', '中央（１')}\n{line('4790002', '湊')}".encode())
    assert [(row.code, row.town) for row in read.rows] == [("4790001", "中央"), ("4790002", "湊")]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "1件もありません"),
        (b"a,b,c\n", "1行目"),
        (f"{line('4790001', '湊')}\n{line('479000', '湊')}".encode(), "2行目"),
        (b"\x81", "UTF-8 でも Shift_JIS でもない"),
        (line("4790001", "湊" * 121).encode(), "長すぎます"),
    ],
)
def test_another_file_is_refused_with_its_reason(raw: bytes, told: str) -> None:
    with pytest.raises(PostalListUnreadable, match=told):
        read_list(raw)


@given(st.binary(max_size=300))
def test_whatever_a_file_holds_is_a_list_or_a_sentence(raw: bytes) -> None:
    with pytest.raises(PostalListUnreadable):
        read_list(raw)
