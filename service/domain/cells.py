"""Cells of a table that go out to spreadsheets, which take some texts for formulas.

A text that begins with one of `= + - @`, a tab or a carriage return, quotes before it or not, gets
one quote in front unless it is a plain number; reading takes one off. So what went out comes back.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def neutralised(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def restored(text: str) -> str:
    """The text that became this cell."""
    return text[1:] if _QUOTED.match(text) else text
