"""People, organisations, and who is whom."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.computed import answered, encode
from service.api.rest.documents import Named, Resource, Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import contacts, insights
from service.domain.contacts import TraitRule
from service.domain.reading import Document
from service.domain.words import told

router = APIRouter(route_class=Route)

Contact = shown(
    contacts.NewContact,
    Resource,
    archived_at=(
        datetime | None,
        told("Since when lists leave it out; null: they do not.", None),
    ),
    restricted_at=(
        datetime | None,
        told("Since when it is only kept: not analysed, not addressed.", None),
    ),
    merged_ids=(
        list[UUID],
        told("The contacts that are shown as this one.", [id_like("merge")]),
    ),
)
Account = shown(contacts.NewAccount, Named)


class Merge(Shown):
    """Two contacts that are shown as one."""

    id: Annotated[UUID, told("What undoes it.", id_like("merge"))]
    winner_id: Annotated[UUID, told("The contact that stayed.", id_like("contact"))]
    loser_id: Annotated[
        UUID, told("The contact that is shown as it.", "0198c7f0-0000-7000-8000-0000000000d1")
    ]
    rules: Annotated[
        dict[str, TraitRule], told("Whose trait is shown, by trait.", {"email": "loser"})
    ]
    default: Annotated[TraitRule, told("Whose, of any other trait.", "winner")]
    by: Annotated[
        Literal["api", "identify", "alias"],
        told("Who said so: a caller, or a tracked message.", "api"),
    ]
    person: Annotated[str | None, told("Who did, as Waypost-Actor said.", "Ann")]
    key_id: Annotated[UUID | None, told("By which API key.", id_like("api_key"))]
    merged_at: Annotated[datetime, told("When.", "2026-05-01T09:30:00+00:00")]
    undone_at: Annotated[datetime | None, told("When it was undone; null: it holds.", None)]


collection(router, "/v1/contacts", insights.CONTACTS, Contact, contacts.ContactList)
collection(router, "/v1/accounts", contacts.ACCOUNTS, Account, contacts.AccountList)

_BATCH = documents.refusals(408, 409, 413, 415, 422)
_OUTCOMES: dict[str, Any] = {
    "response_class": Response,
    "responses": {**answered("ContactOutcomes", "What came of each item."), **_BATCH},
    "tags": ["contacts"],
}


@router.post(
    "/v1/contacts/batch/upsert",
    operation_id="upsert_contacts",
    summary="Make or change up to 1000 contacts",
    **_OUTCOMES,
)
async def upsert(body: contacts.ContactBatch, edge: Edge) -> Response:
    """Each item is the contact that has one of its identifiers, or its id; else a new one.

    Identifiers are added, traits merged, null removes. What is wrong with an item stops no other;
    identifiers of two contacts in one item are a `conflict`, and merge nobody. Several items may be
    the same person. What is older by `source_updated_at` is `unchanged`.
    """
    return await edge.write(lambda work: contacts.upsert_contacts(work, body), _encoded)


@router.post(
    "/v1/contacts/batch/archive",
    operation_id="archive_contacts",
    summary="Archive up to 1000 contacts",
    **_OUTCOMES,
)
async def archive(body: contacts.ContactReferences, edge: Edge) -> Response:
    """Lists leave them out; nothing of them is lost, and `restore` brings each back."""
    return await edge.write(lambda work: contacts.archive_contacts(work, body), _encoded)


@router.post(
    "/v1/contacts/lookup",
    response_class=Response,
    responses={**answered("ContactsFound", "Whom each reference leads to."), **_BATCH},
    operation_id="look_up_contacts",
    summary="Find contacts by their identifiers",
    tags=["contacts"],
)
async def look_up(body: contacts.ContactReferences, edge: Edge) -> Response:
    """Up to 1000 at once, archived ones too; nobody is null."""
    return _encoded(await edge.read(lambda work: contacts.lookup(work, body)))


@router.post(
    "/v1/contacts/search",
    response_model=page_of(Contact),
    responses={
        200: {"description": "A page of those for whom it holds."},
        **documents.refusals(408, 409, 413, 415, 422),
    },
    operation_id="search_contacts",
    summary="Search contacts",
    tags=["contacts"],
)
async def search(body: contacts.ContactSearch, edge: Edge) -> Response:
    """Those for whom a condition on traits, history and consents holds; a list's `?filter=` too.

    An event is a contact's by the identifier that it carries. `at` asks where they stand on a map,
    which needs `analytics:read` and `maps:read`.
    """
    return await edge.page_of(await edge.read(lambda work: insights.CONTACTS.search(work, body)))


@router.post(
    "/v1/contacts/{contact_id:uuid}/restore",
    response_model=Contact,
    responses=documents.WRITE,
    operation_id="restore_contact",
    summary="Take a contact out of the archive",
    tags=["contacts"],
)
async def restore(contact_id: UUID, edge: Edge) -> Response:
    """Lists show it again."""
    return await edge.changed(
        lambda work: contacts.CONTACTS.restored(work, contact_id, edge.expected)
    )


@router.post(
    "/v1/contacts/merge",
    status_code=201,
    response_model=Merge,
    responses=documents.CREATE,
    operation_id="merge_contacts",
    summary="Show two contacts as one",
    tags=["contacts"],
)
async def merge(body: contacts.NewMerge, edge: Edge) -> Response:
    """Show the loser as the winner, with the traits of both by the rules given.

    Nothing is moved: each keeps its identifiers, traits, events and consents, so that the merge can
    be undone. A loser that was merged into another itself comes with that one.
    """
    return await edge.write(lambda work: contacts.merge(work, body), _made)


@router.get(
    "/v1/merges",
    response_model=page_of(Merge),
    responses=documents.LIST,
    operation_id="list_merges",
    summary="List merges",
    tags=["merges"],
)
async def list_merges(
    query: Annotated[sortable(contacts.MergeList, contacts.MERGES), Query()], edge: Edge
) -> Response:
    """Who was merged into whom, the last first; also what was undone."""
    return await edge.listed(contacts.merges, query)


@router.post(
    "/v1/merges/{merge_id:uuid}/undo",
    response_model=Merge,
    responses={
        200: {"description": "As it is after the change."},
        **documents.refusals(404, 408, 409),
    },
    operation_id="undo_merge",
    summary="Show two contacts as two again",
    tags=["merges"],
)
async def undo(merge_id: UUID, edge: Edge) -> Response:
    """In any order, whatever was merged since. What came in between stays with its identifier."""
    return await edge.write(lambda work: contacts.undo_merge(work, merge_id), _undone)


def _encoded(found: Any) -> Response:
    return Response(encode(found), 200, media_type=JSON)


def _made(made: Document) -> Response:
    return Response(made.json, 201, {"Location": f"/v1/merges/{made.id}"}, JSON)


def _undone(made: Document) -> Response:
    return Response(made.json, 200, media_type=JSON)


by_external_id(router, "/v1/contacts", contacts.CONTACTS, Contact)
by_external_id(router, "/v1/accounts", contacts.ACCOUNTS, Account)
