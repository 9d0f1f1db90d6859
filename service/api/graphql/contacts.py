"""People, organisations, and who is whom."""

import asyncio
from typing import Any
from uuid import UUID

import strawberry
from starlette.responses import Response

from service.api.edge import JSON, EdgeOf
from service.api.graphql import (
    context,
    external_ids,
    given,
    histories,
    ids,
    mirroring,
    resources,
    structs,
)
from service.api.graphql.connections import connection, listing
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import member, one
from service.api.graphql.scalars import Instant, Uuid
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import contacts, insights
from service.domain.statements import as_json
from service.domain.work import Work


@shows_resource(contacts.ACCOUNTS)
class Account(Node):
    """An organisation that contacts belong to."""


@shows_resource(contacts.CONTACTS)
class Contact(Node):
    """A real person, known by the identifiers of other systems."""

    account: Account | None = one(
        contacts.ACCOUNTS, "account_id", "The organisation they belong to."
    )
    archived_at: Instant | None = strawberry.field(
        description="Since when lists leave it out; null: they do not."
    )
    restricted_at: Instant | None = strawberry.field(
        description="Since when it is only kept: not analysed, not addressed."
    )
    merged_ids: list[Uuid] = strawberry.field(
        description="The contacts that are shown as this one."
    )
    consent_states = histories.consent_states()
    consents = histories.consents()
    timeline = histories.timeline()
    profiles = histories.profiles()
    persona = histories.persona()
    journeys = histories.journeys()
    enrolments = histories.enrolments()


@shows(contacts.NewMerge)
class Merge:
    """Two contacts that are shown as one."""

    uuid: Uuid = member("id", Uuid, "What undoes it; the id in REST.")
    by: str = strawberry.field(description="Who said so: api, identify or alias.")
    person: str | None = strawberry.field(description="Who did, as Waypost-Actor said.")
    key_id: Uuid | None = strawberry.field(description="By which API key.")
    merged_at: Instant = strawberry.field(description="When.")
    undone_at: Instant | None = strawberry.field(description="When it was undone; null: it holds.")
    winner: Contact | None = one(contacts.CONTACTS, "winner_id", "The contact that stayed.")


ContactOutcomes: Any = structs.family(contacts.ContactOutcomes, {}, {"items": 10})
ACCOUNT = Face(Account, contacts.ACCOUNTS)
CONTACT = Face(Contact, contacts.CONTACTS)
_MERGED = ("merge", Merge, "The merge as it is now.")
_OUTCOMES = payload(
    "ContactBatch", ("outcomes", ContactOutcomes, "What came of each item, in their order.")
)
_REFERENCES = Argument(
    "references",
    mirroring.input_of(contacts.ContactReferences),
    "The contacts, each by an identifier or its id.",
)


async def _restore(edge: EdgeOf, id: str, **at: int | None) -> Answer:
    which = CONTACT.id_of(id)
    return CONTACT.now(
        await edge.changed(lambda work: contacts.CONTACTS.restored(work, which, expected(at)))
    )


async def _upsert(edge: EdgeOf, batch: Row) -> Answer:
    data = given.built(contacts.ContactBatch, batch)
    return await _came(edge, lambda work: contacts.upsert_contacts(work, data))


async def _archive(edge: EdgeOf, references: Row) -> Answer:
    data = given.built(contacts.ContactReferences, references)
    return await _came(edge, lambda work: contacts.archive_contacts(work, data))


async def _came(edge: EdgeOf, wanted: Any) -> Answer:
    response = await edge.write(wanted, _encoded)
    return {"outcomes": row_of(response)}


async def _merge(edge: EdgeOf, input: Row) -> Answer:
    data = given.built(contacts.NewMerge, input)
    response = await edge.write(lambda work: contacts.merge(work, data), _document)
    return {"merge": row_of(response)}


async def _undo(edge: EdgeOf, id: str) -> Answer:
    which = ids.plain_id(id, "Merge", "/id")
    response = await edge.write(lambda work: contacts.undo_merge(work, which), _document)
    return {"merge": row_of(response)}


def _encoded(found: object) -> Response:
    return Response(as_json(found), 200, media_type=JSON)


def _document(made: Any) -> Response:
    return Response(made.json, 200, media_type=JSON)


async def _look_up(info: Any, references: Row) -> list[Row | None]:
    data = given.built(contacts.ContactReferences, references)
    request = context.of(info)

    async def found(work: Work) -> contacts.ContactsFound:
        return await contacts.lookup(work, data)

    asked = [one.id for one in (await request.read(found)).items]
    rows = (
        request.row(info._raw_info, contacts.CONTACTS, UUID(which))
        for which in asked
        if which is not None
    )
    read = iter(await asyncio.gather(*rows))
    return [None if which is None else next(read) for which in asked]


QUERIES = [
    *(resources.one(face) for face in (CONTACT, ACCOUNT)),
    *(external_ids.one(face) for face in (CONTACT, ACCOUNT)),
    listing(
        "contacts",
        Contact,
        insights.CONTACTS,
        contacts.ContactList,
        "Real people; one who was merged into another is shown as that one.",
    ),
    listing(
        "accounts",
        Account,
        contacts.ACCOUNTS,
        contacts.AccountList,
        "The organisations that contacts belong to.",
    ),
    connection("merges", Merge, contacts.merges, contacts.MergeList, "Who was merged into whom."),
    resolving(
        "look_up_contacts",
        _look_up,
        list[Contact | None] | None,
        "Whom references lead to, in their order; null where they lead to nobody.",
        [_REFERENCES],
        times=10,
    ),
]
MUTATIONS = [
    resources.create(CONTACT),
    resources.update(CONTACT),
    resources.replace(CONTACT),
    resources.delete(CONTACT, "Archive a contact: lists leave it out, nothing of it is lost."),
    *resources.mutations(ACCOUNT),
    *(field for face in (CONTACT, ACCOUNT) for field in external_ids.mutations(face)),
    mutation(
        "restore_contact",
        _restore,
        CONTACT.changed,
        "Take a contact out of the archive.",
        [CONTACT.by_id, IF_VERSION],
    ),
    mutation(
        "upsert_contacts",
        _upsert,
        _OUTCOMES,
        "Make or change up to 1000 contacts, each with an outcome of its own.",
        [Argument("batch", mirroring.input_of(contacts.ContactBatch), "The contacts.")],
    ),
    mutation(
        "archive_contacts",
        _archive,
        _OUTCOMES,
        "Archive up to 1000 contacts.",
        [_REFERENCES],
    ),
    mutation(
        "merge_contacts",
        _merge,
        payload("MergeContacts", _MERGED),
        "Show two contacts as one; nothing is moved, so that it can be undone.",
        [Argument("input", mirroring.input_of(contacts.NewMerge), "Whom, and by what rules.")],
    ),
    mutation(
        "undo_merge",
        _undo,
        payload("UndoMerge", _MERGED),
        "Show two contacts as two again, whatever was merged since.",
        [Argument("id", strawberry.ID, "Of the merge.")],
    ),
]
