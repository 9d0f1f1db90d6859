"""KPIs, figures that are posted of a workspace's own, and how they stand."""

from decimal import Decimal
from typing import Any

import msgspec
import strawberry
from starlette.responses import Response

from service.api.edge import JSON, EdgeOf
from service.api.graphql import context, external_ids, given, ids, mirroring, resources, structs
from service.api.graphql.connections import Pages, connection, listing
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.faces import Face
from service.api.graphql.journeys import Journey, Stage, Step
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import one
from service.api.graphql.scalars import Instant, Number, Uuid
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import journeys, measures
from service.domain.errors import NotFound
from service.domain.measures import KPIS

KPI = "Kpi"


@shows(measures.KpiPlace, always=("journey_id",))
class KpiPlace:
    """Where on a map a KPI stands."""

    journey: Journey | None = one(journeys.JOURNEYS, "journey_id", "The map it is in.")
    stage: Stage | None = one(journeys.STAGES, "stage_id", "The stage it is, if it is one.")
    step: Step | None = one(journeys.STEPS, "step_id", "The step it is, if it is one.")


@shows_resource(KPIS, always=("key",))
class Kpi(Node):
    """A KPI: of the workspace's own, a target on a built-in one, or such a one itself."""

    places: list[KpiPlace] = strawberry.field(description="Where on maps it stands.")
    own: bool = strawberry.field(description="Whether it is the workspace's own.")
    meaning: mirroring.shown(measures.KpiMeaning) | None = strawberry.field(  # type: ignore[valid-type]
        description="What the built-in KPI means exactly; null: it names none."
    )


@shows(measures.PostedKpiValue, always=("value",))
class PostedKpiValue:
    """A figure that was measured elsewhere."""

    id: Uuid = strawberry.field(
        description="The id in REST: the same whenever this time and these keys are posted."
    )
    kpi_id: Uuid = strawberry.field(description="Of which KPI.")
    posted_at: Instant = strawberry.field(description="When it was posted as it is.")


FACE = Face(Kpi, KPIS)
OF_KPI = Argument("kpi_id", strawberry.ID, "Of which Kpi.")
_INNER: dict[Any, Any] = {Decimal: Number}
KpiStatus: Any = structs.family(measures.KpiStatus, _INNER, {"excluded": 3})
PostedOutcome: Any = structs.family(measures.PostedOutcome, {}, {})


def _kpi(text: str) -> Any:
    return ids.plain_id(text, KPI, "/kpi_id")


def _values(owner: str) -> Pages:
    which = _kpi(owner)
    return lambda work, asked: measures.values_of(work, which, asked)  # type: ignore[arg-type]


async def _status(info: Any, kpi_id: str, **range_: Any) -> Any:
    which = _kpi(kpi_id)
    asked = given.built(measures.KpiRange, {n.rstrip("_"): v for n, v in range_.items()})
    try:
        return await context.of(info).analysed(lambda work: measures.kpi_status(work, which, asked))
    except NotFound:
        return None


async def _post(edge: EdgeOf, kpi_id: str, input: Row) -> Answer:
    which, data = _kpi(kpi_id), given.built(measures.PostedKpiValues, input)
    response = await edge.write(
        lambda work: measures.post_values(work, which, data),
        lambda found: Response(msgspec.json.encode(found), media_type=JSON),
    )
    return {"outcome": row_of(response)}


async def _delete(edge: EdgeOf, kpi_id: str, value_id: str) -> Answer:
    which, value = _kpi(kpi_id), ids.plain_id(value_id, "PostedKpiValue", "/value_id")
    await edge.gone(lambda work: measures.delete_value(work, which, value))
    return {"deleted_id": str(value)}


QUERIES = [
    resources.one(FACE),
    external_ids.one(FACE),
    listing("kpis", Kpi, KPIS, measures.KpiList, "KPIs: built-in ones and the workspace's own."),
    connection(
        "posted_kpi_values",
        PostedKpiValue,
        _values,
        measures.PostedKpiValueList,
        "Figures of a KPI that were measured elsewhere, the latest first.",
        owner=OF_KPI,
    ),
    resolving(
        "kpi_status",
        _status,
        KpiStatus | None,
        "How a KPI stands against its target; null when there is no such one.",
        [
            OF_KPI,
            optional("from_", Instant, "From then on; absent: as the target says."),
            optional("to", Instant, "Before then; absent: as the target says."),
        ],
    ),
]
MUTATIONS = [
    *resources.mutations(FACE),
    *external_ids.mutations(FACE),
    mutation(
        "post_kpi_values",
        _post,
        payload("PostKpiValues", ("outcome", PostedOutcome, "What came of them.")),
        "Append figures that were measured elsewhere, or replace those of the same time and keys.",
        [OF_KPI, Argument("input", mirroring.input_of(measures.PostedKpiValues), "Which.")],
    ),
    mutation(
        "delete_kpi_value",
        _delete,
        payload("DeleteKpiValue", ("deleted_id", Uuid, "The id that is gone.")),
        "Take a posted figure away.",
        [OF_KPI, Argument("value_id", Uuid, "The figure by its id, as lists show it.")],
    ),
]
