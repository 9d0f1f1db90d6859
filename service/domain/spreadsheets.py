"""CSV as spreadsheets write it: bytes to lines of cells and back.

In: UTF-8 with or without a byte order mark, UTF-16 with one; comma, semicolon or tab, whichever the
header line has most of; RFC 4180 quoting. Headers come in any order. Out: UTF-8, commas.

Control characters are left out on the way out, tabs and line ends apart. A cell that a spreadsheet
would run as a formula then gets one leading apostrophe, and one is taken off on the way in, so
every text without such characters comes back as it was.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from service.domain.characters import fit
from service.domain.errors import Invalid, Malformed, Problem, TooLarge

MEDIA_TYPE = "text/csv"
MOST_CELLS = 250_000
"""Cells of one file; commas within cells count too, for they may separate values of a list."""
LONGEST_CELL = 5_000_000
"""Characters: as many as the longest list of texts that a member may hold."""
MOST_NAMED = 1000
"""Lines with a character that cannot be stored: as many as callers are told, and one more."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

_MARKS = {
    codecs.BOM_UTF8: ("utf-8", "UTF-8"),
    codecs.BOM_UTF16_LE: ("utf-16-le", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16-be", "UTF-16"),
}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TAKEN_OFF = re.compile(r"'+[=+\-@\t\r]")
_QUOTED = re.compile(r'"[^"]*"')
_LINE_END = re.compile(r"\r\n|\r|\n")

csv.field_size_limit(LONGEST_CELL)


class ReadAs(msgspec.Struct, frozen=True):
    """How a file was understood: its encoding, and what stands between its cells."""

    encoding: str
    delimiter: str


class Row(msgspec.Struct, frozen=True):
    """One line that says something: its number, counted from 1, and its cells by column."""

    line: int
    cells: dict[str, str]


class Sheet(msgspec.Struct, frozen=True):
    """A file that was read: the columns it has, in its order, and its lines."""

    columns: list[str]
    rows: list[Row]
    read_as: ReadAs


def read(
    raw: bytes,
    known: Iterable[str],
    required: Iterable[str] = (),
    also: Mapping[str, str] | None = None,
    *,
    most_rows: int,
) -> Sheet:
    """The lines of a file, their columns among `known`, all of `required` among them.

    `also` holds other names of columns. Headers are compared without regard to case and surrounding
    white space. Lines whose cells are all empty are left out; cells missing at the end of a line
    are empty. Nothing is read past `most_rows` lines.

    Raises `Malformed` for what is not text, `TooLarge`, or `Invalid` with every unknown, repeated
    or missing column, or every line that has too many cells, cannot be stored or is not CSV.
    """
    text, encoding = _decoded(raw)
    delimiter = _delimiter(text)
    if text.count(",") > MOST_CELLS or text.count(delimiter) > MOST_CELLS:
        raise TooLarge(f"A file holds at most {MOST_CELLS} cells and commas.")
    if unstorable := _unstorable(text):
        detail = "The file holds the character U+0000. UTF-16 needs a byte order mark to be known."
        raise Invalid(unstorable, detail)
    problems: list[Problem] = []
    lines = _lines(text, delimiter, problems)
    known = list(known)
    header = _header(next(lines, (1, []))[1], len(known))
    columns = _columns(_named(header, known, also or {}), known, list(required), problems)
    if problems:
        detail = f"The header line cannot be used. The columns are {', '.join(known)}."
        raise Invalid(problems, detail)
    rows = list(_rows(lines, columns, most_rows, problems))
    if problems:
        raise Invalid(problems, "Some lines cannot be read.")
    return Sheet(columns, rows, ReadAs(encoding, DELIMITERS[delimiter]))


def write(lines: Iterable[Sequence[str]]) -> str:
    """Lines as CSV, each cell safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([neutral(fit(cell)) for cell in line] for line in lines)
    return out.getvalue()


def neutral(cell: str) -> str:
    """The cell, with an apostrophe before what would be run as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) and not _PLAIN_NUMBER.fullmatch(cell) else cell


