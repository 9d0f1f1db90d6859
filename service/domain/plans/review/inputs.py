"""What callers send for reviews, and what reviews show besides."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import ExternalIds, Input, Prose, Slug, Slugs
from service.domain.languages import Language
from service.domain.paging import ListQuery
from service.domain.plans.review.questions import QUESTIONS
from service.domain.times import Day
from service.domain.words import Meaning, told

_JOURNEY = "0198c7f0-0000-7000-8000-000000000040"
_ENGLISH = QUESTIONS[Language.EN]
Cadence = Annotated[
    Literal["weekly", "monthly", "quarterly", "half_yearly", "yearly"],
    Meaning(
        "How often a map is looked at.",
        {
            "weekly": "Every seven days.",
            "monthly": "Every month, on the same day of it.",
            "quarterly": "Every three months.",
            "half_yearly": "Every six months.",
            "yearly": "Every twelve months.",
        },
    ),
]
ReviewStatus = Annotated[
    Literal["open", "due", "overdue", "completed"],
    Meaning(
        "Where a review stands, by the day in the workspace's time zone.",
        {
            "open": "Its day is yet to come.",
            "due": "Its day is today.",
            "overdue": "Its day is past, and it is not completed.",
            "completed": "Done; with a cadence, the next one is open.",
        },
    ),
]


class ReviewAnswers(Input):
    """What those who looked at the map found, question by question."""

    shown_only = frozenset()
    broke_or_moved: Annotated[
        Prose | None, told(_ENGLISH["broke_or_moved"], "The branch in the square has closed.")
    ] = None
    changed: Annotated[Prose | None, told(_ENGLISH["changed"], "Fees stand on the first page.")] = (
        None
    )
    experience_differs: Annotated[
        Prose | None, told(_ENGLISH["experience_differs"], "Fewer calls, and shorter ones.")
    ] = None
    new_gaps: Annotated[
        Prose | None, told(_ENGLISH["new_gaps"], "Nobody answers the chat at night.")
    ] = None


class ReviewQuestions(Input):
    """The questions that a review answers, in the caller's language."""

    shown_only = frozenset()
    broke_or_moved: Annotated[str, told("The first question.", _ENGLISH["broke_or_moved"])]
    changed: Annotated[str, told("The second question.", _ENGLISH["changed"])]
    experience_differs: Annotated[str, told("The third one.", _ENGLISH["experience_differs"])]
    new_gaps: Annotated[str, told("The last one.", _ENGLISH["new_gaps"])]


class NewReview(Input):
    """A look at a map by the departments it concerns."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("status", "missing", "sign_offs", "completed_at", "questions")
    }
    often_changed = ("due_on", "departments")
    journey_id: Annotated[
        UUID, told("The map that is looked at; that stays as it was made.", _JOURNEY)
    ]
    cadence: Annotated[
        Cadence | None,
        told(
            "How often: the next one is made when this one is completed; null: once.",
            None,
            "quarterly",
        ),
    ] = None
    due_on: Annotated[
        Day | None,
        told(
            "The day it is due; if absent, today and one cadence, by the workspace's time zone.",
            "2026-09-30",
        ),
    ] = None
    departments: Annotated[
        Slugs | None,
        told(
            "Who is asked to sign; if absent, the departments of the map's steps and touchpoints.",
            ["marketing", "service"],
        ),
    ] = None
    answers: Annotated[
        ReviewAnswers,
        told("What was found, question by question.", {"changed": "Fees stand on the first page."}),
    ] = Field(default_factory=ReviewAnswers)
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class NewSignOff(Input):
    """A department's word that it has looked and agrees."""

    shown_only = frozenset()
    department: Annotated[Slug, told("Which department signs: one of those asked.", "service")]
    note: Annotated[
        Prose | None, told("What it has to say besides.", "Agreed, but for the night chat.")
    ] = None


class SignOff(Input):
    """A sign-off as a review shows it."""

    shown_only = frozenset()
    department: Annotated[str, told("Which department signed.", "service")]
    person: Annotated[
        str | None,
        told(
            "Who signed for it, as `Waypost-Actor` said; null: before that was asked for.",
            "Ann <ann@example.org>",
        ),
    ]
    note: Annotated[str | None, told("What it had to say besides.", "Agreed.")]
    signed_at: Annotated[datetime, told("When that was.", "2026-09-29T14:00:00+00:00")]


class ReviewCompletion(Input):
    """The end of a review, with its answers."""

    shown_only = frozenset()
    answers: Annotated[ReviewAnswers, told("What was found; what is left out stays as it is.")] = (
        Field(default_factory=ReviewAnswers)
    )


class ReviewList(ListQuery):
    """Reviews by where they stand and what they look at."""

    status: Annotated[ReviewStatus | None, told("Only those that stand here.", "overdue")] = None
    journey_id: Annotated[UUID | None, told("Only those of this map.", _JOURNEY)] = None
    department: Annotated[
        Slug | None, told("Only those this department is asked in.", "service")
    ] = None
    overdue: Annotated[
        bool | None, told("Whether their day is past and they are not done.", True)
    ] = None
