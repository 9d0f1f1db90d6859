"""What callers send for comments."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import ExternalIds, Flag, Input, Prose
from service.domain.paging import ListQuery
from service.domain.words import Meaning, told

_JOURNEY, _STEP, _COMMENT = (
    "0198c7f0-0000-7000-8000-000000000040",
    "0198c7f0-0000-7000-8000-000000000060",
    "0198c7f0-0000-7000-8000-0000000000c0",
)
TargetKind = Annotated[
    Literal[
        "profile",
        "persona",
        "journey",
        "stage",
        "step",
        "transition",
        "touchpoint",
        "evidence",
        "content",
        "action",
        "review",
        "gap",
    ],
    Meaning(
        "What a comment is about.",
        {
            "profile": "An ideal-client profile.",
            "persona": "A persona.",
            "journey": "A whole map.",
            "stage": "A stage of a map.",
            "step": "A step of a map.",
            "transition": "An edge between two steps.",
            "touchpoint": "A place where client and firm cross.",
            "evidence": "A finding.",
            "content": "An item of content.",
            "action": "An item of the plan.",
            "review": "A look at a map.",
            "gap": "A computed gap of a map, which `journey_id` names.",
        },
    ),
]


class CommentTarget(Input):
    """What a comment is about."""

    shown_only = frozenset()
    kind: Annotated[TargetKind, told("What sort of thing it is.", "step")]
    id: Annotated[UUID, told("Which one of that sort.", _STEP)]


class NewComment(Input):
    """What somebody says about something."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"person"}
    often_changed = ("resolved",)
    target: Annotated[
        CommentTarget,
        told("What it is about; that stays as it was made.", {"kind": "journey", "id": _JOURNEY}),
    ]
    journey_id: Annotated[
        UUID | None,
        told(
            "The map in which the target is; needed for a gap alone, else that of the target.",
            _JOURNEY,
        ),
    ] = None
    text: Annotated[
        Annotated[Prose, Field(min_length=1)],
        told("The words themselves.", "The branch says this has changed."),
    ]
    resolved: Annotated[Flag, told("Whether it is dealt with.", False)] = False
    parent_id: Annotated[
        UUID | None,
        told("The comment it answers, about the same; that stays as it was made.", _COMMENT),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class CommentList(ListQuery):
    """Comments by what they are about."""

    target_kind: Annotated[
        TargetKind | None, told("Only those about things of this sort.", "step")
    ] = None
    target_id: Annotated[UUID | None, told("Only those about this.", _STEP)] = None
    journey_id: Annotated[
        UUID | None, told("Only those about this map and all in it.", _JOURNEY)
    ] = None
    parent_id: Annotated[UUID | None, told("Only answers to this comment.", _COMMENT)] = None
    resolved: Annotated[bool | None, told("Whether they are dealt with.", False)] = None
    orphaned: Annotated[
        bool | None, told("Whether what they are about is there no more.", True)
    ] = None
