"""What people do after they were satisfied or dissatisfied, step by step. Pure.

At each place that answers name, each person counts once, by their first answer there in the range:
satisfied at 0.75 or more of its scale, dissatisfied under 0.5, else neutral and in neither share.
What follows is looked for after that answer, within the window, its end included. An answer whose
window is still open at the last event is undecided, whatever followed so far.
"""

from datetime import datetime
from typing import Annotated, Any, NamedTuple

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, told
from service.domain.history import MISSING, SECOND, Flags, Histories, Ints
from service.domain.measures.cutting import within
from service.domain.measures.drivers.difference import Driven, DrivenNps, driven, driven_nps
from service.domain.measures.surveys.answer import DISSATISFIED, SATISFIED, Answers, answers
from service.domain.measures.surveys.promoters import Nps, nps, promoting
from service.domain.shares import Excluded, Proportion, proportion

_TIME = "2026-05-01T00:00:00Z"
NO_PLACE = "names_no_place"


class DriversDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Answers from then on.", _TIME)] = field(name="from")
    to: Annotated[datetime | None, told("Answers before then.", _TIME)]
    by: Annotated[str, told("By what answers are told apart.", "step")]
    window_seconds: Annotated[int, told("How long behind an answer something counts.", 7_776_000)]
    limit: Annotated[int, told("At most so many places are told.", 200)]
    answered: Annotated[
        Any, told("Which events are answers: as the role `survey` has it.", "Survey Answered")
    ]
    order: Annotated[Any, told("Which events are orders.", "Order Completed")]
    referral: Annotated[Any, told("Which events are referrals.", "Invite Sent")]
    activity: Annotated[Any | None, told("Which events show somebody is there; null: all.", None)]
    satisfied_from: Annotated[float, told("Satisfied: so far up the scale, or more.", 0.75)] = (
        float(SATISFIED)
    )
    dissatisfied_below: Annotated[float, told("Dissatisfied: less far up.", 0.5)] = float(
        DISSATISFIED
    )
    answer: Annotated[str, told("Which answer of a person counts at a place.", "first")] = "first"
    interval: Annotated[str, told("Whose interval differences have.", "Newcombe 1998")] = (
        "Newcombe 1998"
    )
    filter: Annotated[Any | None, told("Of which events, as it was asked; null: all.", None)] = None


class Driver(Struct, frozen=True, gc=False):
    """A place that answers name, and what follows them."""

    journey_id: Annotated[
        str | None, told("Whose step, as answers tell.", "0198c7f0-0000-7000-8000-000000000040")
    ]
    step_key: Annotated[str | None, told("Which step, as answers tell.", "checkout")]
    touchpoint_id: Annotated[
        str | None, told("Which touchpoint.", "0198c7f0-0000-7000-8000-000000000070")
    ]
    contacts: Annotated[int | None, told("People who answered there.", 210), COUNT]
    satisfied: Annotated[int | None, told("Those whose first answer is satisfied.", 120), COUNT]
    neutral: Annotated[int | None, told("Those whose first answer is neither.", 40), COUNT]
    dissatisfied: Annotated[
        int | None, told("Those whose first answer is dissatisfied.", 50), COUNT
    ]
    undecided: Annotated[int | None, told("Those whose window is still open.", 12), COUNT]
    repurchase: Annotated[
        Driven, told("Another order, of those who had ordered before they answered.")
    ]
    referral: Annotated[Driven, told("Whether they told or invited somebody else.")]
    churn: Annotated[Driven, told("No activity within the window.")]
    nps: Annotated[DrivenNps, told("Their next answer to `nps`, out of ten.")]
    reason: Annotated[str | UnsetType, told("Why a count is null; else absent.", SMALL_CELL)] = (
        UNSET
    )


class Drivers(Struct, frozen=True, gc=False):
    """What follows satisfied and dissatisfied answers, by where they were given."""

    definition: Annotated[DriversDefinition, told("What was looked at, and how.")]
    items: Annotated[list[Driver], told("By place, most answers first.")]
    more: Annotated[int, told("Places behind the limit.", 0)]
    excluded: Annotated[
        list[Excluded],
        told("Answers that cannot be read or name no place, and events of people left out."),
    ]


class _Followed(NamedTuple):
    """For each person at each place: where and whose, what they said, and what followed."""

    place: Ints
    row: Ints
    satisfied: Flags
    dissatisfied: Flags
    decided: Flags
    ordered: Flags
    outcomes: dict[str, Flags]
    score: Ints


