"""What is held of a person: shown, left alone or erased."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import encode
from service.api.rest.documents import Resource, Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import privacy
from service.domain.words import told

router = APIRouter(route_class=Route)

Erasure = shown(
    privacy.NewErasure,
    Resource,
    counts=(
        dict[str, int],
        told("How many rows of each table went.", {"contacts": 2, "events": 118}),
    ),
    identifiers=(int, told("How many identifiers it blocked.", 3)),
    lifted_at=(
        datetime | None,
        told("When the block was lifted; null: it stands.", "2026-06-01T09:30:00+00:00"),
    ),
)
Restriction = shown(privacy.Restriction, Shown)
PersonExport = shown(privacy.PersonExport, Shown)
_AT = "/v1/contacts/{contact_id:uuid}"
_QUERY: Any = sortable(privacy.ErasureList, privacy.ERASURES.listing)


@router.get(
    f"{_AT}/export",
    response_model=PersonExport,
    responses={200: {"description": "What is held."}, **documents.refusals(404, 422)},
    operation_id="export_contact",
    summary="Export everything held of a person",
    tags=["contacts"],
)
async def export_contact(
    contact_id: UUID, query: Annotated[privacy.ExportQuery, Query()], edge: Edge
) -> Response:
    """Every row of every table that is about the person, whichever contact was named.

    The first page has all but the events, of which each page has `limit`: follow `next`.
    """
    found = await edge.read(lambda work: privacy.export(work, contact_id, query))
    return edge.represented(found, None, JSON)


@router.post(
    f"{_AT}/restrict",
    response_model=Restriction,
    responses={
        200: {"description": "Restricted, since when."},
        **documents.refusals(404, 408, 409, 413, 422),
    },
    operation_id="restrict_contact",
    summary="Use nothing that is held of a person",
    tags=["contacts"],
)
async def restrict_contact(contact_id: UUID, edge: Edge) -> Response:
    """Keeps what is held of a person, and leaves them out of every analysis and every address."""
    return await edge.write(
        lambda work: privacy.restrict(work, contact_id),
        lambda found: Response(encode(found), 200, media_type=JSON),
    )


@router.delete(
    f"{_AT}/restrict",
    status_code=204,
    responses={204: {"description": "Lifted."}, **documents.refusals(404)},
    operation_id="unrestrict_contact",
    summary="Use again what is held of a person",
    tags=["contacts"],
)
async def unrestrict_contact(contact_id: UUID, edge: Edge) -> Response:
    """Lifts a restriction; what the person granted and withdrew holds as before."""
    return await edge.gone(lambda work: privacy.unrestrict(work, contact_id))


@router.post(
    f"{_AT}/erase",
    response_model=Erasure,
    responses=documents.refusals(404, 408, 409, 413, 422, 501)
    | {201: {"description": "Erased; `Location` has the receipt."}},
    status_code=201,
    operation_id="erase_contact",
    summary="Erase a person",
    tags=["contacts"],
)
async def erase_contact(contact_id: UUID, edge: Edge) -> Response:
    """Removes a person from every table, for good: all contacts that are shown as this one, their
    identifiers, traits, consents, merges, events, evidence, and answers kept for retries.

    The receipt tells how much that was. Keyed hashes of the identifiers keep a later sync, a
    retry or a delayed event from bringing the person back, until the block is lifted.
    """
    return await edge.created(
        lambda work: privacy.ERASURES.erase(work, contact_id), "/v1/erasures/{id}"
    )


@router.get(
    "/v1/erasures",
    response_model=page_of(Erasure),
    responses=documents.LIST,
    operation_id="list_erasure",
    summary="List erasures",
    tags=["erasures"],
)
async def list_erasures(query: Annotated[_QUERY, Query()], edge: Edge) -> Response:
    """Receipts, the newest first. None says who was erased."""
    return await edge.listed(privacy.ERASURES.page, query)


@router.get(
    "/v1/erasures/{resource_id:uuid}",
    response_model=Erasure,
    responses=documents.READ,
    operation_id="read_erasure",
    summary="Read the receipt of an erasure",
    tags=["erasures"],
)
async def read_erasure(resource_id: UUID, edge: Edge) -> Response:
    """How much was erased, when, and whether its identifiers are still blocked."""
    return await edge.shown(lambda work: privacy.ERASURES.one(work, resource_id))


@router.delete(
    "/v1/erasures/{resource_id:uuid}/block",
    status_code=204,
    responses={204: {"description": "Lifted."}, **documents.refusals(404)},
    operation_id="lift_erasure_block",
    summary="Let an erased person come again",
    tags=["erasures"],
)
async def lift_block(resource_id: UUID, edge: Edge) -> Response:
    """Forgets the hashes of the identifiers: what comes under them is taken in from now on."""
    return await edge.gone(lambda work: privacy.ERASURES.lift(work, resource_id))
