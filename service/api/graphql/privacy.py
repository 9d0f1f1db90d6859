"""What is held of a person: shown, left alone or erased."""

from typing import Any

import strawberry
from starlette.responses import Response

from service.api.edge import JSON, EdgeOf
from service.api.graphql import context, given, resources
from service.api.graphql.connections import listing
from service.api.graphql.consents import OF_CONTACT, contact_of
from service.api.graphql.context import Row, decode
from service.api.graphql.declaring import optional, resolving
from service.api.graphql.faces import Face
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.scalars import Instant, Json
from service.api.graphql.writing import Answer, mutation, payload
from service.domain import privacy
from service.domain.statements import as_json


@shows_resource(privacy.ERASURES)
class Erasure(Node):
    """The receipt of an erasure: how much was erased, and of nobody's name."""

    counts: Json = strawberry.field(description="How many rows of each table went.")
    identifiers: int = strawberry.field(description="How many identifiers it blocked.")
    lifted_at: Instant | None = strawberry.field(
        description="When the block was lifted; null: it stands."
    )


@shows(privacy.Restriction)
class Restriction:
    """Since when what is held of a person is kept and not used."""


@shows(privacy.PersonExport)
class PersonExport:
    """Everything that is held of a person: all tables, and a page of the events."""

    held: Json = strawberry.field(
        description="The rows by table, as they are stored, on the first page alone."
    )
    events: Json = strawberry.field(description="A page of the events, in order of arrival.")


ERASURE = Face(Erasure, privacy.ERASURES)
_RESTRICTED = payload("RestrictContact", ("restriction", Restriction, "Since when it holds."))
_UNRESTRICTED = payload("UnrestrictContact", ("lifted", bool, "Whether it was lifted."))


async def _export(info: Any, contact_id: str, **asked: Any) -> Row:
    which, query = contact_of(contact_id), given.built(privacy.ExportQuery, asked)
    request = context.of(info)
    found = await request.read(lambda work: privacy.export(work, which, query))
    row: Row = request.decoded(found)
    return row


async def _erase(edge: EdgeOf, contact_id: str) -> Answer:
    which = contact_of(contact_id)
    return ERASURE.now(await edge.created(lambda work: privacy.ERASURES.erase(work, which), "{id}"))


async def _lift(edge: EdgeOf, id: str) -> Answer:
    which = ERASURE.id_of(id)
    return ERASURE.now(await edge.changed(lambda work: privacy.ERASURES.lift(work, which)))


async def _restrict(edge: EdgeOf, contact_id: str) -> Answer:
    which = contact_of(contact_id)
    response = await edge.write(
        lambda work: privacy.restrict(work, which),
        lambda found: Response(as_json(found), 200, media_type=JSON),
    )
    return {"restriction": decode(bytes(response.body))}


async def _unrestrict(edge: EdgeOf, contact_id: str) -> Answer:
    which = contact_of(contact_id)
    await edge.gone(lambda work: privacy.unrestrict(work, which))
    return {"lifted": True}


QUERIES = [
    resources.one(ERASURE),
    listing("erasures", Erasure, privacy.ERASURES, privacy.ErasureList, "Receipts of erasures."),
    resolving(
        "contact_export",
        _export,
        PersonExport | None,
        "Everything that is held of a person, the events by the page.",
        [
            OF_CONTACT,
            optional("limit", int, "Events a page: 1 to 1000, by default 1000."),
            optional("after", str, "The `next` of the page before."),
        ],
    ),
]
MUTATIONS = [
    mutation(
        "erase_contact",
        _erase,
        ERASURE.changed,
        "Remove a person from every table, for good; answers the receipt.",
        [OF_CONTACT],
    ),
    mutation(
        "lift_erasure_block",
        _lift,
        payload("LiftErasureBlock", ERASURE.member),
        "Let the identifiers of an erased person come again.",
        [ERASURE.by_id],
    ),
    mutation(
        "restrict_contact",
        _restrict,
        _RESTRICTED,
        "Keep what is held of a person, and use it for nothing.",
        [OF_CONTACT],
    ),
    mutation(
        "unrestrict_contact",
        _unrestrict,
        _UNRESTRICTED,
        "Use again what is held of a person.",
        [OF_CONTACT],
    ),
]
