"""Journey maps, whole and part by part, and the touchpoint catalogue."""

import strawberry

from service.api.graphql import external_ids, pictures, planning, resources
from service.api.graphql.audiences import Persona
from service.api.graphql.belonging import belonging_to
from service.api.graphql.connections import Connection, listing
from service.api.graphql.content import content_for
from service.api.graphql.curves import EmotionCurve, emotion_curve
from service.api.graphql.declaring import optional
from service.api.graphql.evidence import evidence_about
from service.api.graphql.faces import Face
from service.api.graphql.followed import JourneyKpi, journey_kpis
from service.api.graphql.gaps import GapConnection, GapStrength, journey_gaps, strengths
from service.api.graphql.importing import import_journeys
from service.api.graphql.mirroring import inner_model, shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import many, one, parts
from service.api.graphql.revisions import Revision
from service.api.graphql.revisions import newest as newest_revisions
from service.api.graphql.scalars import Uuid
from service.api.graphql.spreadsheets import import_rows
from service.api.graphql.staleness import Staleness, staleness
from service.api.graphql.standing import JourneyContacts, journey_contacts
from service.domain import audiences, journeys, plans
from service.domain.evidence import Owner


@shows_resource(journeys.TOUCHPOINTS, always=("key",))
class Touchpoint(Node):
    """Where client and firm cross: an entry of the catalogue."""

    evidence = evidence_about("touchpoint_id", "The findings about it, the newest first.")
    content = content_for(Owner.TOUCHPOINT, "The content met there, the newest first.")


@shows(inner_model(journeys.NewStep, "emotions"))
class PersonaRating:
    """What one persona feels at a step."""

    persona: Persona | None = one(audiences.PERSONAS, "persona_id", "Who feels it.")


@shows(inner_model(journeys.NewStep, "touchpoints"), always=("touchpoint_id", "key"))
class StepTouchpoint:
    """A touchpoint met at a step."""

    touchpoint: Touchpoint | None = one(
        journeys.TOUCHPOINTS, "touchpoint_id", "Its entry in the catalogue."
    )


@shows_resource(journeys.STEPS, "after", always=("key", "stage_id"))
class Step(Node):
    """One thing somebody does in a stage, perhaps in private."""

    emotions: list[PersonaRating] = strawberry.field(
        description="What each of several personas feels."
    )
    touchpoints: list[StepTouchpoint] = strawberry.field(description="Where they meet the firm.")
    stage: "Stage | None" = one(journeys.STAGES, "stage_id", "The stage it belongs to.")
    journey: "Journey | None" = one(
        journeys.JOURNEYS, "journey_id", "The nested journey this step stands for."
    )
    evidence = evidence_about("step_id", "The findings about it, the newest first.")


@shows_resource(journeys.STAGES, "after", always=("key",))
class Stage(Node):
    """A phase of the journey, named from the client's side."""

    journey_id: Uuid = strawberry.field(description="The id in REST of its map.")
    steps: list[Step] = parts("Its steps, in their order.", times=8)
    journey: "Journey | None" = one(journeys.JOURNEYS, "journey_id", "The map it belongs to.")
    evidence = evidence_about("stage_id", "The findings about it as a whole, the newest first.")


@shows_resource(journeys.TRANSITIONS)
class Transition(Node):
    """A directed edge between two steps, told by their keys."""

    journey_id: Uuid = strawberry.field(description="The id in REST of its map.")
    journey: "Journey | None" = one(journeys.JOURNEYS, "journey_id", "The map it belongs to.")
    evidence = evidence_about("transition_id", "The findings about it, the newest first.")