def meant(cell: str) -> str:
    """The cell without the apostrophe that `neutral` puts there."""
    return cell[1:] if _TAKEN_OFF.match(cell) else cell


def at(line: int, column: str = "") -> str:
    """A JSON pointer to a line, or to a column's cell in it."""
    step = column.replace("~", "~0").replace("/", "~1")
    return f"/lines/{line}/{step}" if column else f"/lines/{line}"


def _decoded(raw: bytes) -> tuple[str, str]:
    mark = next((mark for mark in _MARKS if raw.startswith(mark)), b"")
    encoding, called = _MARKS.get(mark, ("utf-8", "UTF-8"))
    body = raw[len(mark) :]
    try:
        return body.decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = _line_of(body[: error.start].decode(encoding, "replace"))
        detail = f"line {line} is not {called}"
        code = f"not_{called.lower().replace('-', '')}"
        raise Malformed(detail, [Problem(at(line), code, detail)]) from error


def _line_of(before: str) -> int:
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


def _delimiter(text: str) -> str:
    """What the header line has most of, quoted names apart; a comma where it has none."""
    header = _QUOTED.sub("", _LINE_END.split(text, maxsplit=1)[0])
    return max(DELIMITERS, key=header.count)


def _unstorable(text: str) -> list[Problem]:
    """Every line with a character that cannot be stored; no more than can be told."""
    problems: list[Problem] = []
    line, counted, place = 1, 0, text.find("\0")
    while place >= 0 and len(problems) <= MOST_NAMED:
        line += _line_of(text[counted:place]) - 1
        problems.append(Problem(at(line), "text_not_storable", "holds the character U+0000"))
        end = _LINE_END.search(text, place)
        if end is None:
            break
        counted = end.start()
        place = text.find("\0", end.end())
    return problems


def _lines(text: str, delimiter: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each line with the number of the line it begins in; stops at the first that is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(at(begins), "line_unreadable", str(error)))
            return
        yield begins, cells


def _header(cells: list[str], known: int) -> list[str]:
    """The cells of the header line; what is far too long is not looked at one by one."""
    most = 2 * known + 10
    if len(cells) > most:
        detail = f"has {len(cells)} columns, more than {most}"
        raise Invalid([Problem(at(1), "too_many_columns", detail)], "The header line is too long.")
    return cells


def _named(header: Sequence[str], known: Sequence[str], also: Mapping[str, str]) -> list[str]:
    by_folded = {**{name.casefold(): name for name in known}, **also}
    return [by_folded.get(cell.strip().casefold(), cell.strip()) for cell in header]


def _columns(
    columns: list[str], known: Sequence[str], required: Sequence[str], problems: list[Problem]
) -> list[str]:
    seen: set[str] = set()
    for name in columns:
        if name not in known:
            problems.append(
                Problem(at(1, name or " "), "unknown_column", "there is no such column")
            )
        elif name in seen:
            problems.append(Problem(at(1, name), "repeated", "is there twice"))
        seen.add(name)
    for name in required:
        if name not in columns:
            problems.append(Problem(at(1, name), "required", "this column is needed"))
    return columns


def _rows(
    lines: Iterable[tuple[int, list[str]]],
    columns: Sequence[str],
    most: int,
    problems: list[Problem],
) -> Iterator[Row]:
    left = most
    for line, cells in lines:
        left -= any(cells)
        if left < 0:
            raise TooLarge(f"An import holds at most {most} rows.")
        if len(cells) > len(columns):
            detail = f"has {len(cells)} cells for {len(columns)} columns"
            problems.append(Problem(at(line), "too_many_cells", detail))
        elif any(cells):
            filled = [*cells, *[""] * (len(columns) - len(cells))]
            named = zip(columns, filled, strict=True)
            yield Row(line, {name: meant(cell) for name, cell in named})
