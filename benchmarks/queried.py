"""What is asked by GraphQL: maps with their stages and steps, ten members of each.

Instants and exact numbers are not among them: PostGraphile spells these otherwise.
`python -m benchmarks --only GraphQL` measures these cases alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, select
from strawberry.utils.str_converters import to_camel_case

from benchmarks.ground import Ground, Row
from benchmarks.least import PAGE, Query, newest, one
from benchmarks.load import request
from service.domain import journeys, shapes
from service.domain.shapes import Projection, Stored

MEMBERS: Mapping[str, Sequence[str]] = {
    "journey": (
        *("title", "scenario", "occasion", "perspective", "status", "locale", "tags"),
        *("campaigns", "template", "version"),
    ),
    "stage": (
        *("key", "name", "description", "phase", "funnel_stage", "goals", "needs", "feelings"),
        *("expectations", "version"),
    ),
    "step": (
        *("key", "action", "actors", "channel", "device", "department", "expected_outcome"),
        *("thoughts", "feelings", "version"),
    ),
}


def selection(stages: str, steps: str) -> str:
    """The members, as a query selects them; the parts by the names that are given."""
    journey, stage, step = (" ".join(map(to_camel_case, each)) for each in MEMBERS.values())
    return f"{{ {journey} {stages} {{ {stage} {steps} {{ {step} }} }} }}"


_OURS = selection("stages", "steps")
ONE = f"query Map($id: ID!) {{ journey(id: $id) {_OURS} }}"
SOME = f"query Maps($first: Int!) {{ journeys(first: $first) {{ nodes {_OURS} }} }}"
FIGURED = """query Figured($first: Int!) { journeys(first: $first) { nodes { title
  emotionCurve { mean peakEnd volatility points { key rating } peak { rating } trough { rating } }
  gaps(first: 10) { totalCount nodes { kind severity confidence stageId stepId } } } } }"""
_ORDERED = "(orderBy: POSITION_ASC)"
_THEIRS = selection(
    f"stages: stagesByWorkspaceIdAndJourneyIdList{_ORDERED}",
    f"steps: stepsByWorkspaceIdAndStageIdList{_ORDERED}",
)
_THEIR_ONE = f"""query Map($in: UUID!, $id: UUID!) {{
  journey: journeyByWorkspaceIdAndRowId(workspaceId: $in, rowId: $id) {_THEIRS} }}"""
_THEIR_SOME = f"""query Maps($in: UUID!, $first: Int!) {{ journeys: allJourneys(
  condition: {{workspaceId: $in}}, first: $first, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]
) {{ nodes {_THEIRS} }} }}"""


def ones(rows: Sequence[Row]) -> Sequence[bytes]:
    """One map each."""
    return [asked(row.tenant.key, ONE, id=str(row.id)) for row in rows]


def hot(ground: Ground) -> Sequence[Row]:
    """The maps that are asked for again and again: one of each workspace."""
    return [*{row.tenant.workspace_id: row for row in ground.journeys}.values()]


def pages(ground: Ground, query: str = SOME) -> Sequence[bytes]:
    """A page of each workspace."""
    return [asked(tenant.key, query, first=PAGE) for tenant in ground.tenants]


def postgraphile_ones(rows: Sequence[Row]) -> Sequence[bytes]:
    """The same as PostGraphile is asked for them; the rows say whose they are."""
    each = [(str(row.tenant.workspace_id), str(row.id)) for row in rows]
    return [asked(None, _THEIR_ONE, **{"in": whose, "id": which}) for whose, which in each]


def postgraphile_pages(ground: Ground) -> Sequence[bytes]:
    """The same of the pages."""
    whose = [str(tenant.workspace_id) for tenant in ground.tenants]
    return [asked(None, _THEIR_SOME, **{"in": one, "first": PAGE}) for one in whose]


def asked(key: str | None, query: str, **variables: Any) -> bytes:
    """An operation and its variables, as they are sent."""
    return request("POST", "/graphql", key, {"query": query, "variables": variables})


def least() -> tuple[Query, Query]:
    """The same answers in a statement each, for the limit."""
    journey, stage, step = (_shown(each) for each in MEMBERS.values())
    steps = shapes.projection.parts("steps", Projection(step))
    stages = shapes.projection.parts("stages", Projection({**stage, "steps": steps}))
    whole = Projection({**journey, "stages": stages})
    shape = journeys.JOURNEYS.shape
    each = one(lambda row: _framed(whole(Stored(shape, row)), "data", "journey"))
    some = newest(lambda row: whole(Stored(shape, row)))
    return each, Query(select(cast(_framed(some, "data", "journeys", "nodes"), Text)))


def _shown(members: Sequence[str]) -> dict[str, shapes.Shown]:
    return {to_camel_case(name): shapes.projection.member(name) for name in members}


def _framed(value: Any, *names: str) -> Any:
    for name in reversed(names):
        value = shapes.json_object({name: value})
    return value
