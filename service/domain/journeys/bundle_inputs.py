"""A bundle: maps with all they refer to, importable in another workspace.

It holds no id. Where a map, persona or profile names another by id elsewhere, here it names it by
its `key` in the bundle; touchpoints bear their own keys.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.domain.audiences import NewPersona, NewProfile
from service.domain.inputs import Input, Key, Line
from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS
from service.domain.journeys.inputs import NewJourney, NewStage
from service.domain.journeys.step_inputs import NewStep, PersonaRating
from service.domain.journeys.touchpoint_inputs import NewTouchpoint
from service.domain.words import told

MEDIA_TYPE = "application/vnd.waypost.bundle+json"
MOST_MAPS = 50
"""Maps in one bundle, or in one import."""
MOST_OTHERS = 2000
"""Rows of another kind in one bundle."""
SOURCE = "bundle"
"""The source of the external id by which a bundle's map is known where it was imported."""


_WITHIN = "By which the rest of the bundle names it."


class BundledProfile(NewProfile):
    """A profile that a bundle's personas represent."""

    key: Annotated[Key, told(_WITHIN, "near-retirement")]
    parent_id: Annotated[Key | None, told("The key of the wider profile.", "households")] = None  # type: ignore[assignment]


class BundledPersona(NewPersona):
    """A persona of a bundle's maps, without its picture."""

    key: Annotated[Key, told(_WITHIN, "ann")]
    profile_id: Annotated[Key | None, told("The key of its profile.", "near-retirement")] = None  # type: ignore[assignment]


class BundledTouchpoint(NewTouchpoint):
    """A touchpoint of a bundle's maps."""

    key: Annotated[Key, told(_WITHIN, "hotline")]


class BundledRating(PersonaRating):
    """What one persona feels at a step."""

    persona_id: Annotated[Key, told("The key of the persona.", "ann")]  # type: ignore[assignment]


_Ratings = Annotated[list[BundledRating], Field(max_length=50)]


class BundledStep(NewStep):
    """One thing somebody does in a stage."""

    emotions: Annotated[_Ratings, told("What each persona feels, where they differ.")] = Field(
        default_factory=list
    )  # type: ignore[assignment]
    journey_id: Annotated[
        Key | None, told("The key of the nested journey this step stands for.", "opening")
    ] = None  # type: ignore[assignment]


_Steps = Annotated[list[BundledStep], Field(max_length=MOST_STEPS)]


class BundledStage(NewStage):
    """A phase of the journey."""

    steps: Annotated[_Steps, told("What they do in it, in order.")] = Field(default_factory=list)  # type: ignore[assignment]


_Stages = Annotated[list[BundledStage], Field(max_length=MOST_STAGES)]
_Keys = Annotated[list[Key], Field(max_length=50)]


class BundledJourney(NewJourney):
    """A whole map."""

    key: Annotated[Key, told(_WITHIN, "finding-an-adviser")]
    persona_ids: Annotated[_Keys, told("The keys of its personas.", ["ann"])] = Field(
        default_factory=list
    )  # type: ignore[assignment]
    stages: Annotated[_Stages, told("Its phases in order.")] = Field(default_factory=list)  # type: ignore[assignment]


class Bundle(Input):
    """Maps with their personas, profiles and touchpoints; those nested in others after them."""

    shown_only: ClassVar[frozenset[str]] = frozenset()
    bundle: Annotated[Literal[1], told("The version of this form.", 1)]
    journeys: Annotated[
        Annotated[list[BundledJourney], Field(min_length=1, max_length=MOST_MAPS)],
        told("The maps, the one asked for first."),
    ]
    personas: Annotated[
        Annotated[list[BundledPersona], Field(max_length=MOST_OTHERS)],
        told("The personas that the maps name."),
    ] = Field(default_factory=list)
    profiles: Annotated[
        Annotated[list[BundledProfile], Field(max_length=MOST_OTHERS)],
        told("The profiles of those personas, and the wider ones above them."),
    ] = Field(default_factory=list)
    touchpoints: Annotated[
        Annotated[list[BundledTouchpoint], Field(max_length=MOST_OTHERS)],
        told("The touchpoints that the steps name."),
    ] = Field(default_factory=list)
    not_carried: Annotated[
        Annotated[list[Line], Field(max_length=100)],
        told(
            "What the maps hold beyond this; said on the way out, ignored on the way in.",
            ["the avatar of ann"],
        ),
    ] = Field(default_factory=list)
