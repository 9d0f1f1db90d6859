"""What callers ask of a grid of challenges."""

from typing import Annotated, Literal

from service.domain.inputs import Input, Key, Topic
from service.domain.insights.selecting import REVISION
from service.domain.journeys import StateName
from service.domain.words import Meaning, told

ChallengeKind = Annotated[
    Literal["question", "pain", "objection"],
    Meaning(
        "What clients have at a stage or step.",
        {
            "question": "They want to know something.",
            "pain": "Something bothers them there.",
            "objection": "Something speaks against it for them.",
        },
        "ChallengeKind",
    ),
]


class ChallengesQuery(Input):
    """Which rows of the grid."""

    shown_only = frozenset()
    revision: Annotated[StateName | None, told(REVISION, "published")] = None
    kind: Annotated[ChallengeKind | None, told("Only those of this kind.", "question")] = None
    topic: Annotated[Topic | None, told("Only those about this.", "price")] = None
    stage: Annotated[
        Key | None, told("Only those of this stage and its steps: a key or an id.", "decision")
    ] = None
    empty: Annotated[
        bool | None, told("True: only what nothing answers; false: only the others.", True)
    ] = None
