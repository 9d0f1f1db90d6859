"""Reads journey maps from CSV: one line a step, several journeys in a file.

Lines belong to one journey by its external ids or its title, to one stage by its key or its name;
where a line says neither, to that of the line above. Steps stand in the order of their lines. A
journey's and a stage's other members are said in any of their lines, once or the same each time.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from service.domain import spreadsheets
from service.domain.cells import Column, Unreadable, said
from service.domain.errors import Invalid, Problem
from service.domain.inputs import problems_of
from service.domain.journeys import inputs, step_inputs
from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS
from service.domain.journeys.csv_columns import (
    COLUMNS,
    JOURNEY,
    OF_STAGE,
    OF_STEP,
    REQUIRED,
    REQUIRED_OF_PARTS,
    STAGE,
    STEP,
)
from service.domain.journeys.mermaid_reading import LineProblem
from service.domain.spreadsheets import ReadAs, Row, at

_IN_BODY = re.compile(r"(?:/stages/(\d+)(?:/steps/(\d+))?)?(?:/([^/]+)(.*))?", re.DOTALL)


class Part:
    """A journey, stage or step: its cells by column, and the line that says each."""

    def __init__(self, prefix: str, line: int) -> None:
        self.prefix = prefix
        self.line = line
        self.cells: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.parts: list[Part] = []
        self.last: Part | None = None
        self._known: dict[tuple[str, str], Part] = {}

    def within(self, prefix: str, line: int, key: str, name: str) -> "Part | None":
        """The part that a line names by key or else by name, else the one of the line above."""
        if key or name:
            named = ("key", key) if key else ("name", name)
            found = self._known.get(named)
            if found is None:
                found = Part(prefix, line)
                self.parts.append(found)
            for one in (("key", key), ("name", name)):
                if one[1]:
                    self._known[one] = found
            self.last = found
        return self.last

    def take(self, row: Row, problems: list[Problem]) -> None:
        """Keep what a line says of it; what contradicts an earlier line is a problem."""
        for column, cell in row.cells.items():
            if not cell or not _is_of(column, self.prefix):
                continue
            if self.cells.setdefault(column, cell) != cell:
                detail = f"line {self.lines[column]} says something else"
                problems.append(Problem(at(row.line, column), "contradicts", detail))
            self.lines.setdefault(column, row.line)

    def told(self, pointer: str) -> str:
        """Where a place in the journey's body stands in the file."""
        found = _IN_BODY.fullmatch(pointer)
        stage, step, member, rest = found.groups() if found else (None, None, None, None)
        part = self
        for place in (stage, step):
            part = part if place is None else part.parts[int(place)]
        column = f"{part.prefix}{member}" if member else ""
        return at(part.lines.get(column, part.line), column) + (rest or "")


class ReadMaps(msgspec.Struct, frozen=True):
    """The journeys of a file, where a place in the body of each stands, and unreadable scores."""

    maps: list[inputs.NewJourney]
    told: list[Callable[[str], str]]
    problems: list[LineProblem]
    read_as: ReadAs


def read(raw: bytes, most: int) -> ReadMaps:
    """The maps in a file, at most so many.

    An emotion that is no rating leaves its step unrated and is listed. Raises `Malformed`,
    `TooLarge`, or `Invalid` with a pointer (`/lines/<line>/<column>`) to everything else.
    """
    # A step is a line, and so is a stage without any.
    rows = most * (MOST_STAGES + MOST_STEPS)
    sheet = spreadsheets.read(raw, COLUMNS, REQUIRED, most_rows=rows)
    problems = _without_parts(sheet.columns)
    if problems:
        raise Invalid(problems, "Lines of stages need both.")
    found = _parts(sheet.rows, problems)
    if len(found) > most:
        problems.append(Problem("", "too_long", f"at most {most} maps at once"))
    unrated: list[LineProblem] = []
    columns = frozenset(sheet.columns)
    maps = [_validated(one, columns, problems, unrated) for one in found[:most]]
    if problems:
        raise Invalid(problems, "Some cells are not acceptable.")
    kept = [one for one in maps if one is not None]
    unrated.sort(key=lambda problem: problem.line)
    return ReadMaps(kept, [one.told for one in found], unrated, sheet.read_as)


