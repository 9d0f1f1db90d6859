"""What callers send for actions."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import (
    ExternalIds,
    Input,
    Key,
    Line,
    Prose,
    Slug,
)
from service.domain.money import Expense
from service.domain.paging import ListQuery
from service.domain.plans.action.metric_inputs import ActionMetric
from service.domain.times import Day
from service.domain.words import Meaning, told

ActionKind = Annotated[
    Literal[
        "improve",
        "add_touchpoint",
        "remove_touchpoint",
        "content",
        "win_back",
        "fix",
        "research",
        "train",
        "automate",
        "other",
    ],
    Meaning(
        "What sort of thing an action does.",
        {
            "improve": "Makes what is there better.",
            "add_touchpoint": "Meets the client where nobody of ours does yet.",
            "remove_touchpoint": "Spares the client a contact.",
            "content": "Writes or makes what answers a question, pain or objection.",
            "win_back": "Brings those back who fell through.",
            "fix": "Repairs what is broken.",
            "research": "Finds out what the map does not know.",
            "train": "Teaches our own people.",
            "automate": "Lets a system do what people did.",
            "other": "Anything else.",
        },
    ),
]
ActionStatus = Annotated[
    Literal["idea", "shortlisted", "planned", "doing", "done", "rejected"],
    Meaning(
        "How far an action has come.",
        {
            "idea": "Somebody thought of it.",
            "shortlisted": "Among the most workable.",
            "planned": "It will be done.",
            "doing": "Under way.",
            "done": "Carried out.",
            "rejected": "It will not be done.",
        },
    ),
]
Effort = Annotated[float, Strict(), Field(ge=0.001, le=1e6)]
Impact = Annotated[float, Strict(), Field(ge=0, le=1e9)]
Ids = Annotated[list[UUID], Field(max_length=200)]
MOST_TARGETS = 200
_JOURNEY, _STAGE, _STEP = (f"0198c7f0-0000-7000-8000-0000000000{n}" for n in (40, 50, 60))
_GAP = "5f3f6d0e-3f4b-5d55-9f3e-0d6f6f0f7a11"


class ActionTarget(Input):
    """A place in a map that an action answers: the map, a stage of it, or a step."""

    shown_only = frozenset()
    journey_id: Annotated[
        UUID | None, told("The map; that of the stage or step, where one is named.", _JOURNEY)
    ] = None
    stage_id: Annotated[UUID | None, told("The stage of it, where it is one.", _STAGE)] = None
    step_id: Annotated[UUID | None, told("The step of it, where it is one.", _STEP)] = None
    item_key: Annotated[
        Key | None, told("The question, pain or objection there that it answers.", "fees")
    ] = None

    @model_validator(mode="after")
    def _one_place(self) -> "ActionTarget":
        if self.stage_id is not None and self.step_id is not None:
            raise PydanticCustomError("one_of", "names a stage or a step, not both")
        if self.journey_id is self.stage_id is self.step_id is None:
            raise PydanticCustomError("required", "needs journey_id, stage_id or step_id")
        if self.item_key is not None and self.stage_id is self.step_id is None:
            raise PydanticCustomError("required", "item_key needs the stage or step it is of")
        return self


class NewAction(Input):
    """An item of the plan: what is done about a gap or an opportunity."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"priority"}
    often_changed = ("status", "due_on")
    title: Annotated[Line, told("What is done, in a line.", "Answer the fees on the first page")]
    description: Annotated[
        Prose | None, told("What it takes, in sentences.", "A table of fees, and whom to ask.")
    ] = None
    kind: Annotated[ActionKind, told("What sort of thing it does.", "content")] = "improve"
    status: Annotated[ActionStatus, told("How far it has come.", "planned")] = "idea"
    department: Annotated[Slug | None, told("Who carries it out.", "marketing")] = None
    due_on: Annotated[Day | None, told("The day by which it is to be done.", "2026-09-30")] = None
    effort: Annotated[
        Effort | None, told("What it costs us, in a unit of your own, such as days.", 5)
    ] = None
    impact: Annotated[
        Impact | None, told("What it is worth, on a scale of your own, or in money.", 40)
    ] = None
    cost: Annotated[
        Expense | None,
        told("What is paid for it; summed per currency.", {"amount": 1250.5, "currency": "EUR"}),
    ] = None
    gap_ids: Annotated[
        Ids,
        told("The gaps it answers. They are computed and last as long as they do.", [_GAP]),
    ] = Field(default_factory=list)
    evidence_ids: Annotated[
        Ids, told("The findings that speak for it.", ["0198c7f0-0000-7000-8000-000000000088"])
    ] = Field(default_factory=list)
    content_ids: Annotated[
        Ids, told("The content it makes or uses.", ["0198c7f0-0000-7000-8000-000000000095"])
    ] = Field(default_factory=list)
    targets: Annotated[
        Annotated[list[ActionTarget], Field(max_length=MOST_TARGETS)],
        told(
            "What it answers in maps. A target goes when that part of its map goes.",
            [{"journey_id": _JOURNEY}],
        ),
    ] = Field(default_factory=list)
    metric: Annotated[
        ActionMetric | None,
        told(
            "A figure measured before and after; see /effect.",
            {"name": "Calls that reach a person", "unit": "percent", "before": 61.5, "after": 74},
        ),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class ActionList(ListQuery):
    """Actions by how far they are, whose they are and what they answer."""

    status: Annotated[ActionStatus | None, told("Only those this far.", "planned")] = None
    kind: Annotated[ActionKind | None, told("Only those of this sort.", "content")] = None
    department: Annotated[
        Slug | None, told("Only those this department carries out.", "marketing")
    ] = None
    journey_id: Annotated[
        UUID | None, told("Only those that answer something in this map.", _JOURNEY)
    ] = None
    stage_id: Annotated[UUID | None, told("Only those that answer this stage.", _STAGE)] = None
    step_id: Annotated[UUID | None, told("Only those that answer this step.", _STEP)] = None
    gap_id: Annotated[UUID | None, told("Only those that answer this gap.", _GAP)] = None
    overdue: Annotated[
        bool | None,
        told(
            "Whether they should be done by now, by the workspace's time zone, and are not.", True
        ),
    ] = None
    due_from: Annotated[Day | None, told("Only those due on this day or later.", "2026-09-01")] = (
        None
    )
    due_to: Annotated[Day | None, told("Only those due on this day or earlier.", "2026-09-30")] = (
        None
    )
