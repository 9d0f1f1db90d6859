"""Maps brought in: our own JSON, and Mermaid `journey` diagrams."""

from typing import Any

import strawberry
from pydantic_core import to_json
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql import ids
from service.api.graphql.declaring import optional
from service.api.graphql.scalars import Json
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import journeys
from service.domain.errors import Invalid, Problem
from service.domain.journeys import Imported


@strawberry.type(description="A line that was read but not understood in full.")
class UnreadLine:
    """As REST lists them."""

    line: int = strawberry.field(description="Counted from 1.")
    detail: str = strawberry.field(description="What was not understood.")


def import_journeys(shown: Any) -> Any:
    """The mutation; `shown` is the type of a journey."""
    answers = payload(
        "ImportJourneys",
        ("journeys", list[shown], "The maps as they are now."),
        ("problems", list[UnreadLine], "What was read but not understood, by line."),
    )
    arguments = [
        optional("mermaid", str, "A Mermaid or Markdown document with journey diagrams."),
        optional("json", Json, "One map as REST shows it, a list of maps, or a page of them."),
        optional("journey_id", strawberry.ID, "The map to reconcile with, by key."),
    ]
    said = "Bring in maps from `mermaid` or from `json`; all of them or none."
    return mutation("import_journeys", _import, answers, said, arguments)


async def _import(
    edge: EdgeOf,
    mermaid: str | None = None,
    json: Any = None,
    journey_id: str | None = None,
) -> Answer:
    if (mermaid is None) is (json is None):
        detail = "give either mermaid or json"
        raise Invalid([Problem(f"/{name}", "one_of", detail) for name in ("mermaid", "json")])
    edge.caller.needs(journeys.JOURNEYS.writes)
    if mermaid is not None:
        brought = await edge.aside(journeys.mermaid_maps, mermaid.encode())
    else:
        brought = journeys.own_maps(to_json(json, inf_nan_mode="constants"))
    into = ids.optional_id(journey_id, "Journey", "/journey_id")
    response = await edge.write(lambda work: journeys.import_maps(work, brought, into), _imported)
    came = row_of(response)
    return {"journeys": came["items"], "problems": came["problems"]}


def _imported(came: Imported) -> Response:
    return Response(came.json, 201)
