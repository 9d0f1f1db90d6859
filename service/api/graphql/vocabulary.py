"""The words that maps use, and the catalogue of touchpoints to begin with."""

from typing import Any

import msgspec
import strawberry
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql import context, external_ids, given, ids, mirroring, resources
from service.api.graphql.connections import listing
from service.api.graphql.context import Row, decode
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.journeys import Touchpoint
from service.api.graphql.languages import LANGUAGE, spoken
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import one
from service.api.graphql.writing import Answer, mutation, payload
from service.domain import journeys
from service.domain.journeys import VOCABULARY, CatalogueQuery, Loaded


@shows(journeys.VocabularyUses)
class VocabularyUses:
    """Where a word is used, and how often."""


@shows_resource(VOCABULARY, always=("label",))
class VocabularyEntry(Node):
    """A channel, device, department, actor or topic."""

    declared: bool = strawberry.field(
        description="False: only used; it is declared by changing it."
    )
    stands_for: str | None = strawberry.field(description="The slug that an alias is stored as.")
    use_count: int = strawberry.field(description="How often it is used in maps and touchpoints.")
    uses: VocabularyUses = strawberry.field(description="Where, and how often.")
    alias_of_entry: "VocabularyEntry | None" = one(
        VOCABULARY, "alias_of", "The word that is stored instead of it."
    )


@shows(journeys.NewTouchpoint, "binding", "activities", "external_ids", always=("key",))
class CatalogueTouchpoint:
    """A touchpoint that Waypost brings."""


ENTRY = Face(VocabularyEntry, VOCABULARY)
_PHASE: Argument = optional(
    "phase",
    mirroring.argument_of(CatalogueQuery, "phase", "Touchpoint"),
    "Only touchpoints of this phase.",
)


async def _merge(edge: EdgeOf, id: str, into: str, **at: int | None) -> Answer:
    which = ENTRY.id_of(id)
    data = journeys.Merge(into=ids.plain_id(into, ENTRY.name, "/into"))
    return ENTRY.now(
        await edge.changed(lambda work: VOCABULARY.merge(work, which, data, expected(at)))
    )


async def _catalogue(info: Any, **arguments: Any) -> list[Row]:
    caller = context.of(info).caller
    caller.needs(journeys.TOUCHPOINTS.reads)
    language = spoken(arguments) or caller.language
    return journeys.offered(language, _query(arguments))


async def _load(edge: EdgeOf, **arguments: Any) -> Answer:
    language = spoken(arguments)
    query = _query(arguments)
    response = await edge.write(
        lambda work: journeys.load_catalogue(work.speaking(language), query), _loaded
    )
    answer: Answer = decode(bytes(response.body))
    return answer


def _query(arguments: dict[str, Any]) -> CatalogueQuery:
    """The part of the catalogue that is asked for. Raises `Invalid`."""
    return given.built(CatalogueQuery, arguments)


def _loaded(came: Loaded) -> Response:
    items = ", ".join(made.json for made in came.items)
    created = msgspec.json.encode(came.created).decode()
    return Response(f'{{"touchpoints": [{items}], "created": {created}}}', 200)


QUERIES = [
    resources.one(ENTRY),
    external_ids.one(ENTRY),
    listing(
        "vocabulary",
        VocabularyEntry,
        VOCABULARY,
        journeys.VocabularyList,
        "The words that maps and touchpoints use, declared or not.",
    ),
    resolving(
        "touchpoint_catalogue",
        _catalogue,
        list[CatalogueTouchpoint] | None,
        "The touchpoints that Waypost brings.",
        [_PHASE, LANGUAGE],
        times=8,
    ),
]
MUTATIONS = [
    *resources.mutations(ENTRY),
    *external_ids.mutations(ENTRY),
    mutation(
        "merge_vocabulary_entry",
        _merge,
        ENTRY.changed,
        "Make a word an alias of another, which takes over its uses and is answered.",
        [
            ENTRY.by_id,
            Argument("into", strawberry.ID, "The word that stays."),
            IF_VERSION,
        ],
    ),
    mutation(
        "load_touchpoint_catalogue",
        _load,
        payload(
            "LoadTouchpointCatalogue",
            ("touchpoints", list[Touchpoint], "The catalogue as the workspace has it now."),
            ("created", list[str], "The keys of the touchpoints that are new."),
        ),
        "Take the touchpoints that Waypost brings into the workspace, where keys are free.",
        [_PHASE, LANGUAGE],
    ),
]
