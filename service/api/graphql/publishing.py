"""Maps published, restored, taken note of and copied."""

from typing import Any

import strawberry
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql import context, given, ids, mirroring
from service.api.graphql.connections import listing
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.faces import IF_VERSION, expected
from service.api.graphql.journeys import JOURNEY, Journey
from service.api.graphql.revisions import Revision, RevisionAcknowledgement
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import journeys, plans
from service.domain.errors import NotFound
from service.domain.journeys import REVISIONS, Reference, Restored
from service.domain.reading import Document
from service.domain.work import Work

_BY_ID = JOURNEY.by_id
_OF_MAP = Argument("journey_id", strawberry.ID, "The map it is a state of.")
_NUMBER = Argument("number", int, "Which of the map's revisions.")


@strawberry.type(description="A member that could not be restored.")
class LeftOut:
    """As REST tells it."""

    pointer: str = strawberry.field(description="JSON pointer into the revision's document.")
    code: str = strawberry.field(description="Stable; callers may program against it.")
    detail: str = strawberry.field(description="Why, in words.")


@strawberry.type(description="What came of a restore.")
class Restoration:
    """As REST tells it."""

    revision: int = strawberry.field(description="The number of the revision that was restored.")
    kept: int = strawberry.field(description="The number of the one that holds what was before.")
    left_out: list[LeftOut] = strawberry.field(
        description="What could not be restored, by pointer into the revision's document; parts"
        " that came back without the findings and actions that spoke of them (links_lost)."
    )


async def _revision(info: Any, journey_id: str, number: int | None = None) -> Row | None:
    request, which = context.of(info), ids.plain_id(journey_id, "Journey", "/journey_id")

    async def found(work: Work) -> Document:
        if number is not None:
            return await journeys.numbered(work, which, number)
        last = await journeys.map_state(work, which, Reference(published=True))
        return await journeys.numbered(work, which, int(last.revision))

    try:
        document = await request.read(found)
    except (NotFound, journeys.NeverPublished, journeys.RevisionNotFound):
        return None
    row: Row = request.decoded(document.json)
    return row


async def _publish(edge: EdgeOf, id: str, input: Row, **at: int | None) -> Answer:
    which, data = JOURNEY.id_of(id), given.built(journeys.NewRevision, input)
    response = await edge.write(
        lambda work: REVISIONS.publish(work, which, data, expected(at)), _document
    )
    return {"revision": row_of(response)}


async def _restore(edge: EdgeOf, id: str, revision: str, **at: int | None) -> Answer:
    which = JOURNEY.id_of(id)
    data = given.built(journeys.Restoring, {"revision": ids.plain(revision)})

    def answer(came: Restored) -> Response:
        return Response(came.json, 200)

    row = row_of(
        await edge.write(lambda work: REVISIONS.restore(work, which, data, expected(at)), answer)
    )
    return {"journey": row, "restoration": row["restored"]}


async def _copy(edge: EdgeOf, id: str, input: Row) -> Answer:
    which, data = JOURNEY.id_of(id), given.built(journeys.CopyOrder, input)

    def answer(made: list[Document]) -> Response:
        return Response(f"[{', '.join(one.json for one in made)}]", 201)

    rows = row_of(await edge.write(lambda work: plans.copy_journey(work, which, data), answer))
    return {"journeys": rows, "journey": rows[0]}


async def _acknowledge(edge: EdgeOf, journey_id: str, number: int, input: Row) -> Answer:
    which = ids.plain_id(journey_id, "Journey", "/journey_id")
    data = given.built(journeys.Acknowledgement, input)
    response = await edge.write(
        lambda work: journeys.acknowledge(work, which, number, data),
        lambda found: Response(found, 200),
    )
    return {"acknowledgements": row_of(response)["items"]}


def _document(made: Document) -> Response:
    return Response(made.json, 201)


QUERIES = [
    listing(
        "revisions",
        Revision,
        REVISIONS,
        journeys.RevisionList,
        "The revisions of a journey, the newest first.",
        owners=journeys.JOURNEYS,
    ),
    resolving(
        "revision",
        _revision,
        Revision | None,
        "The revision of a map with this number; null when there is none.",
        [_OF_MAP, optional("number", int, "Which one; by default the last that was published.")],
    ),
]
MUTATIONS = [
    mutation(
        "publish_journey",
        _publish,
        payload("PublishJourney", ("revision", Revision, "The map as it is now, kept for good.")),
        "Keep a map as it is now for good, as its next revision.",
        [
            _BY_ID,
            Argument("input", mirroring.input_of(journeys.NewRevision), "What is said of it."),
            IF_VERSION,
        ],
    ),
    mutation(
        "restore_journey",
        _restore,
        payload(
            "RestoreJourney",
            ("journey", Journey, "The map as it is now."),
            ("restoration", Restoration, "What was restored, and what was not."),
        ),
        "Give a map what a revision holds; what it was is kept as a revision first.",
        [
            _BY_ID,
            Argument("revision", str, "Its number or id, `published`, or a day or instant."),
            IF_VERSION,
        ],
    ),
    mutation(
        "copy_journey",
        _copy,
        payload(
            "CopyJourney",
            ("journeys", list[Journey], "The copies: one, or each variant of the matrix."),
            ("journey", Journey, "The first of them."),
        ),
        "Copy a map: as a variant or a matrix of them, as a to-be twin, or as just another map.",
        [_BY_ID, Argument("input", mirroring.input_of(journeys.CopyOrder), "What is wanted.")],
    ),
    mutation(
        "acknowledge_revision",
        _acknowledge,
        payload(
            "AcknowledgeRevision",
            (
                "acknowledgements",
                list[RevisionAcknowledgement],
                "The departments concerned, as it is now.",
            ),
        ),
        "Say that a department knows of a revision, as the person that Waypost-Actor names.",
        [
            _OF_MAP,
            _NUMBER,
            Argument(
                "input", mirroring.input_of(journeys.Acknowledgement), "Which one, and its note."
            ),
        ],
    ),
]
