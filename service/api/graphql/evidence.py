"""Evidence, its sources, and the evidence about what maps and catalogues hold.

Maps, touchpoints and personas are declared in files that use this one, so they are named here.
"""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Annotated, Any, Union, get_args
from uuid import UUID

import msgspec
import strawberry
from strawberry import Info
from strawberry.types.lazy_type import LazyType

from service.api.graphql import context, external_ids, given, mirroring, resources
from service.api.graphql.connections import Connection, Page, asked, listing
from service.api.graphql.faces import Face
from service.api.graphql.mirroring import inner_model, shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import one
from service.api.graphql.selecting import STORED, Stored
from service.domain import audiences, contacts, evidence, journeys
from service.domain.errors import Invalid, Problem
from service.domain.evidence import EVIDENCE, EVIDENCE_SOURCES, About
from service.domain.paging import ListQuery
from service.domain.resources import Resource
from service.domain.work import Work

_Asked = tuple[str, Any, bool]
"""By which target, with what of each finding, and whether to count them."""


def _chosen(choice: Any, description: str) -> Any:
    """A field that holds one of a choice that no input holds, or nothing."""
    values, meaning = get_args(choice)
    kind = mirroring.enumeration(get_args(values), meaning.name, meaning)
    return strawberry.field(description=description, graphql_type=kind | None)


def _named(resource: Resource, member: str, file: str, description: str) -> Any:
    """A row of a type that a file declares which uses this one."""
    lazy: Any = LazyType(resource.shape.name, f"service.api.graphql.{file}")
    return one(resource, member, description, kind=Union[lazy, None])  # noqa: UP007


@shows(inner_model(evidence.NewEvidence, "targets"))
class EvidenceTarget:
    """What a finding is about: one of these."""

    persona = _named(audiences.PERSONAS, "persona_id", "audiences", "The persona, if it is one.")
    journey = _named(journeys.JOURNEYS, "journey_id", "journeys", "The map, if it is a whole one.")
    stage = _named(journeys.STAGES, "stage_id", "journeys", "The stage, if it is one.")
    step = _named(journeys.STEPS, "step_id", "journeys", "The step, if it is one.")
    transition = _named(
        journeys.TRANSITIONS, "transition_id", "journeys", "The edge, if it is one."
    )
    touchpoint = _named(
        journeys.TOUCHPOINTS, "touchpoint_id", "journeys", "The touchpoint, if it is one."
    )


@shows(inner_model(evidence.NewEvidence, "subject"))
class EvidenceSubject:
    """Whom a finding is about."""

    profile = _named(audiences.PROFILES, "profile_id", "audiences", "The kind of client.")
    contact = _named(contacts.CONTACTS, "contact_id", "contacts", "The person, if it is known.")


@shows_resource(EVIDENCE_SOURCES)
class EvidenceSource(Node):
    """One interview, survey or review page, from which many findings come."""


@shows_resource(EVIDENCE, always=("source_kind",))
class Evidence(Node):
    """A research finding: a story or a figure."""

    targets: list[EvidenceTarget] = strawberry.field(description="What it is about.")
    subject: EvidenceSubject | None = strawberry.field(description="Whom it is about.")
    source: EvidenceSource | None = one(EVIDENCE_SOURCES, "source_id", "Where it comes from.")
    sentiment_basis = _chosen(evidence.Basis, "What the sentiment rests on; null without.")
    sentiment_reason = _chosen(evidence.NoSentiment, "Why it has no sentiment.")


def evidence_about(target: str, description: str) -> Any:
    """A field with the findings about a row by the page, read at once for all rows of an answer."""

    def resolve(
        root: Any,
        info: Info,
        first: Annotated[
            int | None, strawberry.argument(description="Rows a page: 1 to 200, by default 50.")
        ] = strawberry.UNSET,
        after: Annotated[
            str | None, strawberry.argument(description="The cursor of the row before.")
        ] = strawberry.UNSET,
    ) -> Awaitable[Any]:
        chosen, counted = asked(info._raw_info)
        sized = given.query(ListQuery, {} if first is strawberry.UNSET else {"first": first})
        about = About(UUID(root["id"]), sized.limit, _cursor(after))
        selected = msgspec.json.encode(chosen, order="sorted").decode()
        load = partial(_load, context.of(info), (target, chosen, counted))
        return context.of(info).loaded(f"evidence {target} {counted} {selected}", load, about)

    metadata = {STORED: Stored(("id",))}
    kind: Any = Connection[Evidence]
    return strawberry.field(description=description, metadata=metadata, graphql_type=kind)(resolve)


def _cursor(after: str | None) -> UUID | None:
    if not after:
        return None
    try:
        return UUID(after)
    except ValueError as error:
        raise Invalid([Problem("/after", "cursor", "is no cursor of this list")]) from error


async def _load(
    request: context.Context, asked_of: _Asked, work: Work, wanted: Sequence[About]
) -> list[Page]:
    target, chosen, counted = asked_of
    found = await evidence.evidence_about(work, target, wanted, chosen, counted=counted)
    return [
        Page(
            [request.decoded(one.json) for one in part.items],
            [str(one.id) for one in part.items],
            part.more,
            about.after is not None,
            part.total,
        )
        for about, part in zip(wanted, found, strict=True)
    ]


EVIDENCE_FACE = Face(Evidence, EVIDENCE)
SOURCE_FACE = Face(EvidenceSource, EVIDENCE_SOURCES)
_FACES = (EVIDENCE_FACE, SOURCE_FACE)
QUERIES = [
    *(resources.one(face) for face in _FACES),
    *(external_ids.one(face) for face in _FACES),
    listing("evidences", Evidence, EVIDENCE, evidence.EvidenceList, "Research findings."),
    listing(
        "evidence_sources",
        EvidenceSource,
        EVIDENCE_SOURCES,
        evidence.EvidenceSourceList,
        "Interviews, surveys, review pages: each the source of many findings.",
    ),
]
MUTATIONS = [
    *(field for face in _FACES for field in resources.mutations(face)),
    *(field for face in _FACES for field in external_ids.mutations(face)),
]
