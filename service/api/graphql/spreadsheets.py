"""Many rows brought in as CSV: see `service.domain.forms`."""

from functools import partial
from typing import Any

import msgspec
import strawberry
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql.declaring import Argument
from service.api.graphql.scalars import Uuid
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import forms
from service.domain.forms import Brought, Form, Outcome
from service.domain.spreadsheets import ReadAs


@strawberry.type(name="ReadAs", description="How a CSV file was understood.")
class ReadAsShown:
    """As REST shows it."""

    encoding: str = strawberry.field(description="Always utf-8 here: a text has been decoded.")
    delimiter: str = strawberry.field(description="comma, semicolon or tab.")


@strawberry.type(description="What became of a line.")
class ImportedRow:
    """As REST lists them."""

    line: int = strawberry.field(description="Where it begins in the file, counted from 1.")
    uuid: Uuid = strawberry.field(description="The id in REST of its row.")
    outcome: str = strawberry.field(description="created, updated or unchanged.")


def import_rows(form: Form) -> Any:
    """The mutation that takes rows of a kind."""
    kind = form.resource.kind
    answers = payload(
        f"Import{kind.capitalize()}s",
        ("rows", list[ImportedRow], "What became of each line."),
        ("read_as", ReadAsShown, "How the file was understood."),
    )

    async def write(edge: EdgeOf, csv: str) -> Answer:
        edge.caller.needs(form.resource.writes)
        brought = await edge.aside(partial(forms.read, form), csv.encode())
        response = await edge.write(
            lambda work: forms.bring(work, form, brought), partial(_told, brought)
        )
        answer: Answer = row_of(response)
        return answer

    said = f"Create or update many {kind}s from CSV: all of them or none."
    arguments = [Argument("csv", str, "The first line says which column is what.")]
    return mutation(f"import_{kind}s", write, answers, said, arguments)


def _told(brought: Brought, items: list[Outcome]) -> Response:
    rows = [{"line": one.line, "uuid": one.id, "outcome": one.outcome} for one in items]
    body = {"rows": rows, "read_as": read_as(brought.read_as)}
    return Response(msgspec.json.encode(body), 200)


def read_as(found: ReadAs | None) -> dict[str, str] | None:
    """How a file was read, if it was CSV."""
    return None if found is None else msgspec.structs.asdict(found)
