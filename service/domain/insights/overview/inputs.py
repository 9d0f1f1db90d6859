"""What is asked of the overview and of a map's staleness, and what both faces answer."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import Input
from service.domain.journeys import JourneyList, Perspective
from service.domain.listing import View
from service.domain.words import Meaning, told

_JOURNEY, _STAGE, _STEP = (f"0198c7f0-0000-7000-8000-0000000000{n}" for n in (40, 50, 60))
Newest = Annotated[
    Literal["change", "review", "evidence"],
    Meaning(
        "What a map was last touched by.",
        {
            "change": "A change of the map or a part of it.",
            "review": "A completed review.",
            "evidence": "A finding about it or a part of it.",
        },
    ),
]


class OverviewQuery(JourneyList):
    """The maps that are looked at, as in their own list."""

    view: ClassVar[View] = "list"  # type: ignore[misc]


class StalenessQuery(Input):
    """From when on a map is called stale."""

    shown_only = frozenset()
    limit_days: Annotated[
        Annotated[int, Field(ge=1, le=36_500)] | None,
        told("Days after which a map is stale; if absent, as the workspace has set.", 180),
    ] = None


class StalenessDefinition(Input):
    """What staleness was computed from."""

    shown_only = frozenset()
    mode: Annotated[
        Literal["newest_of"],
        Meaning(
            "How the day is found that days are counted from.",
            {"newest_of": "The newest of change, completed review and evidence."},
            "StalenessMode",
        ),
        told("How the day is found that days are counted from.", "newest_of"),
    ]
    limit_days: Annotated[int, told("Days after which a map is stale.", 180)]


class Staleness(Input):
    """Days since a map was last changed, reviewed, or learnt about; by the workspace's days."""

    shown_only = frozenset()
    journey_id: Annotated[UUID, told("Of which map.", _JOURNEY)]
    definition: Annotated[StalenessDefinition, told("What it was computed from.")]
    days: Annotated[int, told("Days since the newest of the three.", 12)]
    stale: Annotated[bool, told("Whether they are more than the limit.", False)]
    newest: Annotated[
        Newest,
        told("Which of the three that was; a finding of a day is of its beginning.", "review"),
    ]
    changed_at: Annotated[datetime, told("When the map last changed.", "2026-05-04T16:05:12+00:00")]
    reviewed_at: Annotated[
        datetime | None,
        told("When a review of it was last completed; null: never.", "2026-06-30T09:00:00+00:00"),
    ]
    evidence_on: Annotated[
        date | None,
        told(
            "The day of its newest finding, observed or else recorded, those of days to come aside;"
            " null: none.",
            "2026-06-01",
        ),
    ]
    reasons: Annotated[
        dict[str, str],
        told("Why a member is null, by its name.", {"evidence_on": "no_evidence"}),
    ]


class OverviewEmotion(Input):
    """How a map feels, by its authors' ratings; see /emotion-curve."""

    shown_only = frozenset()
    mean: Annotated[float | None, told("The mean rating, -2 to +2; null: none is rated.", 0.25)]
    rated: Annotated[int, told("How many of its steps are rated.", 12)]
    steps: Annotated[int, told("How many steps it has.", 14)]
    reason: Annotated[
        str | None, told("Why there is no mean: `nothing_rated`, or null.", "nothing_rated")
    ]


class OverviewGap(Input):
    """One of the worst gaps of a map; see /gaps."""

    shown_only = frozenset()
    id: Annotated[
        UUID, told("It lasts as long as the gap does.", "7c1f8d4e-5f0e-5a53-9d7f-4a1f3f0c2b61")
    ]
    kind: Annotated[str, told("What sort of gap it is, as /gaps names it.", "department_handoff")]
    severity: Annotated[float, told("How bad, 0 to 100.", 47.5)]
    confidence: Annotated[float, told("How much of what decides is known, 0 to 1.", 0.6)]
    stage_id: Annotated[UUID | None, told("The stage it is at; null: the whole map.", _STAGE)]
    step_id: Annotated[UUID | None, told("The step it is at; null: a whole stage.", _STEP)]
    text: Annotated[
        str, told("Why it was found, in the caller's language.", "Nobody takes over the file.")
    ]


class OverviewReviews(Input):
    """What is due of the looks at a map."""

    shown_only = frozenset()
    overdue: Annotated[int, told("How many are past their day and not completed.", 1)]
    next_due_on: Annotated[
        date | None,
        told(
            "The day of the next that is not completed, today or later, those overdue aside;"
            " null: none is to come.",
            "2026-09-30",
        ),
    ]


class OpenActions(Input):
    """How many actions are still to be done, by how far they are."""

    shown_only = frozenset()
    idea: Annotated[int, told("Thought of.", 4)]
    shortlisted: Annotated[int, told("Among the most workable.", 2)]
    planned: Annotated[int, told("To be done.", 3)]
    doing: Annotated[int, told("Under way.", 1)]
    overdue: Annotated[int, told("Of all these, past their day.", 1)]


class OverviewJourney(Input):
    """A map at a glance."""

    shown_only = frozenset()
    journey_id: Annotated[UUID, told("Which map.", _JOURNEY)]
    title: Annotated[str, told("What people call it.", "Finding a financial adviser")]
    perspective: Annotated[Perspective, told("Whether it shows what is or shall be.", "as_is")]
    status: Annotated[str, told("How far its authors are with it.", "draft")]
    emotion: Annotated[OverviewEmotion, told("How it feels.")]
    worst_gaps: Annotated[
        list[OverviewGap], told("The three worst by severity × confidence, dismissed ones aside.")
    ]
    gaps_by_kind: Annotated[
        dict[str, int],
        told("How many gaps of each kind, dismissed ones aside.", {"department_handoff": 2}),
    ]
    reviews: Annotated[OverviewReviews, told("What is due of the looks at it.")]
    actions: Annotated[OpenActions, told("What is still to be done about it.")]
    staleness: Annotated[Staleness, told("How long ago it was touched.")]


class OverviewTotals(Input):
    """The whole workspace at a glance."""

    shown_only = frozenset()
    journeys: Annotated[int, told("How many maps there are.", 7)]
    stale: Annotated[int, told("How many of them are stale.", 2)]
    reviews: Annotated[OverviewReviews, told("What is due of all looks at maps.")]
    actions: Annotated[OpenActions, told("What is still to be done, about whatever it is.")]