@shows_resource(journeys.JOURNEYS)
class Journey(Node):
    """A journey map."""

    stages: list[Stage] = parts("Its stages, in their order.", times=8)
    transitions: list[Transition] = parts("The edges between its steps.", times=40)
    personas: list[Persona] = many(
        audiences.PERSONAS, "persona_ids", "Whose journey it is.", times=3
    )
    challenges = planning.challenges()
    coverage = planning.coverage()
    plan = planning.plan()
    content = content_for(
        Owner.JOURNEY, "The content that answers something in it, the newest first."
    )
    as_is: "Journey | None" = one(
        journeys.JOURNEYS, "as_is_id", "The as-is map this to-be map improves."
    )
    variant_of_journey: "Journey | None" = one(
        journeys.JOURNEYS, "variant_of", "The map this one varies."
    )
    next_journeys: list["Journey"] = many(
        journeys.JOURNEYS, "next_journey_ids", "The journeys that follow it.", times=3, most=50
    )
    emotion_curve: EmotionCurve | None = emotion_curve()
    evidence = evidence_about(
        "journey_id", "The findings about it and its parts, the newest first."
    )
    staleness: Staleness | None = staleness()
    actions = belonging_to(plans.ACTIONS_OF_MAP, "plans", "What is done about it, newest first.")
    reviews = belonging_to(plans.REVIEWS_OF_MAP, "plans", "The looks at it, newest first.")
    comments = belonging_to(
        plans.COMMENTS_OF_MAP, "plans", "What people say about it and its parts, newest first."
    )
    map: str | None = pictures.map_field()
    gaps: GapConnection | None = journey_gaps()
    kpis: list[JourneyKpi] | None = journey_kpis()
    strengths: list[GapStrength] | None = strengths()
    contacts: JourneyContacts | None = journey_contacts()
    revisions: Connection[Revision] | None = newest_revisions()
    variants = belonging_to(
        journeys.VARIANTS, "journeys", "The maps that vary this one, newest first."
    )
    to_be = belonging_to(
        journeys.TO_BE, "journeys", "The to-be maps that improve this one, newest first."
    )


TOUCHPOINT = Face(Touchpoint, journeys.TOUCHPOINTS)
STEP = Face(Step, journeys.STEPS, ("stage_id",))
STAGE = Face(Stage, journeys.STAGES)
TRANSITION = Face(Transition, journeys.TRANSITIONS)
JOURNEY = Face(Journey, journeys.JOURNEYS)
_WHOLES, _PARTS = (JOURNEY, TOUCHPOINT), (STAGE, STEP, TRANSITION)

QUERIES = [
    *(resources.one(face) for face in (*_WHOLES, *_PARTS)),
    *(external_ids.one(face) for face in _WHOLES),
    listing("journeys", Journey, journeys.JOURNEYS, journeys.JourneyList, "Journey maps."),
    listing(
        "touchpoints",
        Touchpoint,
        journeys.TOUCHPOINTS,
        journeys.TouchpointList,
        "The catalogue of touchpoints.",
    ),
    *(
        listing(
            f"{face.kind}s",
            face.shown,
            face.resource,
            journeys.PartList if owners is journeys.STAGES else journeys.MapPartList,
            f"The {face.kind}s of a {owners.kind}, in their order.",
            owners=owners,
        )
        for face, owners in (
            (STAGE, journeys.JOURNEYS),
            (STEP, journeys.STAGES),
            (TRANSITION, journeys.JOURNEYS),
        )
    ),
]
MUTATIONS = [
    *(field for face in _WHOLES for field in resources.mutations(face)),
    *(field for face in _WHOLES for field in external_ids.mutations(face)),
    resources.add(STAGE, journeys.JOURNEYS),
    resources.add(STEP, journeys.STAGES),
    resources.add(TRANSITION, journeys.JOURNEYS),
    *(field for face in _PARTS for field in resources.changes(face)),
    resources.move(
        STAGE,
        "Move a stage behind another of its map.",
        optional("after", strawberry.ID, "The stage it shall follow; without one it is the first."),
        after=None,
    ),
    resources.move(
        STEP,
        "Move a step behind another, perhaps into another stage of its map.",
        optional("stage_id", strawberry.ID, "The stage it shall be in; by default it stays."),
        optional(
            "after",
            strawberry.ID,
            "The step it shall follow; null: none, it is first. Absent: the last.",
        ),
    ),
    import_journeys(Journey),
    import_rows(journeys.TOUCHPOINT_FORM),
    *pictures.MUTATIONS,
]
