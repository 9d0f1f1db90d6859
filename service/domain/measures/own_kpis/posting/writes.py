"""Posting figures of a KPI. What is posted again, of the same time and keys, is the same row."""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct
from sqlalchemy import Uuid, bindparam, delete, func, or_, select
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import insert

from service.domain.answers import told
from service.domain.errors import DomainError, Invalid, Kind, NotFound, Problem, pointer
from service.domain.measures.own_kpis.posted_inputs import (
    PostedKpiValue,
    PostedKpiValueList,
    PostedKpiValues,
)
from service.domain.measures.own_kpis.shape import VALUES
from service.domain.measures.own_kpis.tables import kpi_values
from service.domain.measures.own_kpis.writes import KPIS
from service.domain.paging import PageOf, page
from service.domain.statements import WORKSPACE, Statement, rows_of, uuids
from service.domain.tables import SCHEMA, instant
from service.domain.work import Scope, Work

_WRITTEN = Context(prec=28)
_FIGURES = ("value", "numerator", "denominator")
_COUNTED = ("ratio", "share")
_CHANGED = {"members": ["values"]}


class KpiIsComputed(DomainError):
    """The KPI's figure is computed; none can be posted."""

    kind, code = Kind.CONFLICT, "kpi_is_computed"


class PostedOutcome(Struct, frozen=True, gc=False):
    """What came of figures that were posted."""

    kpi_id: Annotated[str, told("Of which KPI.", "0198c7f0-0000-7000-8000-0000000000f0")]
    created: Annotated[int, told("Figures that are new.", 30)]
    replaced: Annotated[int, told("Figures that took the place of others.", 1)]
    unchanged: Annotated[int, told("Figures that were there as they are.", 0)]


async def values_of(work: Work, kpi_id: UUID, query: PostedKpiValueList) -> PageOf:
    """One page of the posted figures of a KPI. Raises `NotFound`, and what `page` does."""
    work.needs(Scope.MAPS_READ)
    found = await page(work, VALUES, query, kpi_id=kpi_id)
    if found.items == "[]":
        await KPIS.one(work, kpi_id)
    return found


async def post_values(work: Work, kpi_id: UUID, given: PostedKpiValues) -> PostedOutcome:
    """Append figures, or replace those of the same time and keys.

    Raises `NotFound`, `KpiIsComputed`, `Invalid` for two of one time and keys, and for what cannot
    be added up as the KPI says.
    """
    work.needs(Scope.MAPS_WRITE)
    kpi = await KPIS.current(work, kpi_id, ["definition", "built_in", "aggregation"])
    if kpi["definition"] is not None or kpi["built_in"] is not None:
        raise KpiIsComputed("The figure of this KPI is computed: none can be posted.")
    rows = [_row(kpi_id, one) for one in given.items]
    if problems := _wrong(rows, kpi["aggregation"]):
        raise Invalid(problems)
    ids = [one["id"] for one in rows]
    known, changed = await work.value(_POST, rows=rows, ids=ids)
    if changed:
        await KPIS.change(work, kpi_id, {}, None, _CHANGED)
    created = len(rows) - known
    return PostedOutcome(str(kpi_id), created, changed - created, len(rows) - changed)


async def delete_value(work: Work, kpi_id: UUID, value_id: UUID) -> None:
    """Take a posted figure away. Raises `NotFound` for the KPI and for the figure."""
    work.needs(Scope.MAPS_WRITE)
    await KPIS.current(work, kpi_id, ["id"])
    if await work.value(_DELETE, kpi_id=kpi_id, id=value_id) is None:
        raise NotFound("posted figure", value_id)
    await KPIS.change(work, kpi_id, {}, None, _CHANGED)


def _row(kpi_id: UUID, one: PostedKpiValue) -> dict[str, Any]:
    """A row: the same id whenever the same time and keys of the KPI are posted."""
    keys = msgspec.json.encode(one.keys, order="sorted").decode()
    value, numerator, denominator = (
        None if number is None else Decimal(repr(number))
        for number in (one.value, one.numerator, one.denominator)
    )
    if value is None and numerator is not None and denominator is not None:
        value = _WRITTEN.divide(numerator, denominator)
    return {
        "id": uuid5(kpi_id, f"{one.at.isoformat()} {keys}"),
        "kpi_id": kpi_id,
        "at": one.at,
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "keys": one.keys,
    }


def _wrong(rows: Sequence[Mapping[str, Any]], aggregation: str) -> list[Problem]:
    problems, known = [], set()
    for n, one in enumerate(rows):
        if one["id"] in known:
            detail = "another item is of the same time and keys"
            problems.append(Problem(pointer("items", n), "repeated", detail))
        known.add(one["id"])
        if aggregation in _COUNTED and one["numerator"] is None:
            detail = f"is needed: the KPI's aggregation is {aggregation}"
            problems.append(Problem(pointer("items", n, "numerator"), "required", detail))
        elif aggregation == "share" and not _is_share(one):
            detail = "must be a count of a part of the denominator"
            problems.append(Problem(pointer("items", n, "numerator"), "not_a_share", detail))
    return problems


def _is_share(row: Mapping[str, Any]) -> bool:
    part, whole = row["numerator"], row["denominator"]
    return bool(0 <= part <= whole and part == int(part) and whole == int(whole))


def _posting() -> Statement:
    """How many of the rows are known, and how many are new or changed."""
    call = func.jsonb_populate_recordset(
        sql_text(f"NULL::{SCHEMA}.{kpi_values.name}"), rows_of("rows")
    )
    given = call.table_valued(*kpi_values.c).alias("given")
    fixed = {"workspace_id": WORKSPACE, "posted_at": bindparam("now", type_=instant)}
    values = {c.name: fixed.get(c.name, given.c[c.name]) for c in kpi_values.c}
    new = insert(kpi_values).from_select([*values], select(*values.values()).select_from(given))
    written = new.on_conflict_do_update(
        index_elements=["workspace_id", "id"],
        set_={name: new.excluded[name] for name in (*_FIGURES, "posted_at")},
        where=or_(*(kpi_values.c[name].is_distinct_from(new.excluded[name]) for name in _FIGURES)),
    )
    changed = written.returning(kpi_values.c.id).cte("changed")
    held = kpi_values.alias("held")
    known = select(func.count()).where(
        held.c.workspace_id == WORKSPACE, held.c.id == func.any(uuids("ids"))
    )
    number = select(func.count()).select_from(changed)
    return Statement(select(func.row(known.scalar_subquery(), number.scalar_subquery())))


_POST = _posting()
_DELETE = Statement(
    delete(kpi_values)
    .where(
        kpi_values.c.workspace_id == WORKSPACE,
        kpi_values.c.kpi_id == bindparam("kpi_id", type_=Uuid()),
        kpi_values.c.id == bindparam("id", type_=Uuid()),
    )
    .returning(kpi_values.c.id)
)
