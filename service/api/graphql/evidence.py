"""Evidence, its sources, and the evidence about what maps and catalogues hold.

Maps, touchpoints and personas are declared in files that use this one, so they are named here.
"""

from typing import Any, Union, get_args

import strawberry
from strawberry.types.lazy_type import LazyType

from service.api.graphql import external_ids, mirroring, resources
from service.api.graphql.belonging import belonging_to
from service.api.graphql.connections import listing
from service.api.graphql.faces import Face
from service.api.graphql.mirroring import inner_model, shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import one
from service.domain import audiences, contacts, evidence, journeys
from service.domain.evidence import EVIDENCE, EVIDENCE_SOURCES
from service.domain.resources import Resource


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
    """A field with the findings about a row by the page."""
    return belonging_to(evidence.EVIDENCE_ABOUT[target], "evidence", description)


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
