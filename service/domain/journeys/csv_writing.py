"""Writes a journey map as CSV: one line a step, in the columns that `csv_reading` reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.domain import spreadsheets
from service.domain.cells import Column, decoded, shown
from service.domain.journeys.csv_columns import COLUMNS, JOURNEY, OF_STAGE, OF_STEP, STAGE, STEP

Members = Mapping[str, Any]

_REPEATED = {"title", f"{OF_STAGE}key", f"{OF_STAGE}name"}
"""Said in every line, so that a line can be sorted and moved; the rest once."""
_NOTHING: Members = {}


def write(document: str) -> str:
    """The map of a journey's document (JSON as it is shown)."""
    return spreadsheets.write([COLUMNS, *_lines(decoded(document))])


def _lines(journey: Members) -> Iterator[list[str]]:
    whole = _cells("", JOURNEY, journey)
    for stage in journey["stages"] or [_NOTHING]:
        whole |= _cells(OF_STAGE, STAGE, stage)
        for step in stage.get("steps") or [_NOTHING]:
            line = whole | _cells(OF_STEP, STEP, _portable(step))
            yield [line.get(column, "") for column in COLUMNS]
            whole = {name: cell for name, cell in whole.items() if name in _REPEATED}


def _cells(prefix: str, columns: Mapping[str, Column], members: Members) -> dict[str, str]:
    return {
        f"{prefix}{name}": shown(column, members[name])
        for name, column in columns.items()
        if name in members
    }


def _portable(step: Members) -> Members:
    """The step with its touchpoints told by key, which means something elsewhere too."""
    met = [
        {n: v for n, v in touchpoint.items() if n != "touchpoint_id" and v is not None}
        for touchpoint in step.get("touchpoints", ())
    ]
    return {**step, "touchpoints": met} if step else step
