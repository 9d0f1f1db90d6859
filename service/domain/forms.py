"""Rows of one kind of resource as a spreadsheet: whole lists out, and many rows in at once.

A row is known by its external ids, or by its key where the kind has one; a row that is not known is
created. A reference to another row is told by that row's first external id (`source:id`), or by its
id where it has none.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from pydantic import ValidationError

from service.domain import external_ids, spreadsheets
from service.domain.cells import Column, Unreadable, columns, decoded, said, shown
from service.domain.errors import AlreadyExists, Invalid, Problem
from service.domain.inputs import Input, problems_of
from service.domain.resources import Resource
from service.domain.spreadsheets import ReadAs, Row, at
from service.domain.statements import as_json
from service.domain.work import Work

MOST_ROWS = 1000
"""Rows in one import."""
Name = tuple[str, str]
"""Source and id by which callers know a row."""
_ALSO = {"external_id": "external_ids"}
_PLACEHOLDER = UUID(int=0)


@dataclass(frozen=True, eq=False)
class Form:
    """How a kind of resource is a spreadsheet."""

    resource: Resource
    refers: Mapping[str, Resource] = field(default_factory=dict)
    """Members that name other rows, with the kind of these."""
    by_key: Callable[[Work, Iterable[str]], Awaitable[Mapping[str, UUID]]] | None = None
    """The ids of the rows that have these keys, where the kind has keys."""

    @property
    def columns(self) -> Mapping[str, Column]:
        """The members that have a column, in order."""
        return columns(self.resource.new)

    @property
    def not_carried(self) -> list[str]:
        """The members that have none, those apart that each row has anew."""
        kept = {*self.columns, *Input.shown_only}
        return [name for name in self.resource.shape.members if name not in kept]


class Filled(NamedTuple):
    """A line that can be stored: its input, and the rows it names by names of the caller's."""

    line: int
    data: Input
    names: list[Name]
    refers: dict[str, Name]


class Brought(NamedTuple):
    """Rows to store, and how their file was read."""

    rows: list[Filled]
    read_as: ReadAs


class Outcome(msgspec.Struct, frozen=True):
    """What became of a line: `created`, `updated` or `unchanged`."""

    line: int
    id: UUID
    outcome: str


# -- out ---------------------------------------------------------------------------------------


def header(form: Form) -> str:
    """The first line."""
    return spreadsheets.write([list(form.columns)])


async def lines(work: Work, form: Form, items: str) -> str:
    """Rows of a page (JSON as it is shown) as lines."""
    work.needs(form.resource.reads)
    rows = decoded(items)
    for member, resource in form.refers.items():  # a fixed handful of members, not of rows
        ids = list({UUID(row[member]) for row in rows if row[member] is not None})
        named = await resource.documents(work, ids, {"external_ids": None})
        for row in rows:
            if (there := row[member] and named.get(UUID(row[member]))) is not None:
                row[member] = _name(row[member], there.json)
    return spreadsheets.write(
        [shown(column, row[name]) for name, column in form.columns.items()] for row in rows
    )


def _name(which: str, document: str) -> str:
    names = msgspec.json.decode(document)["external_ids"]
    return f"{names[0]['source']}:{names[0]['id']}" if names else which


# -- in ----------------------------------------------------------------------------------------


def read(form: Form, raw: bytes) -> Brought:
    """The rows of a file. A column that is not there says nothing; an empty cell, that there is
    nothing.

    Raises `Malformed`, `TooLarge`, or `Invalid` with a pointer (`/lines/<line>/<column>`) to
    every cell that is not acceptable.
    """
    named = form.resource.table.info["label"]
    sheet = spreadsheets.read(raw, form.columns, [named], _ALSO, most_rows=MOST_ROWS)
    problems: list[Problem] = []
    filled = [_filled(form, row, problems) for row in sheet.rows]
    if problems:
        raise Invalid(problems, "Some cells are not acceptable.")
    return Brought([row for row in filled if row is not None], sheet.read_as)


def _filled(form: Form, row: Row, problems: list[Problem]) -> Filled | None:
    refers = {
        name: named for name in form.refers if (named := _told(row.cells.get(name, ""))) is not None
    }
    body: dict[str, Any] = {}
    for name, cell in row.cells.items():
        column = form.columns[name]
        try:
            body[name] = _PLACEHOLDER if name in refers else said(column, cell)
        except Unreadable as error:
            problems.append(Problem(at(row.line, name), error.code, str(error)))
            body[name] = column.empty
    try:
        data = form.resource.new.model_validate_json(msgspec.json.encode(body))
    except ValidationError as error:
        problems += _placed(row.line, problems_of(error))
        return None
    names = [(name.source, name.id) for name in getattr(data, "external_ids", ())]
    return Filled(row.line, data, names, refers)


def _told(cell: str) -> Name | None:
    source, colon, which = cell.strip().partition(":")
    return (source, which) if colon else None


def _placed(line: int, problems: Iterable[Problem]) -> list[Problem]:
    """Problems of a row with pointers into its line."""
    return [Problem(at(line) + p.pointer, p.code, p.detail) for p in problems]


