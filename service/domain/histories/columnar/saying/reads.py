"""Values that histories left unsaid, read where they are asked for."""

import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, bindparam, cast, func, select

from service.domain.events import event_rows
from service.domain.histories.columnar.reads import word
from service.domain.histories.reads import Range, Told, of_paths
from service.domain.history import Unnamed, Word
from service.domain.paging import in_workspace
from service.domain.shapes import json_array
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work


async def words_of(work: Work, sought: Collection[Unnamed]) -> Mapping[Unnamed, Word]:
    """What values are, without those whose events are gone meanwhile: one statement."""
    work.needs(Scope.ANALYTICS_READ)
    if not sought:
        return {}
    names = list(dict.fromkeys(one.field for one in sought))
    arrivals = list({one.arrival for one in sought})
    text = await work.value(_statement(names), arrivals=arrivals)
    rows = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    held = {
        Unnamed(name, int(row[0])): value
        for row in rows
        for name, value in zip(names, row[1:], strict=True)
    }
    return {one: held[one] for one in sought if held.get(one) is not None}


def _statement(names: Collection[str]) -> Statement:
    seen = in_workspace(event_rows)
    among = (
        select(seen)
        .where(
            seen.c.workspace_id == WORKSPACE,
            seen.c.arrival == func.any(bindparam("arrivals", type_=ARRAY(BigInteger))),
        )
        .subquery("among")
    )

    def wanted(told: Told) -> list[ColumnElement[Any]]:
        values = (word(name, told, lists=False).label(f"field_{n}") for n, name in enumerate(names))
        return [told.event.c.arrival, *values]

    found = of_paths(wanted, Range(), among=among).subquery("found")
    told = (found.c[f"field_{n}"] for n in range(len(names)))
    row = func.json_build_array(found.c.arrival, *told)
    return Statement(select(cast(json_array(row, [found.c.arrival]), Text)))
