"""Lists as CSV, and many rows in at once: see `service.domain.forms`."""

from collections.abc import Mapping
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body
from starlette.responses import Response

from service.api.edge import Edge, EdgeOf
from service.api.negotiating import LISTED, chosen
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Shown
from service.api.rest.queries import choosing
from service.api.streaming import PIECE, Chunks
from service.api.walking import pages
from service.domain import forms
from service.domain.errors import UnsupportedMedia
from service.domain.forms import Brought, Form, Outcome
from service.domain.listing import ListQuery
from service.domain.spreadsheets import MEDIA_TYPE, ReadAs
from service.domain.words import told

FORMATS = {**LISTED, "csv": MEDIA_TYPE}
TABLE = "name,external_id\nAnn,crm:4711\n"
CONTENT: dict[str, Any] = {MEDIA_TYPE: {"schema": {"type": "string"}, "example": TABLE}}
_SENT: dict[str, Any] = {
    MEDIA_TYPE: {
        "schema": {"type": "string", "contentMediaType": MEDIA_TYPE},
        "example": TABLE,
    }
}


class ReadAsDocument(Shown):
    """How a CSV file was understood."""

    encoding: Annotated[
        Literal["utf-8", "utf-16-le", "utf-16-be"], told("By its first bytes.", "utf-8")
    ]
    delimiter: Annotated[
        Literal["comma", "semicolon", "tab"],
        told("Whichever the header line has most of.", "semicolon"),
    ]


class ImportedRow(Shown):
    """What became of a line."""

    line: Annotated[int, told("Where it begins in the file, counted from 1.", 2)]
    id: Annotated[UUID, told("The row it is now.", id_like("persona"))]
    outcome: Annotated[
        Literal["created", "updated", "unchanged"], told("What had to be done.", "created")
    ]


class RowsDocument(Shown):
    """What came of an import of rows."""

    items: Annotated[list[ImportedRow], told("What became of each line, in order.")]
    read_as: Annotated[ReadAsDocument, told("How the file was read.")]


def listed(responses: Mapping[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The answers of a list that is also there as CSV."""
    content = {**responses[200].get("content", {}), **CONTENT}
    return {**responses, 200: {**responses[200], "content": content}}


def formatted(query_model: type[ListQuery]) -> type[ListQuery]:
    """The query of a list that is also there as CSV, then all of it from `after` on."""
    text = "`csv`, `ndjson`: all rows, or as many as `limit` says. Else by Accept."
    return choosing(query_model, FORMATS, text)


def wanted(edge: EdgeOf) -> bool:
    """Whether the caller asks for CSV."""
    return chosen(edge.request, FORMATS) == "csv"


async def streamed(edge: EdgeOf, form: Form, query: ListQuery) -> Response:
    """The list from `after` on, piece by piece; no connection is held between two pages."""
    query = query.model_copy(update={"count": False, "view": "list"})
    more = {"Waypost-Not-Carried": ", ".join(form.not_carried)}
    return edge.streamed(_rows(edge, form, query), f"{MEDIA_TYPE}; charset=utf-8", more)


async def _rows(edge: EdgeOf, form: Form, query: ListQuery) -> Chunks:
    header = forms.header(form)
    async with aclosing(pages(lambda asked: edge.page(form.resource.page, asked), query)) as walk:
        async for page in walk:
            rows = await edge.read(partial(forms.lines, form=form, items=page.items))
            sent = (header + rows).encode()
            header = ""
            for start in range(0, len(sent), PIECE):
                yield sent[start : start + PIECE]
                await edge.called_again()


def imports(router: APIRouter, path: str, form: Form) -> None:
    """Add the route that takes rows of a kind."""
    kind = form.resource.kind

    @router.post(
        f"{path}/import",
        response_model=RowsDocument,
        responses=documents.refusals(408, 409, 413, 415, 422)
        | {200: {"description": "What became of each line."}},
        operation_id=f"import_{kind}s",
        summary=f"Create or update many {kind}s from CSV",
        openapi_extra={"requestBody": {"required": True, "content": _SENT}},
        tags=[path.removeprefix("/v1/")],
    )
    async def import_rows(
        body: Annotated[bytes, Body(media_type=MEDIA_TYPE)], edge: Edge
    ) -> Response:
        """Rows as `GET` of the same list gives them as CSV: the header line names the members.

        A row is known by its external ids, a touchpoint also by its key; others are created. A
        column that is missing leaves its member as it is, an empty cell empties it. All or nothing.
        """
        edge.caller.needs(form.resource.writes)
        media = (edge.header("content-type") or "").partition(";")[0].strip().lower()
        if media != MEDIA_TYPE:
            raise UnsupportedMedia(f"Send {MEDIA_TYPE}.")
        brought = await edge.aside(partial(forms.read, form), body)
        return await edge.write(
            lambda work: forms.bring(work, form, brought), partial(_told, brought)
        )


def _told(brought: Brought, items: list[Outcome]) -> Response:
    body = {"items": items, "read_as": _shown(brought.read_as)}
    return Response(msgspec.json.encode(body), 200, media_type=FORMATS["json"])


def _shown(read_as: ReadAs) -> dict[str, str]:
    return msgspec.structs.asdict(read_as)
