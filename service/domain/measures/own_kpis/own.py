"""A workspace's own KPI as one that can be asked for like those that are built in. Pure.

Of what it counts, all belongs to one kind of group of a breakdown: sessions where there are any,
else people, else events.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from msgspec import Struct

from service.domain.measures.kpis.facts import NONE, Facts
from service.domain.measures.kpis.figure import Figure, KpiPart, Outcome
from service.domain.measures.kpis.figure import share as of_counts
from service.domain.measures.kpis.kpi import (
    NULLABLE,
    Kpi,
    Parameters,
    Reach,
    Setting,
    always,
    never,
)
from service.domain.measures.own_kpis.figure import Definition, ratio, shared, told_part
from service.domain.measures.own_kpis.quantities import COUNTED, Quantity, Taken, comes_to
from service.domain.preferences import SESSION_TIMEOUT

PLACES = ("numerator", "denominator")
_TIMEOUT = Setting("session_timeout_seconds", SESSION_TIMEOUT)


class OwnKpi(Struct, frozen=True):
    """What of an own KPI its figures rest on; `defined` is its definition as it was sent."""

    id: str
    key: str
    name: str
    description: str | None
    unit: str | None
    direction: str
    definition: Definition | None
    defined: dict[str, Any] | None
    built_in: str | None
    parameters: dict[str, Any] | None
    aggregation: str


def of_built_in(own: OwnKpi, kpi: Kpi) -> Kpi:
    """The built-in one that it names, with its parameters for defaults and its direction."""
    given = own.parameters or {}
    told = {name: one for name, one in given.items() if one is not None or name in NULLABLE}
    falls = own.direction == "down"
    return replace(kpi, key=own.key, falls=falls, parameters={**kpi.parameters, **told})


def of_definition(own: OwnKpi, definition: Definition, selections: Sequence[Any]) -> Kpi:
    """One that is computed of events; `selections` are those of its quantities."""
    measures = {one.measure for one in definition.quantities}
    parameters: dict[str, Any] = {"definition": own.defined}
    if definition.of_sessions:
        own_timeout = definition.timeout_seconds
        parameters["timeout_seconds"] = _TIMEOUT if own_timeout is None else own_timeout
    unit = "share" if definition.mode == "share" else own.unit or "number"
    return Kpi(
        own.key,
        unit,
        own.description or own.name,
        partial(figures, definition),
        parameters,
        selections=dict(zip(PLACES, selections, strict=False)),
        fields=definition.fields,
        reach=partial(_reach, definition),
        unit_of=partial(_unit_of, measures),
        counts=always if measures == {"count"} else never,
        people=measures == {"contacts"},
        falls=own.direction == "down",
    )


def _reach(definition: Definition, _: Parameters) -> Reach:
    whole = definition.of_sessions
    return Reach(back=whole, sessions=whole)


def _unit_of(measures: set[str], _: Parameters) -> str:
    if "sessions" in measures:
        return "session"
    return "contact" if "contacts" in measures else "event"


def figures(definition: Definition, facts: Facts) -> Outcome:
    """The figure of each cell."""
    left_out: dict[str, int] = {}
    places = zip(definition.quantities, PLACES, strict=False)
    taken = [_by_cell(one.measure, name, facts) for one, name in places]
    found = [_figure(definition, each, facts, left_out) for each in zip(*taken, strict=True)]
    return Outcome(found, {reason: number for reason, number in left_out.items() if number})


def _by_cell(measure: str, name: str, facts: Facts) -> list[Taken]:
    """For each cell the rows that a selection takes, and what they are counted as."""
    cell = facts.cell
    if measure == "sessions":
        # The last stands for no session.
        cell = np.append(facts.sessions.cell, NONE)[facts.sessions.of]
    rows = np.flatnonzero(facts.holds[name] & (cell != NONE))
    rows = rows[np.argsort(cell[rows], kind="stable")]
    ends = np.cumsum(facts.tally(cell[rows]))
    each = np.split(rows, ends[:-1])
    if measure == "sessions":
        return [Taken(one, np.unique(facts.sessions.of[one])) for one in each]
    if measure == "contacts":
        return [Taken(one, np.unique(facts.person[one])) for one in each]
    return [Taken(one, one) for one in each]


def _figure(
    definition: Definition, taken: Sequence[Taken], facts: Facts, left_out: dict[str, int]
) -> Figure:
    if definition.mode == "share":
        whole, both = shared(facts, taken[0], taken[1])
        return of_counts(both, whole)
    parts = [
        comes_to(one, rows, facts, left_out)
        for one, rows in zip(definition.quantities, taken, strict=True)
    ]
    told = ratio(parts[0], parts[1], {}) if len(parts) > 1 else told_part(parts[0], {})
    counted = definition.numerator.measure in COUNTED
    return Figure(
        told.value,
        told.value if counted and len(parts) == 1 else told.numerator,
        _whole(definition.quantities[-1], told.denominator),
        parts=[KpiPart(name, one.value, one.of) for name, one in zip(PLACES, parts, strict=False)],
        reason=told.reason,
    )


def _whole(below: Quantity, number: Decimal | None) -> int | None:
    """How many are below the line, where these are counted."""
    is_count = below.measure in COUNTED or below.measure == "mean"
    return int(number) if is_count and number is not None else None