def drivers(found: Histories, definition: DriversDefinition) -> Drivers:
    """What follows answers. `found` holds answers, orders, referrals and activity as selections,
    the columns of answers and of places, and all events there are."""
    inside = found.holds[0] & within(found.at, definition.from_, definition.to)
    names = (
        ["properties.touchpoint_id"]
        if definition.by == "touchpoint"
        else ["properties.journey_id", "properties.step_key"]
    )
    placed = inside.copy()
    for name in names:
        placed &= found.columns[name].codes != MISSING
    read = answers(found.columns, placed)
    codes = np.array([found.columns[name].codes[read.rows] for name in names], dtype=np.int64)
    places, place = np.unique(codes, axis=1, return_inverse=True)
    followed = _followed(found, read, place.reshape(-1), definition.window_seconds * SECOND)
    numbers = np.bincount(followed.place, minlength=places.shape[1])
    told_ = [
        [str(found.columns[n].words[c]) for n, c in zip(names, one, strict=True)]
        for one in places.T.tolist()
    ]
    order = sorted(range(len(told_)), key=lambda n: (-numbers[n], told_[n]))
    left_out = {**found.excluded, **read.unread, NO_PLACE: int((inside & ~placed).sum())}
    return Drivers(
        definition,
        [_driver(followed, n, told_[n]) for n in order[: definition.limit]],
        max(len(order) - definition.limit, 0),
        [Excluded(reason, count) for reason, count in sorted(left_out.items()) if count],
    )


def _followed(found: Histories, read: Answers, place: Ints, window: int) -> _Followed:
    people = int(found.person[-1]) + 1 if len(found) else 0
    # The first of each: answers are in the order of paths.
    _, first = np.unique(place * people + found.person[read.rows], return_index=True)
    row, which = read.rows[first], read.which[first]
    _, orders, referrals, activity = (np.flatnonzero(one) for one in found.holds)
    asked = answers(found.columns, found.holds[0])
    score = np.array([promoting(one) for one in asked.said], dtype=np.int64)[asked.which]
    scored, score = asked.rows[score != 0], score[score != 0]
    nth, has = _next(found, row, scored, window)
    end = found.at.max() if len(found) else 0
    before = np.searchsorted(orders, row) - 1
    earlier = orders[np.maximum(before, 0)] if len(orders) else row
    return _Followed(
        place[first],
        row,
        np.array([one.satisfied for one in read.said], dtype=np.bool_)[which],
        np.array([one.dissatisfied for one in read.said], dtype=np.bool_)[which],
        found.at[row] + window <= end,
        (before >= 0) & (found.person[earlier] == found.person[row]),
        {
            "repurchase": _next(found, row, orders, window)[1],
            "referral": _next(found, row, referrals, window)[1],
            "churn": ~_next(found, row, activity, window)[1],
        },
        np.where(has, score[nth], 0) if len(score) else np.zeros(len(row), dtype=np.int64),
    )


def _next(found: Histories, row: Ints, among: Ints, window: int) -> tuple[Ints, Flags]:
    """The place of the next row `among` some, and whether it is the same person's in time."""
    nth = np.searchsorted(among, row, side="right")
    if not len(among):
        return nth, np.zeros(len(row), dtype=np.bool_)
    within_ = np.minimum(nth, len(among) - 1)
    next_ = among[within_]
    same = (nth < len(among)) & (found.person[next_] == found.person[row])
    return within_, same & (found.at[next_] - found.at[row] <= window)


def _driver(followed: _Followed, n: int, told_: list[str]) -> Driver:
    here = followed.place == n
    sides = (here & followed.satisfied, here & followed.dissatisfied)
    bought, all_ = followed.decided & followed.ordered, followed.decided

    def outcome(name: str, among: Flags) -> Driven:
        happened = followed.outcomes[name]
        return driven(*(_share(one & among, happened) for one in sides))

    contacts, satisfied, dissatisfied = (int(one.sum()) for one in (here, *sides))
    journey_id, step_key = told_ if len(told_) > 1 else (None, None)
    return Driver(
        journey_id,
        step_key,
        None if len(told_) > 1 else told_[0],
        contacts,
        satisfied,
        contacts - satisfied - dissatisfied,
        dissatisfied,
        int((here & ~followed.decided).sum()),
        outcome("repurchase", bought),
        outcome("referral", all_),
        outcome("churn", all_),
        driven_nps(*(_score(followed.score[one & all_]) for one in sides)),
    )


def _share(among: Flags, happened: Flags) -> Proportion:
    return proportion(int((among & happened).sum()), int(among.sum()))


def _score(scores: Ints) -> Nps:
    return nps(*(int((scores == one).sum()) for one in (1, 2, 3)))
