"""CSV files: any text comes back as it was, and what cannot be read is named by its line."""

import csv
import io
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.characters import fit
from service.domain.errors import DomainError, Invalid, Malformed, TooLarge
from service.domain.spreadsheets import MOST_CELLS, Sheet, neutral, read, write

NAMES = ["a", "b", "c"]
MOST = 4
FORMULA = re.compile(r"[=+\-@\t\r]")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)

cell = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"])
    | st.sampled_from("'=+-@\t\r\n\",;1.e客"),
    max_size=9,
)
plain_cell = cell.map(fit)
line = st.lists(plain_cell, min_size=3, max_size=3).filter(any)


@settings(max_examples=500)
@given(st.lists(line, max_size=4), st.permutations(NAMES))
def test_every_text_comes_back_as_it_was(lines: list[list[str]], columns: list[str]) -> None:
    text = write([columns, *lines])
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        sheet = read(text.encode(encoding), NAMES, most_rows=MOST)
        assert sheet.columns == columns
        assert [list(row.cells.values()) for row in sheet.rows] == lines


@settings(max_examples=500)
@given(st.text(st.sampled_from("\x01\x0b\x7f\x85\ufffe='-@\t\r1a"), max_size=6) | cell)
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    ((shown,),) = csv.reader(io.StringIO(write([[text]]), newline=""))
    assert not FORMULA.match(shown) or NUMBER.fullmatch(shown)
    assert not FORBIDDEN.search(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("-1.5", "-1.5"),
        ("+4e3", "+4e3"),
        ("-1.5x", "'-1.5x"),
        ("'quoted'", "'quoted'"),
        ("plain", "plain"),
    ],
)
def test_what_a_spreadsheet_would_run_gets_one_apostrophe(text: str, shown: str) -> None:
    assert neutral(text) == shown


def _rows(sheet: Sheet) -> list[dict[str, str]]:
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_all_spreadsheets_are_read(
    delimiter: str, encoding: str, mark: bytes, end: str
) -> None:
    text = 'C ,"A"\n客户,"x,y; ""z"""\n\n,\n,last\n'
    raw = mark + text.replace(",", delimiter).replace("\n", end).encode(encoding)
    sheet = read(raw, NAMES, most_rows=MOST)
    assert sheet.columns == ["c", "a"]
    quoted = 'x,y; "z"'.replace(",", delimiter)
    assert _rows(sheet) == [{"c": "客户", "a": quoted}, {"c": "", "a": "last"}]
    assert [row.line for row in sheet.rows] == [2, 5]
    assert sheet.read_as.encoding == encoding
    assert sheet.read_as.delimiter == {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]


def test_cells_missing_at_the_end_of_a_line_are_empty() -> None:
    assert _rows(read(b"a,b,c\n1\n", NAMES, most_rows=MOST)) == [{"a": "1", "b": "", "c": ""}]


def problems(raw: bytes, required: Sequence[str] = ()) -> tuple[type[DomainError], list[str]]:
    with pytest.raises(DomainError) as caught:
        read(raw, NAMES, required, most_rows=MOST)
    return type(caught.value), [f"{p.pointer} {p.code}" for p in caught.value.problems]


@pytest.mark.parametrize(
    ("raw", "kind", "found"),
    [
        (
            b"x,a,a,y/z\n",
            Invalid,
            ["/lines/1/x unknown_column", "/lines/1/a repeated", "/lines/1/y~1z unknown_column"],
        ),
        (b"a,,b\n", Invalid, ["/lines/1/  unknown_column"]),
        (b"b\n1", Invalid, ["/lines/1/a required"]),
        (b"", Invalid, ["/lines/1/a required"]),
        (
            b"a,b\n1,2,3\n1\n4,5,6\n",
            Invalid,
            ["/lines/2 too_many_cells", "/lines/4 too_many_cells"],
        ),
        (b'a,b\n1,"2\n3,4\n', Invalid, ["/lines/2 line_unreadable"]),
        (b'a,b\n1,2\n"3"4,5\n', Invalid, ["/lines/3 line_unreadable"]),
        (b'"a,b\n1,2', Invalid, ["/lines/1 line_unreadable", "/lines/1/a required"]),
        (b"a\n\0\nb\n\0", Invalid, ["/lines/2 text_not_storable", "/lines/4 text_not_storable"]),
        (b"a\nb\n\xff\n", Malformed, ["/lines/3 not_utf8"]),
        (b"a\n\xed\xa0\x80\n", Malformed, ["/lines/2 not_utf8"]),
        ("\ufeffa\nb".encode("utf-16-le") + b"\n", Malformed, ["/lines/2 not_utf16"]),
        ("\ufeffa\n".encode("utf-16-be") + b"\xd8\x00", Malformed, ["/lines/2 not_utf16"]),
        (b"a" + b",x" * 16, Invalid, ["/lines/1 too_many_columns"]),
        # What stands behind the last line that may be there is not looked at.
        (b"a\n" + b"1\n\n" * 5 + b'"', TooLarge, []),
        (b"a\n" + b"1,2\n" * 5, TooLarge, []),
        (b"a" + b"," * (MOST_CELLS + 1), TooLarge, []),
        (b"a;b\n" + b";" * (MOST_CELLS + 1), TooLarge, []),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(
    raw: bytes, kind: type[DomainError], found: list[str]
) -> None:
    assert problems(raw, ["a"]) == (kind, found)


def test_a_cell_longer_than_any_member_may_be_is_refused() -> None:
    assert problems(b"a\n" + b"x" * 5_000_001) == (Invalid, ["/lines/2 line_unreadable"])


def test_no_more_lines_are_named_than_anybody_is_told() -> None:
    raw = b"a\r\n" + b"\0\0\r\n" * 2000
    kind, found = problems(raw)
    assert kind is Invalid
    assert found == [f"/lines/{n} text_not_storable" for n in range(2, 1003)]


def test_what_may_be_utf_16_without_a_mark_is_told_of() -> None:
    with pytest.raises(Invalid, match="UTF-16 needs a byte order mark"):
        read("a\nb\n".encode("utf-16-le"), NAMES, most_rows=MOST)
