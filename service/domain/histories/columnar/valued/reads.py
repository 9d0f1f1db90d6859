"""What fields of some events hold, by the numbers of these.

Whose these are is known where the order of all is, so here nobody is joined and nothing is sorted:
half of what it costs to read whole histories.
"""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause, Integer, Text, cast, func, select

from service.domain.histories.columnar.decoding import Values, valued
from service.domain.histories.columnar.reads import (
    ABSENT,
    Question,
    among,
    listed,
    numbered,
    word,
)
from service.domain.histories.reads import Asked, Told, events_of_paths, run_of
from service.domain.statements import Statement
from service.domain.work import Scope, Work


async def values(work: Work, asked: Asked) -> Values:
    """The fields of all events that `only` selects in a range, whether they count or not: one
    statement. Conditions ask for what events tell of themselves."""
    work.needs(Scope.ANALYTICS_READ)
    statement = _kept(Question.of(asked))
    rows, words = await work.value(statement, **asked.within.given)
    exact: Any = {"parse_float": Decimal, "parse_int": Decimal}
    return valued(asked.fields, rows, json.loads(words, **exact))


@lru_cache(maxsize=64)
def _kept(question: Question) -> Statement:
    return _statement(question.asked)


def _statement(asked: Asked) -> Statement:
    def wanted(told: Told) -> list[Any]:
        held = (word(name, told, lists=name in asked.lists) for name in asked.fields)
        fields = (one.label(f"field_{n}") for n, one in enumerate(held))
        event = told.event.c
        return [event.who, event.arrival, event.timestamp.label("at"), *fields]

    chosen = events_of_paths(wanted, asked.within, asked.only).cte("chosen")
    words = [
        numbered(chosen, f"field_{n}", f"words_{n}", *among(asked, chosen, name, n))
        for n, name in enumerate(asked.fields)
    ]
    source: FromClause = chosen
    own = chosen.c
    parts = [func.uuid_send(own.who), func.int8send(own.arrival), func.timestamptz_send(own.at)]
    for n, one in enumerate(words):
        # Each value is of some row; of a full join the planner does not go through all for each.
        source = source.outerjoin(one, one.c.value == chosen.c[f"field_{n}"], full=True)
        parts.append(func.int4send(cast(func.coalesce(one.c.number, ABSENT), Integer)))
    rows = select(run_of(parts)).select_from(source).scalar_subquery()
    said = cast(func.json_build_array(*map(listed, words)), Text)
    return Statement(select(func.row(rows, said)))
