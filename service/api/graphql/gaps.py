"""Gaps and strengths, of the journeys of an answer at once, and of the whole workspace."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from strawberry import Info

from service.api.edge import EdgeOf
from service.api.graphql import context, given, ids, mirroring
from service.api.graphql.connections import Edge, PageInfo, connection
from service.api.graphql.context import Row
from service.api.graphql.declaring import optional, resolving
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.nodes import KINDS, Node
from service.api.graphql.relations import computed, member
from service.api.graphql.scalars import Json, Uuid
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.states import Asked, Revision, state, together
from service.api.graphql.structs import fields, shown
from service.api.graphql.writing import Answer, mutation
from service.domain import insights
from service.domain.errors import DomainError, Invalid, NotFound
from service.domain.insights import AllGapsQuery, GapList, GapQuery, JourneyGapsQuery
from service.domain.listing import PageOf
from service.domain.words import Meaning
from service.domain.work import Work

_STRONG = Meaning(
    "What sort of strength it is.",
    {
        "high": "A high of the curve, with evidence of both kinds.",
        "managed_crossing": "A crossing at which it is said what is handed over, and to whom.",
        "kpi_met": "A KPI at its target or better.",
    },
)
GapKind: Any = mirroring.enumeration(insights.KINDS, "GapKind", insights.GAP_KIND)
_KINDS = ("high", "managed_crossing", "kpi_met")
StrengthKind: Any = mirroring.enumeration(_KINDS, "StrengthKind", _STRONG)
GapStatus: Any = mirroring.argument_of(insights.NewGap, "status", "Gap")
_ENUMERATIONS = {"kind": GapKind, "status": GapStatus}
_STRUCTS = insights.GAP_PARTS
_PARTS: dict[Any, Any] = {}
for _struct in _STRUCTS:
    _PARTS[_struct] = shown(_struct, _struct.__name__, _PARTS, {})
GapStrength: Any = shown(insights.Strength, "Strength", _PARTS, {"kind": StrengthKind})


class Gap(Node):
    """A place at which the client may go elsewhere, or at which the map itself does not know."""


Gap.id = computed(
    strawberry.ID, "The global id.", lambda row: ids.global_id("Gap", row["id"]), "id"
)
Gap.uuid = member("id", Uuid, "The id in REST.")  # type: ignore[attr-defined]
for _name, _one in fields(insights.Gap, _PARTS, _ENUMERATIONS, "id").items():
    setattr(Gap, _name, _one)
_said = " ".join((insights.Gap.__doc__ or "").split())
Gap = strawberry.type(Gap, description=_said)  # type: ignore[misc]
KINDS["Gap"] = insights.GAPS
GAP = Face(Gap, insights.GAPS)


@strawberry.type(description="A page of gaps, worst first, with counts over all that match.")
class GapConnection:
    """Relay's, and what REST tells beside the page."""

    edges: list[Edge[Gap]] = strawberry.field(description="The gaps with their cursors.")
    nodes: list[Gap] = strawberry.field(description="The gaps of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="Gaps that match.")
    by_kind: Json = strawberry.field(description="How many of each kind match.")
    by_about: Json = strawberry.field(description="How many are about clients, and the map.")
    by_department: list[_PARTS[insights.GapDepartment]] = strawberry.field(  # type: ignore[valid-type]
        description="Those with the worst handoffs first."
    )
    definition: _PARTS[insights.GapDefinition] = strawberry.field(  # type: ignore[valid-type]
        description="What they were computed from."
    )
    excluded: list[_PARTS[insights.GapExclusion]] = strawberry.field(  # type: ignore[valid-type]
        description="What could not be looked at."
    )
    reasons: Json = strawberry.field(description="Why null members of the gaps are null.")
    opportunities: list[Gap] = strawberry.field(
        description="Private steps at which we could be present; of one journey alone."
    )


def _connection(answer: GapList, cursors: Sequence[str], later: bool) -> Row:
    """An answer as the connection's fields read it."""
    nodes = [_row(gap) for gap in answer.items]
    pairs = zip(nodes, cursors, strict=True)
    beside = {name: getattr(answer, name) for name in _BESIDE}
    return {
        **beside,
        "edges": [{"node": node, "cursor": cursor} for node, cursor in pairs],
        "nodes": nodes,
        "total_count": answer.total,
        "opportunities": [_row(gap) for gap in getattr(answer, "opportunities", ())],
        "page_info": {
            "has_next_page": answer.next is not None,
            "has_previous_page": later,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }


_BESIDE = ("by_kind", "by_about", "by_department", "definition", "excluded", "reasons")


def _row(gap: insights.Gap) -> Row:
    found: Row = msgspec.to_builtins(gap)
    return found


def _asked(model: Any, first: Any, after: Any, filter: Any, **more: Any) -> Any:
    """The question in a field's arguments. Raises `Invalid`, naming every one."""
    members = {n: v for n, v in (filter or {}).items() if v is not None}
    if "kind" in members:
        members["kind"] = ",".join(members["kind"])
    page = {"limit": first, "after": after, **more}
    members |= {n: v for n, v in page.items() if v is not None and v is not strawberry.UNSET}
    try:
        return given.built(model, members)
    except Invalid as error:
        raise error.renamed(_renamed) from error


def _renamed(pointer: str) -> str:
    own = {"/limit": "/first", "/after": "/after", "/revision": "/revision"}
    return own.get(pointer, f"/filter{pointer}")


_FIRST = "Gaps a page: 1 to 200, by default 50."
_AFTER = "The cursor of the gap before, with the same other arguments."
JourneyGapsFilter: Any = mirroring.input_of(JourneyGapsQuery, "limit", "after", "revision")
GapFilter: Any = mirroring.input_of(GapQuery)
AllGapsFilter: Any = mirroring.input_of(AllGapsQuery, "limit", "after")


def _filtered(filter: Any) -> Mapping[str, Any] | None:
    return filter if isinstance(filter, Mapping) else None


def _of_journey(
    root: Any,
    info: Info,
    first: Annotated[int | None, strawberry.argument(description=_FIRST)] = strawberry.UNSET,
    after: Annotated[str | None, strawberry.argument(description=_AFTER)] = strawberry.UNSET,
    filter: Annotated[
        JourneyGapsFilter | None, strawberry.argument(description="Which gaps.")
    ] = strawberry.UNSET,
    *,
    revision: Revision = strawberry.UNSET,
) -> Awaitable[Any]:
    query = _asked(JourneyGapsQuery, first, after, _filtered(filter), revision=revision)
    key = UUID(root["id"]), query.model_dump_json(by_alias=True)
    return context.of(info).loaded("gaps", _load, key, analysed=True)


def journey_gaps() -> Any:
    """A journey's field for its gaps."""
    said = "Where clients may go elsewhere, and what the map does not know, worst first."
    metadata = {STORED: Stored(("id",))}
    kind = GapConnection | None
    return strawberry.field(description=said, metadata=metadata, graphql_type=kind)(_of_journey)


async def _load(work: Work, asked: Sequence[Asked]) -> list[Any]:
    return await together(work, asked, _answers)


async def _answers(work: Work, journey_ids: Sequence[UUID], query: str) -> dict[UUID, Any]:
    """The connections of these maps for one question, or why there is none."""
    data = JourneyGapsQuery.model_validate_json(query)
    try:
        answers = await insights.many_journey_gaps(work, journey_ids, data)
    except DomainError as error:
        return dict.fromkeys(journey_ids, _at_filter(error))
    return {
        which: one
        if isinstance(one, DomainError)
        else _connection(one.answer, one.page.cursors, data.after is not None)
        for which, one in answers.items()
    }


def _at_filter(error: DomainError) -> DomainError:
    return error.renamed(_renamed) if isinstance(error, Invalid) else error


def strengths() -> Any:
    """A journey's field for its strengths."""
    said = "Where the journey is strong already, in its order."
    metadata = {STORED: Stored(("id",), times=8)}
    kind: Any = list[GapStrength] | None
    return strawberry.field(description=said, metadata=metadata, graphql_type=kind)(_strengths)


def _strengths(root: Any, info: Info, revision: Revision = strawberry.UNSET) -> Awaitable[Any]:
    asked = UUID(root["id"]), state(revision)
    return context.of(info).loaded("strengths", _load_strengths, asked, analysed=True)


async def _load_strengths(work: Work, asked: Sequence[Asked]) -> list[Any]:
    return await together(work, asked, insights.strengths)


async def _all(info: Any, first: Any = None, after: Any = None, filter: Any = None) -> Row:
    query = _asked(AllGapsQuery, first, after, _filtered(filter))
    try:
        maps = await context.of(info).analysed(lambda work: insights.all_maps(work, query))
    except Invalid as error:
        raise error.renamed(_renamed) from error
    computed = await asyncio.to_thread(insights.all_gaps, maps)
    found = await context.of(info).read(lambda work: insights.dated(work, computed))
    return _connection(found.answer, found.page.cursors, query.after is not None)


async def _gap(info: Any, id: str, filter: Any = None) -> Row | None:
    request, which = context.of(info), GAP.id_of(id)
    if not filter:
        return await request.row(info._raw_info, GAP.resource, which)
    query = _asked(GapQuery, None, None, filter)
    try:
        found = await request.analysed(lambda work: insights.GAPS.found(work, which, query))
    except NotFound:
        return None
    except Invalid as error:
        raise error.renamed(_renamed) from error
    row: Row = request.decoded(found.json)
    return row


async def _judge(edge: EdgeOf, id: str, patch: Row, filter: Any = None, **at: int | None) -> Answer:
    data = given.built(insights.GAPS.patch_input, patch)
    query, which = _asked(GapQuery, None, None, filter), GAP.id_of(id)
    return GAP.now(
        await edge.changed(
            lambda work: insights.GAPS.judged(work, which, data, expected(at), query)
        )
    )


@mirroring.shows(insights.GapSighting, always=("gap_id", "journey_id"))
class GapSighting:
    """A gap from when the worker first saw it until it was gone."""

    id: Uuid = strawberry.field(description="The id in REST, of this time that it was there.")


def _history(work: Work, asked: Any) -> Awaitable[PageOf]:
    return insights.gap_history(work, asked)


_OF_WHAT = optional("filter", GapFilter, "What is asked of events, as where it was listed.")
QUERIES = [
    resolving(
        "gap",
        _gap,
        Gap | None,
        "The gap with this id; null when there is none.",
        [GAP.by_id, _OF_WHAT],
    ),
    connection(
        "gap_history",
        GapSighting,
        _history,
        insights.GapSightingList,
        "When gaps came and went, the latest first: what is new, what is closed.",
    ),
    resolving(
        "gaps",
        _all,
        GapConnection | None,
        "The gaps of all journeys, or of those of a profile, worst first.",
        [
            optional("first", int, _FIRST),
            optional("after", str, _AFTER),
            optional("filter", AllGapsFilter, "Which gaps."),
        ],
    ),
]
MUTATIONS = [
    mutation(
        "update_gap",
        _judge,
        GAP.changed,
        "Change some members of the gap.",
        [GAP.by_id, GAP.patch, IF_VERSION, _OF_WHAT],
    )
]
