"""What is answered of a map then and now: structs, encoded as they stand. Pure.

The difference of two shares is that of `with` less `base`, with Newcombe's 95 % interval (1998,
method 10): the ranges do not overlap. Means of ratings are differences alone: the steps of a map
are counted whole, not sampled.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id
from service.domain.insights.followed.answers import JourneyId, Judging, Nothing
from service.domain.reasons import Explained
from service.domain.shares import Excluded, Proportion, newcombe

_TIME = "2026-05-01T00:00:00Z"


class ThenAndNowDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    days: Annotated[int, told("Of so many days before each time.", 90)]
    filter: Annotated[Any | None, told("Of which events, as it was asked.", None)]
    window_seconds: Annotated[
        int, told("Who goes no further for longer has dropped out.", 1_209_600)
    ]
    unit: Annotated[str, told("What is counted.", "contact")]
    revision: Judging
    from_stage: Annotated[
        str | None,
        told("Conversion is of those who came to this stage, the first that events can be in.", ""),
    ]
    to_stage: Annotated[
        str | None, told("To this stage within the window, the last that events can be in.", "")
    ]


class Side(Struct, frozen=True, gc=False):
    """A map and its people at one of the two times."""

    at: Annotated[datetime, told("The time.", _TIME)]
    from_: Annotated[
        datetime | None, told("What people did counts from then on.", "2026-01-31T00:00:00Z")
    ] = field(name="from")
    to: Annotated[datetime, told("And before then.", _TIME)]
    revision: Annotated[
        str | int | None,
        told("The revision of the map in force then, or `draft`; null: there was none.", 3),
    ]
    mean: Annotated[float | None, told("The mean of its ratings.", 0.25)]
    rated: Annotated[int | None, told("Over so many steps.", 14)]
    steps: Annotated[int | None, told("Of so many.", 16)]
    contacts: Annotated[
        int | None, told("People who were on the map in the range; null: it is not known.", 640)
    ]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why something of the map is null; else absent. `never_published`,"
            " `revision_not_found`: it had no revision then; `unrated`: nobody rated a step;"
            " `in_future`: the range has not begun.",
            "never_published",
        ),
    ] = UNSET
    contacts_reason: Annotated[
        str | UnsetType,
        told(
            "Why `contacts` is null; else absent. `not_bound`: nothing binds the map to events;"
            " `not_in_force`: it had no revision yet; `not_permitted`: all that happened is of"
            " people who do not count; `no_event`: nobody was at a step; `small_cell`: too few;"
            " `in_future`: the range has not begun.",
            "no_event",
        ),
    ] = UNSET


class MapChanges(Struct, frozen=True, gc=False):
    """How many differences there are between the two states of the map, as its diff tells them."""

    added: Annotated[int | None, told("Parts that came.", 2)] = None
    removed: Annotated[int | None, told("Parts that went.", 0)] = None
    moved: Annotated[int | None, told("Parts that stand elsewhere.", 1)] = None
    renamed: Annotated[int | None, told("Parts that are called otherwise.", 1)] = None
    changed: Annotated[int | None, told("Members that have another value.", 7)] = None
    reason: Annotated[
        str | UnsetType, told("Why they are null; else absent.", "never_published")
    ] = UNSET


class ChangedMean(Struct, frozen=True, gc=False):
    """By how much the mean of ratings differs."""

    change: Annotated[float | None, told("The mean now less the one then.", 0.5)]
    reason: Annotated[str | UnsetType, told("Why it is null; else absent.", "unrated")] = UNSET


class ChangedShare(Explained, frozen=True, gc=False):
    """A share then and now, and by how much it differs."""

    base: Annotated[Proportion, told("The share then.")]
    with_: Annotated[Proportion, told("The share now.")] = field(name="with")
    change: Annotated[float | None, told("The share now less the one then.", -0.06)]
    low: Annotated[
        float | None, told("The difference's 95 % interval (Newcombe): its lower end.", -0.11)
    ]
    high: Annotated[float | None, told("Its upper end.", -0.01)]
    reason: Annotated[
        str | UnsetType, told("Why there is no difference; else absent.", "no_event")
    ] = UNSET


class ChangedStage(Struct, frozen=True, gc=False):
    """How many dropped in a stage then and now."""

    stage_id: Annotated[Id, told("Which stage.", "0198c7f0-0000-7000-8000-000000000050")]
    stage_key: Annotated[str, told("The same by its key.", "decision")]
    abandonment: Annotated[ChangedShare, told("Of those who entered it, who dropped there.")]


class ThenAndNow(Struct, frozen=True, gc=False):
    """How a map and what people do on it differ from what they were."""

    journey_id: JourneyId
    definition: Annotated[ThenAndNowDefinition, told("What was looked at, and how.")]
    base: Annotated[Side, told("Then.")]
    with_: Annotated[Side, told("Now.")] = field(name="with")
    map: Annotated[MapChanges, told("What differs in the map itself.")]
    mean: Annotated[ChangedMean, told("By how much its ratings differ.")]
    conversion: Annotated[
        ChangedShare,
        told(
            "Of those who came to the first stage in the range and are not undecided, who came to"
            " the last within the window."
        ),
    ]
    satisfaction: Annotated[
        ChangedShare,
        told(
            "Of the answers to `csat` surveys of the range that name this map, those of 0.75 or"
            " more of their scale (`needs_contacts_read`: to whoever may not read contacts)."
        ),
    ]
    stages: Annotated[
        list[ChangedStage], told("By stage, as the newest state that judges has them.")
    ]
    excluded: Annotated[
        list[Excluded],
        told("What does not count, by reason, from the one range's begin to the other's end."),
    ]
    reason: Nothing = UNSET


def changed_share(base: Proportion, other: Proportion) -> ChangedShare:
    """Two independent shares, and the difference, where both are known."""
    ends = newcombe(base, other)
    if ends is None or base.value is None or other.value is None:
        why = base.reason if base.value is None else other.reason
        return ChangedShare(base, other, None, None, None, why)
    return ChangedShare(base, other, other.value - base.value, *ends)


def changed_mean(base: Side, other: Side) -> ChangedMean:
    """The difference of both means, where both are known."""
    if base.mean is None or other.mean is None:
        return ChangedMean(None, base.reason if base.mean is None else other.reason)
    return ChangedMean(other.mean - base.mean)
