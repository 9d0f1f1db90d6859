"""A bundle: maps with all they refer to, importable in another workspace.

It holds no id. Where a map, persona or profile names another by id elsewhere, here it names it by
its `key` in the bundle; touchpoints bear their own keys.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.domain.audiences import NewPersona, NewProfile
from service.domain.inputs import Input, Key, Line
from service.domain.journeys.inputs import (
    MOST_STAGES,
    MOST_STEPS,
    NewJourney,
    NewStage,
    NewStep,
    NewTouchpoint,
    PersonaRating,
)

MEDIA_TYPE = "application/vnd.waypost.bundle+json"
MOST_MAPS = 50
"""Maps in one bundle, or in one import."""
MOST_OTHERS = 2000
"""Rows of another kind in one bundle."""
SOURCE = "bundle"
"""The source of the external id by which a bundle's map is known where it was imported."""


class BundledProfile(NewProfile):
    """A profile that a bundle's personas represent."""

    key: Key
    parent_id: Key | None = Field(  # type: ignore[assignment]
        None, description="The key of the wider profile."
    )


class BundledPersona(NewPersona):
    """A persona of a bundle's maps, without its picture."""

    key: Key
    profile_id: Key | None = Field(  # type: ignore[assignment]
        None, description="The key of its profile."
    )


class BundledTouchpoint(NewTouchpoint):
    """A touchpoint of a bundle's maps."""

    key: Key


class BundledRating(PersonaRating):
    """What one persona feels at a step."""

    persona_id: Key = Field(description="The key of the persona.")  # type: ignore[assignment]


_Ratings = Annotated[list[BundledRating], Field(max_length=50)]


class BundledStep(NewStep):
    """One thing somebody does in a stage."""

    emotions: _Ratings = Field(default_factory=list)  # type: ignore[assignment]
    journey_id: Key | None = Field(  # type: ignore[assignment]
        None, description="The key of the nested journey."
    )


_Steps = Annotated[list[BundledStep], Field(max_length=MOST_STEPS)]


class BundledStage(NewStage):
    """A phase of the journey."""

    steps: _Steps = Field(default_factory=list)  # type: ignore[assignment]


_Stages = Annotated[list[BundledStage], Field(max_length=MOST_STAGES)]
_Keys = Annotated[list[Key], Field(max_length=50)]


class BundledJourney(NewJourney):
    """A whole map."""

    key: Key
    persona_ids: _Keys = Field(  # type: ignore[assignment]
        default_factory=list, description="The keys of its personas."
    )
    stages: _Stages = Field(default_factory=list)  # type: ignore[assignment]


class Bundle(Input):
    """Maps with their personas, profiles and touchpoints; those nested in others after them."""

    shown_only: ClassVar[frozenset[str]] = frozenset()
    bundle: Literal[1] = Field(description="The version of this form.")
    journeys: Annotated[list[BundledJourney], Field(min_length=1, max_length=MOST_MAPS)]
    personas: Annotated[list[BundledPersona], Field(max_length=MOST_OTHERS)] = Field(
        default_factory=list
    )
    profiles: Annotated[list[BundledProfile], Field(max_length=MOST_OTHERS)] = Field(
        default_factory=list
    )
    touchpoints: Annotated[list[BundledTouchpoint], Field(max_length=MOST_OTHERS)] = Field(
        default_factory=list
    )
    not_carried: Annotated[list[Line], Field(max_length=100)] = Field(
        default_factory=list,
        description="What the maps hold beyond this; said on the way out, ignored on the way in.",
    )
