"""What callers send for templates, and what a template holds: a map without what is of one map.

A template's stages and steps have the members of a map's. Left out is what was found out about
one kind of client (ratings, actual outcomes, waiting) and what refers to other resources by id;
touchpoints are told by key.
"""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, create_model

from service.domain.inputs import ExternalIds, Input, Key, Line, Lines, Prose, Slug
from service.domain.journeys.inputs import NewStage, NewTransition
from service.domain.journeys.step_inputs import NewStep
from service.domain.paging import ListQuery
from service.domain.words import told

OF_ONE_MAP = frozenset(
    {"emotion", "emotions", "actual_outcome", "outcome_met", "waited_seconds", "journey_id"}
)
"""Members of a step that a template does not carry on."""


class MetTouchpoint(Input):
    """A touchpoint of a stage."""

    shown_only = frozenset()
    key: Annotated[Key, told("By which the catalogue knows it.", "hotline")]
    name: Annotated[Line, told("How people call it.", "Telephone hotline")]


class TemplateTouchpoint(Input):
    """A touchpoint met at a step; a map gets those that its workspace has."""

    shown_only: ClassVar[frozenset[str]] = frozenset({"touchpoint_id", "use"})
    key: Annotated[Key, told("By which the catalogue knows it.", "hotline")]
    channel: Annotated[Slug | None, told("The way of meeting at this step.", "phone")] = None
    device: Annotated[Slug | None, told("What clients use at this step.", "mobile")] = None


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
            Annotated[
                Annotated[list[TemplateTouchpoint], Field(max_length=50)],
                told("The touchpoints met there."),
            ],
            Field(default_factory=list),
        ),
    },
)
TemplateStep.shown_only = NewStep.shown_only | OF_ONE_MAP

TemplateStage: type[Input] = create_model(
    "TemplateStage",
    __base__=NewStage,
    __doc__="A stage of a template.",
    steps=(
        list[TemplateStep],
        Field(default_factory=list, description="What they do in it, in order."),
    ),
    touchpoints=(
        list[MetTouchpoint],
        Field(default_factory=list, description="Where client and firm cross in this stage."),
    ),
    content=(
        Lines,
        Field(
            default_factory=list,
            description="Kinds of content to offer.",
            examples=[["A checklist"]],
        ),
    ),
    actions=(
        Lines,
        Field(
            default_factory=list,
            description="What to do in this stage.",
            examples=[["Answer within a day"]],
        ),
    ),
)


class TemplateTransition(NewTransition):
    """An edge between two steps of a template."""


class NewTemplate(Input):
    """A template of one's own, made from a journey."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("ready", "locale", "stages", "transitions")
    }
    journey_id: Annotated[
        UUID | None,
        told(
            "The map it is made from; in a change: made from anew.",
            "0198c7f0-0000-7000-8000-000000000040",
        ),
    ] = None
    key: Annotated[
        Key | None, told("By which maps name it; made from the name if absent.", "our-own")
    ] = None
    name: Annotated[Line | None, told("Absent: the map's title.", "Our own way")] = None
    description: Annotated[
        Prose | None, told("Absent: the map's scenario.", "For couples near retirement.")
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class TemplateList(ListQuery):
    """Templates by key, or only the ready ones."""

    key: Annotated[Key | None, told("Only the one with this key.", "adviser")] = None
    ready: Annotated[bool | None, told("Whether Waypost brings it.", True)] = None
