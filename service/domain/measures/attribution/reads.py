"""The touchpoints of the catalogue that events are bound to."""

import msgspec
from sqlalchemy import Integer, Text, bindparam, cast, func, literal_column, select

from service.domain import journeys
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work

_touchpoints = journeys.touchpoints


class Bound(msgspec.Struct, frozen=True):
    """A touchpoint, and its binding as it is stored."""

    id: str
    key: str
    name: str
    binding: dict[str, object]


async def bound(work: Work, most: int) -> list[Bound]:
    """Touchpoints with a binding, by their key: one more than `most` where there are more."""
    work.needs(Scope.ANALYTICS_READ)
    found = await work.value(_BOUND, most=most + 1)
    return msgspec.json.decode(found, type=list[Bound])


def _statement() -> Statement:
    held = (
        select(*(_touchpoints.c[name] for name in ("id", "key", "name", "binding")))
        .where(
            _touchpoints.c.workspace_id == WORKSPACE,
            func.jsonb_typeof(_touchpoints.c.binding) == literal_column("'object'"),
        )
        .order_by(_touchpoints.c.key.collate("C"))
        .limit(bindparam("most", type_=Integer))
        .subquery("held")
    )
    item = json_object({name: held.c[name] for name in ("id", "key", "name", "binding")})
    listed = json_array(item, [held.c.key.collate("C")])
    return Statement(select(cast(listed, Text)))


_BOUND = _statement()
