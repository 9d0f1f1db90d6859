"""Cells that a spreadsheet takes for text, and that come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.cells import neutralised, restored

texts = st.text() | st.text(alphabet="'=+-@\t\r1.e x", max_size=12)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1-2", "'-1-2"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "''=1"),
        ("''-x", "'''-x"),
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        ("-2e5", "-2e5"),
        ("-1.5\n", "'-1.5\n"),
        ("-１", "'-１"),
        ("plain", "plain"),
        ("'quoted'", "'quoted'"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_formula_becomes_a_text(text: str, cell: str) -> None:
    assert neutralised(text) == cell
    assert restored(cell) == text


@given(texts)
def test_what_went_out_comes_back(text: str) -> None:
    assert restored(neutralised(text)) == text


@given(texts)
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = neutralised(text)
    if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and cell:
        float(cell)