async def bring(work: Work, form: Form, brought: Brought) -> list[Outcome]:
    """Create or update the rows of a file, all of them or none.

    External ids are added to those a row has. Raises `Invalid` or `AlreadyExists` with a pointer
    to every cell that is not acceptable.
    """
    work.needs(form.resource.writes)
    problems: list[Problem] = []
    known = await _known(work, form, brought.rows, problems)
    order = _in_order(form, brought.rows, problems)
    if problems:
        raise Invalid(problems)
    named = await _named(work, form, brought.rows)
    current = await form.resource.documents(work, list(known.values()))
    stored = {which: decoded(document.json) for which, document in current.items()}
    storing = _Storing(form, named, stored)
    # `MOST_ROWS` bounds them; each is a statement or a few, and only for those that change.
    outcomes = {row.line: await storing._store(work, row, known.get(row.line)) for row in order}
    storing.refuse()
    return [outcomes[row.line] for row in brought.rows]


async def _known(
    work: Work, form: Form, rows: Sequence[Filled], problems: list[Problem]
) -> dict[int, UUID]:
    """The rows that are there already, by line; no two lines may be one row."""
    by_name = await external_ids.known(
        work, form.resource.kind, dict.fromkeys(name for row in rows for name in row.names)
    )
    keys = {key: row.line for row in rows if (key := getattr(row.data, "key", None))}
    by_key = await form.by_key(work, keys) if form.by_key and keys else {}
    known: dict[int, UUID] = {}
    taken: dict[Any, int] = {}
    for row in rows:
        key = getattr(row.data, "key", None)
        found = [by_name[name] for name in row.names if name in by_name]
        found += [by_key[key]] if key and key in by_key and not found else []
        for what in dict.fromkeys([*found, *row.names, *([key] if key else [])]):
            if taken.setdefault(what, row.line) != row.line:
                column = "key" if what == key else "external_ids"
                detail = f"line {taken[what]} is the same row"
                problems.append(Problem(at(row.line, column), "repeated", detail))
        if len(set(found)) > 1:
            detail = "these are names of several rows"
            problems.append(Problem(at(row.line, "external_ids"), "several", detail))
        elif found:
            known[row.line] = found[0]
    return known


def _in_order(form: Form, rows: Sequence[Filled], problems: list[Problem]) -> list[Filled]:
    """The rows so that each comes after those of the file that it refers to."""
    own = [member for member, resource in form.refers.items() if resource is form.resource]
    by_line = {row.line: row for row in rows}
    lines_of = {name: row.line for row in rows for name in row.names}
    graph = {
        row.line: [lines_of[row.refers[m]] for m in own if row.refers.get(m) in lines_of]
        for row in rows
    }
    try:
        return [by_line[line] for line in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = ", ".join(str(line) for line in error.args[1][1:])
        detail = f"lines {circle}: none can be inside itself"
        problems.append(Problem(at(error.args[1][0], own[0]), "circular", detail))
        return []


async def _named(work: Work, form: Form, rows: Sequence[Filled]) -> dict[str, dict[Name, UUID]]:
    """The ids of what rows refer to by name, by the kind of that."""
    named: dict[str, dict[Name, UUID]] = {form.resource.kind: {}}
    for member, resource in form.refers.items():  # a fixed handful of members, not of rows
        wanted = dict.fromkeys(row.refers[member] for row in rows if member in row.refers)
        found = await external_ids.known(work, resource.kind, wanted)
        named.setdefault(resource.kind, {}).update(found)
    return named


class _Storing:
    """Stores row after row; what is refused is gathered, so that all of it can be told."""

    def __init__(
        self,
        form: Form,
        named: dict[str, dict[Name, UUID]],
        stored: Mapping[UUID, Mapping[str, Any]],
    ) -> None:
        self.form = form
        self.named = named
        self.stored = stored
        self.problems: list[Problem] = []
        self.taken: list[Problem] = []

    async def _store(self, work: Work, row: Filled, known: UUID | None) -> Outcome:
        data = self._resolved(row)
        which, outcome = known or _PLACEHOLDER, "unchanged"
        try:
            if known is None:
                which = (await self.form.resource.create(work, data)).id
                outcome = "created"
            elif changed := self._changed(data, self.stored[known]):
                await self.form.resource.apply(work, known, changed, None)
                outcome = "updated"
        except Invalid as error:
            self.problems += _placed(row.line, error.problems)
        except AlreadyExists as error:
            self.taken += _placed(row.line, error.problems)
        self.named[self.form.resource.kind] |= dict.fromkeys(row.names, which)
        return Outcome(row.line, which, outcome)

    def refuse(self) -> None:
        """Raise what was gathered."""
        if self.problems:
            raise Invalid([*self.problems, *self.taken], "Some rows are not acceptable.")
        if self.taken:
            raise AlreadyExists("Some rows have keys or names that others have.", self.taken)

    def _resolved(self, row: Filled) -> Input:
        found: dict[str, UUID | None] = {}
        for member, name in row.refers.items():
            found[member] = self.named[self.form.refers[member].kind].get(name)
            if found[member] is None:
                detail = f"there is no {self.form.refers[member].kind} of this name"
                problem = Problem(at(row.line, member), "unknown_reference", detail)
                self.problems.append(problem)
        return row.data.model_copy(update=found)

    def _changed(self, data: Input, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The members that are not as they are stored; names are added to those there."""
        whole = data.model_dump()
        members = {name: whole[name] for name in whole if name in data.model_fields_set}
        if members.get("key", "") is None:
            del members["key"]  # made once, and kept
        names = [*stored["external_ids"]]
        names += [name for name in members.pop("external_ids", ()) if name not in names]
        sent = decoded(as_json({**members, "external_ids": names}))
        everything = {**members, "external_ids": names}
        return {n: v for n, v in everything.items() if sent[n] != stored[n]}
