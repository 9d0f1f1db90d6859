"""Lists as CSV, and many rows in at once: see `service.domain.forms`."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body
from pydantic import Field, create_model
from starlette.responses import Response, StreamingResponse

from service.api.edge import Edge, EdgeOf
from service.api.negotiating import chosen
from service.api.rest import documents
from service.api.rest.documents import Shown
from service.api.route import calling
from service.domain import forms
from service.domain.errors import UnsupportedMedia
from service.domain.forms import Brought, Form, Outcome
from service.domain.paging import ListQuery, PageOf
from service.domain.spreadsheets import MEDIA_TYPE, ReadAs

FORMATS = {"json": "application/json", "csv": MEDIA_TYPE}
CONTENT: dict[str, Any] = {MEDIA_TYPE: {"schema": {"type": "string"}}}
LIST: dict[int | str, dict[str, Any]] = {200: {"content": CONTENT}}
_PAGE = 200
"""Rows read at once."""
_SENT: dict[str, Any] = {MEDIA_TYPE: {"schema": {"type": "string", "contentMediaType": MEDIA_TYPE}}}
_FORMAT: Any = Literal["json", "csv"] | None
_HEADERS = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}


class ReadAsDocument(Shown):
    """How a CSV file was understood."""

    encoding: Literal["utf-8", "utf-16-le", "utf-16-be"]
    delimiter: Literal["comma", "semicolon", "tab"] = Field(
        description="Whichever the header line has most of."
    )


class ImportedRow(Shown):
    """What became of a line."""

    line: int = Field(description="Where it begins in the file, counted from 1.")
    id: UUID
    outcome: Literal["created", "updated", "unchanged"]


class RowsDocument(Shown):
    """What came of an import of rows."""

    items: list[ImportedRow]
    read_as: ReadAsDocument


def formatted(query_model: type[ListQuery]) -> type[ListQuery]:
    """The query of a list that is also there as CSV, then all of it from `after` on."""
    said = Field(None, description="`csv`: all rows. Else by Accept.")
    made: type[ListQuery] = create_model(
        query_model.__name__, __base__=query_model, format=(_FORMAT, said)
    )
    return made


def wanted(edge: EdgeOf) -> bool:
    """Whether the caller asks for CSV."""
    return chosen(edge.request, FORMATS) == "csv"


async def streamed(edge: EdgeOf, form: Form, query: ListQuery) -> Response:
    """The whole list from `after` on, page by page; no connection is held between two pages."""
    query = query.model_copy(update={"limit": _PAGE, "count": False, "view": "list"})
    first = await edge.page(lambda work: form.resource.page(work, query))
    media = f"{MEDIA_TYPE}; charset=utf-8"
    headers = {**_HEADERS, "Waypost-Not-Carried": ", ".join(form.not_carried)}
    return StreamingResponse(_pages(edge, form, query, first), 200, headers, media)


async def _pages(edge: EdgeOf, form: Form, query: ListQuery, page: PageOf) -> AsyncIterator[str]:
    yield forms.header(form)
    while True:
        yield await edge.read(partial(forms.lines, form=form, items=page.items))
        if page.next is None:
            return
        # A key that was revoked meanwhile ends the answer.
        edge.caller = await calling(edge.request)
        query = query.model_copy(update={"after": page.next})
        page = await edge.read(partial(form.resource.page, query=query))


def imports(router: APIRouter, path: str, form: Form) -> None:
    """Add the route that takes rows of a kind."""
    kind = form.resource.kind

    @router.post(
        f"{path}/import",
        response_model=RowsDocument,
        responses=documents.refusals(408, 409, 413, 415, 422),
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