def _without_parts(columns: Iterable[str]) -> list[Problem]:
    if not any(column.startswith((OF_STAGE, OF_STEP)) for column in columns):
        return []
    return [
        Problem(at(1, name), "required", "this column is needed")
        for name in REQUIRED_OF_PARTS
        if name not in columns
    ]


def _is_of(column: str, prefix: str) -> bool:
    return column.startswith(prefix) if prefix else "." not in column


def _parts(rows: Iterable[Row], problems: list[Problem]) -> list[Part]:
    file = Part("", 1)
    for row in rows:
        cells = row.cells
        journey = file.within("", row.line, cells.get("external_ids", ""), cells["title"])
        if journey is None:
            problems.append(Problem(at(row.line, "title"), "required", "no line above has one"))
            continue
        journey.take(row, problems)
        key, name = (cells.get(f"{OF_STAGE}{member}", "") for member in ("key", "name"))
        stage = journey.within(OF_STAGE, row.line, key, name)
        if any(cell for column, cell in cells.items() if "." in column) and stage is None:
            column = f"{OF_STAGE}name"
            problems.append(Problem(at(row.line, column), "required", "no line above has one"))
        elif stage is not None:
            stage.take(row, problems)
            if any(cell for column, cell in cells.items() if column.startswith(OF_STEP)):
                step = Part(OF_STEP, row.line)
                stage.parts.append(step)
                step.take(row, problems)
    return file.parts


def _validated(
    journey: Part, columns: Collection[str], problems: list[Problem], unrated: list[LineProblem]
) -> inputs.NewJourney | None:
    body = _body(journey, JOURNEY, columns, problems)
    if any("." in column for column in columns):
        body["stages"] = [
            {
                **_body(stage, STAGE, columns, problems),
                "steps": [_step(step, columns, problems, unrated) for step in stage.parts],
            }
            for stage in journey.parts
        ]
    try:
        return inputs.NewJourney.model_validate_json(msgspec.json.encode(body))
    except ValidationError as error:
        problems += [Problem(journey.told(p.pointer), p.code, p.detail) for p in problems_of(error)]
        return None


def _step(
    step: Part, columns: Collection[str], problems: list[Problem], unrated: list[LineProblem]
) -> dict[str, Any]:
    score = step.cells.pop(f"{OF_STEP}emotion", "").strip()
    rating = _rating(score)
    if rating is not None:
        step.cells[f"{OF_STEP}emotion"] = f"{rating:g}"
    elif score:
        allowed = ", ".join(f"{rating:g}" for rating in step_inputs.RATINGS)
        detail = f"{score[:100]!r} is none of {allowed}: the step is unrated"
        unrated.append(LineProblem(step.line, detail, fatal=False))
    return _body(step, STEP, columns, problems)


def _rating(score: str) -> float | None:
    try:
        rating = float(score.replace(",", "."))
    except ValueError:
        return None
    return rating if rating in step_inputs.RATINGS else None


def _body(
    part: Part, known: Mapping[str, Column], columns: Collection[str], problems: list[Problem]
) -> dict[str, Any]:
    """The members that have a column: an empty cell says that there is nothing."""
    body: dict[str, Any] = {}
    for name, column in known.items():
        header = f"{part.prefix}{name}"
        if header not in columns:
            continue
        try:
            body[name] = said(column, part.cells.get(header, ""))
        except Unreadable as error:
            problems.append(Problem(part.told(f"/{name}"), error.code, str(error)))
            body[name] = column.empty  # so that what else is wrong is found as well
    return body
