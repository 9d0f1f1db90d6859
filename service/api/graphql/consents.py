"""Purposes, and what people agree to."""

from typing import Any

import strawberry
from starlette.responses import Response

from service.api.edge import JSON, EdgeOf
from service.api.graphql import context, external_ids, given, ids, mirroring, resources
from service.api.graphql.connections import Pages, connection, listing
from service.api.graphql.contacts import Contact
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.faces import Face
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.scalars import Instant, Uuid
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import contacts

CONTACT = "Contact"
OF_CONTACT = Argument("contact_id", strawberry.ID, "Whose: a Contact.")


@shows_resource(contacts.PURPOSES)
class ConsentPurpose(Node):
    """What people are addressed or analysed for, and what allows it."""

    built_in: bool = strawberry.field(description="Whether every workspace has it.")


@shows(contacts.NewConsent, always=("at",))
class Consent:
    """What a person said of a purpose: a grant or a withdrawal."""

    id: Uuid = strawberry.field(description="The id in REST.")
    contact_id: Uuid = strawberry.field(
        description="The contact it was said by; it may have been merged since."
    )
    recorded_at: Instant = strawberry.field(description="When it was written down.")
    person: str | None = strawberry.field(
        description="Who wrote it down, as Waypost-Actor said; null: not said."
    )


@shows(contacts.PurposeStanding)
class PurposeStanding:
    """How a person stands to one purpose now."""


PURPOSE = Face(ConsentPurpose, contacts.PURPOSES)
_RECORDED = payload("RecordConsent", ("consent", Consent, "The entry as it was written."))


def contact_of(text: str, argument: str = "contact_id") -> Any:
    """The id of a contact in an argument. Raises `Invalid`."""
    return ids.plain_id(text, CONTACT, f"/{argument}")


def _consents(owner: str) -> Pages:
    which = contact_of(owner)
    return lambda work, asked: contacts.consents_of(work, which, asked)  # type: ignore[arg-type]


async def _standings(info: Any, contact_id: str) -> list[Row]:
    which = contact_of(contact_id)
    return await context.of(info).read(lambda work: contacts.consent_states(work, which))


async def _record(edge: EdgeOf, contact_id: str, input: Row) -> Answer:
    which, data = contact_of(contact_id), given.built(contacts.NewConsent, input)
    response = await edge.write(
        lambda work: contacts.record_consent(work, which, data),
        lambda entry: Response(entry, 201, media_type=JSON),
    )
    return {"consent": row_of(response)}


async def _capture(edge: EdgeOf, input: Row) -> Answer:
    data = given.built(contacts.ContactCapture, input)
    response = await edge.put(lambda work: contacts.capture(work, data), "{id}")
    return {"contact": row_of(response)}


QUERIES = [
    resources.one(PURPOSE),
    external_ids.one(PURPOSE),
    listing(
        "consent_purposes",
        ConsentPurpose,
        contacts.PURPOSES,
        contacts.ConsentPurposeList,
        "What people are addressed or analysed for.",
    ),
    connection(
        "consents",
        Consent,
        _consents,
        contacts.ConsentList,
        "All that a person has granted and withdrawn, the newest first.",
        owner=OF_CONTACT,
    ),
    resolving(
        "consent_states",
        _standings,
        list[PurposeStanding] | None,
        "How a person stands to each purpose now, by key.",
        [OF_CONTACT],
    ),
]
MUTATIONS = [
    mutation(
        "capture_contact",
        _capture,
        payload("CaptureContact", ("contact", Contact, "The contact as it is now.")),
        "Write down somebody who is met, and what they agree to: all or nothing.",
        [Argument("input", mirroring.input_of(contacts.ContactCapture), "Who it is.")],
    ),
    *resources.mutations(PURPOSE),
    *external_ids.mutations(PURPOSE),
    mutation(
        "record_consent",
        _record,
        _RECORDED,
        "Write down what a person agrees to. Entries never change.",
        [
            OF_CONTACT,
            Argument("input", mirroring.input_of(contacts.NewConsent), "What was said."),
        ],
    ),
]
