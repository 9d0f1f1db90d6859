"""Purposes, and what people agree to."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import create_model
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.contacts import Contact
from service.api.rest.documents import Named, Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import contacts
from service.domain.words import told

router = APIRouter(route_class=Route)

ConsentPurpose = shown(
    contacts.NewConsentPurpose,
    Named,
    built_in=(bool, told("Whether every workspace has it.", False)),
)
Consent = shown(
    contacts.NewConsent,
    Shown,
    id=(UUID, told("Given by us, a UUIDv7; it never changes.", id_like("consent"))),
    contact_id=(
        UUID,
        told("The contact it was said by; it may have been merged since.", id_like("contact")),
    ),
    at=(datetime, told("When it was said.", "2026-05-01T09:30:00+00:00")),
    recorded_at=(datetime, told("When it was written down.", "2026-05-01T09:30:02+00:00")),
    person=(
        str | None,
        told("Who wrote it down, as `Waypost-Actor` said.", "Ann <ann@example.org>"),
    ),
)
Standing: Any = shown(contacts.PurposeStanding, Shown)
_STATES: Any = (list[Standing], told("How the person stands to each purpose now, by key."))
ConsentPage: Any = create_model(
    "ConsentPage",
    __base__=page_of(Consent),
    __doc__="One page of what a person has said, and how they stand to every purpose.",
    states=_STATES,
)
_QUERY: Any = sortable(contacts.ConsentList, contacts.CONSENTS)

collection(
    router,
    "/v1/consent-purposes",
    contacts.PURPOSES,
    ConsentPurpose,
    contacts.ConsentPurposeList,
)


@router.get(
    "/v1/contacts/{contact_id:uuid}/consents",
    response_model=ConsentPage,
    responses=documents.PARTS,
    operation_id="list_consents",
    summary="List what a person has agreed to",
    tags=["contacts"],
)
async def list_consents(
    contact_id: UUID, query: Annotated[_QUERY, Query()], edge: Edge
) -> Response:
    """All that the person has granted and withdrawn, the newest first, and how they stand now.

    Contacts that were merged are one person: what any of them said counts for all. Line by line it
    comes without `states`.
    """
    return await edge.listed(
        lambda work, asked: contacts.consents_of(work, contact_id, asked),
        query,
        beside={"states": lambda work: contacts.consent_states(work, contact_id)},
    )


@router.post(
    "/v1/contacts/{contact_id:uuid}/consents",
    response_model=Consent,
    responses=documents.refusals(404, 408, 409, 413, 415, 422)
    | {201: {"description": "Written; `Location` lists all."}},
    status_code=201,
    operation_id="record_consent",
    summary="Write down what a person agrees to",
    tags=["contacts"],
)
async def record_consent(contact_id: UUID, body: contacts.NewConsent, edge: Edge) -> Response:
    """Adds a grant or a withdrawal to the ledger. Entries never change and are never deleted.

    What is said last, by its own time, holds; entries may come in any order.
    """
    location = {"Location": f"/v1/contacts/{contact_id}/consents"}
    return await edge.write(
        lambda work: contacts.record_consent(work, contact_id, body),
        lambda entry: Response(entry, 201, location, JSON),
    )


@router.post(
    "/v1/contacts/capture",
    response_model=Contact,
    responses=documents.CREATE
    | {
        200: {
            "description": "They were known before.",
            "headers": documents.ETAG,
            "model": Contact,
        }
    },
    status_code=201,
    operation_id="capture_contact",
    summary="Write down somebody who is met, and what they agree to",
    tags=["contacts"],
)
async def capture(body: contacts.ContactCapture, edge: Edge) -> Response:
    """For a fair: the contact and all consents in one call, all or nothing.

    The contact that has one of the identifiers is meant, else it is new. Sensitive traits are
    taken where the call, or an earlier one, grants `sensitive_data`.
    """
    return await edge.put(lambda work: contacts.capture(work, body), "/v1/contacts/{id}")


by_external_id(router, "/v1/consent-purposes", contacts.PURPOSES, ConsentPurpose)
