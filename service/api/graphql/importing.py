"""Maps brought in: our own JSON, Mermaid `journey` diagrams, and CSV."""

from typing import Any

import strawberry
from pydantic_core import to_json
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql import ids
from service.api.graphql.declaring import optional
from service.api.graphql.scalars import Json
from service.api.graphql.spreadsheets import ReadAsShown
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
        ("read_as", ReadAsShown, "How a CSV file was understood; null for other forms."),
    )
    arguments = [
        optional("mermaid", str, "A Mermaid or Markdown document with journey diagrams."),
        optional("csv", str, "CSV, one line a step; the first line says which column is what."),
        optional("json", Json, "A map as REST shows it, a list or page of maps, or a bundle."),
        optional("journey_id", strawberry.ID, "The map to reconcile with, by key."),
    ]
    said = "Bring in maps from `mermaid`, `csv` or `json`; all of them or none."
    return mutation("import_journeys", _import, answers, said, arguments)


async def _import(
    edge: EdgeOf,
    mermaid: str | None = None,
    csv: str | None = None,
    json: Any = None,
    journey_id: str | None = None,
) -> Answer:
    given = {"mermaid": mermaid, "csv": csv, "json": json}
    sent = [name for name, one in given.items() if one is not None]
    if len(sent) != 1:
        detail = f"give one of {', '.join(given)}"
        places = [f"/{name}" for name in sent] or [""]
        raise Invalid([Problem(place, "one_of", detail) for place in places])
    edge.caller.needs(journeys.JOURNEYS.writes)
    brought: journeys.Brought | journeys.Ready
    if mermaid is not None:
        brought = await edge.aside(journeys.mermaid_maps, mermaid.encode())
    elif csv is not None:
        brought = await edge.aside(journeys.csv_maps, csv.encode())
    else:
        brought = journeys.own_maps(to_json(json, inf_nan_mode="constants"))
    into = ids.optional_id(journey_id, "Journey", "/journey_id")
    response = await edge.write(lambda work: journeys.import_maps(work, brought, into), _imported)
    came = row_of(response)
    return {"journeys": came["items"], "problems": came["problems"], "read_as": came["read_as"]}


def _imported(came: Imported) -> Response:
    return Response(came.json, 201)
