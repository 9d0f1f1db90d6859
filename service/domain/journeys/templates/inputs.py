"""What callers send for templates, and what a template holds: a map without what is of one map.

A template's stages and steps have the members of a map's. Left out is what was found out about
one kind of client (ratings, actual outcomes, waiting) and what refers to other resources by id;
touchpoints are told by key.
"""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, create_model

from service.domain.inputs import ExternalIds, Input, Key, Line, Lines, Prose, Slug
from service.domain.journeys.inputs import NewStage, NewStep, NewTransition
from service.domain.paging import ListQuery

OF_ONE_MAP = frozenset(
    {"emotion", "emotions", "actual_outcome", "outcome_met", "waited_seconds", "journey_id"}
)
"""Members of a step that a template does not carry on."""


class MetTouchpoint(Input):
    """A touchpoint of a stage."""

    shown_only = frozenset()
    key: Key
    name: Line


class TemplateTouchpoint(Input):
    """A touchpoint met at a step; a map gets those that its workspace has."""

    shown_only: ClassVar[frozenset[str]] = frozenset({"touchpoint_id", "use"})
    key: Key
    channel: Slug | None = None
    device: Slug | None = None


def _carried_on() -> dict[str, Any]:
    return {
        name: (info.rebuild_annotation(), info)
        for name, info in NewStep.model_fields.items()
        if name not in OF_ONE_MAP
    }


TemplateStep: type[Input] = create_model(
    "TemplateStep",
    __base__=Input,
    __doc__="A step of a template.",
    **{
        **_carried_on(),
        "touchpoints": (
            Annotated[list[TemplateTouchpoint], Field(max_length=50)],
            Field(default_factory=list),
        ),
    },
)
TemplateStep.shown_only = NewStep.shown_only | OF_ONE_MAP

TemplateStage: type[Input] = create_model(
    "TemplateStage",
    __base__=NewStage,
    __doc__="A stage of a template.",
    steps=(list[TemplateStep], Field(default_factory=list)),
    touchpoints=(
        list[MetTouchpoint],
        Field(default_factory=list, description="Where client and firm cross in this stage."),
    ),
    content=(Lines, Field(default_factory=list, description="Kinds of content to offer.")),
    actions=(Lines, Field(default_factory=list, description="What to do in this stage.")),
)


class TemplateTransition(NewTransition):
    """An edge between two steps of a template."""


class NewTemplate(Input):
    """A template of one's own, made from a journey."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("ready", "locale", "stages", "transitions")
    }
    journey_id: UUID | None = Field(
        None, description="The map it is made from; in a change: made from anew."
    )
    key: Key | None = None
    name: Line | None = Field(None, description="Absent: the map's title.")
    description: Prose | None = Field(None, description="Absent: the map's scenario.")
    external_ids: ExternalIds = Field(default_factory=list)


class TemplateList(ListQuery):
    """Templates by key, or only the ready ones."""

    key: Key | None = None
    ready: bool | None = Field(None, description="Whether Waypost brings it.")
