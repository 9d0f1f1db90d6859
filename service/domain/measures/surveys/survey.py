"""What survey answers come to: net promoters, satisfaction, effort, and each scale's answers. Pure.

`domain.md` §4: `nps` is the percentage of 9 and 10 less that of 0 to 6, `csat` the share of answers
at 0.75 or more of their scale, `ces` the mean effort. Every answer counts, also several by one
person.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, follows, told
from service.domain.history import Histories, changes
from service.domain.measures.surveys.answer import ANSWERED, SATISFIED, USUAL, Said, answers
from service.domain.measures.surveys.promoters import INTERVAL, NOT_OUT_OF_TEN, Nps, nps, promoting
from service.domain.reasons import Explained
from service.domain.shares import NOTHING, Excluded, Proportion, proportion

_TIME = "2026-05-01T00:00:00Z"
MOST_SCALES = 50
MOST_SCORES = 101
SEVERAL = "several_scales"
MANY = "too_many_scores"


class SurveysDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Answers from then on.", _TIME)] = field(name="from")
    to: Annotated[datetime | None, told("Answers before then.", _TIME)]
    answered: Annotated[
        Any, told("Which events are answers: as the role `survey` has it.", ANSWERED)
    ]
    promoters: Annotated[str, told("Scores of promoters, of ten.", "9-10")] = "9-10"
    detractors: Annotated[str, told("Scores of detractors, of ten.", "0-6")] = "0-6"
    nps_interval: Annotated[str, told("Whose interval the score has.", INTERVAL)] = INTERVAL
    satisfied_from: Annotated[float, told("Satisfied: so far up the scale, or more.", 0.75)] = (
        float(SATISFIED)
    )
    usual_scales: Annotated[
        dict[str, list[int]],
        told("The scale of answers that tell none.", {"nps": [0, 10], "csat": [1, 5]}),
    ] = field(default_factory=lambda: {survey: list(ends) for survey, ends in USUAL.items()})
    filter: Annotated[Any | None, told("Of which events, as it was asked; null: all.", None)] = None


class SurveyEffort(Explained, frozen=True, gc=False):
    """The mean of answers about effort, on their own scale."""

    value: Annotated[
        float | None, told("The mean; null when there is none.", 2.3), follows("answers")
    ]
    answers: Annotated[int | None, told("How many answered; null: too few.", 64), COUNT]
    first: Annotated[float | None, told("The scale's first end; null without one scale.", 1)]
    last: Annotated[float | None, told("The scale's last end; null without one scale.", 7)]
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", SEVERAL)] = UNSET


class SurveyScore(Struct, frozen=True, gc=False):
    """A score, and how many gave it."""

    score: Annotated[Decimal, told("On its scale.", 9)]
    count: Annotated[int | None, told("Answers that gave it.", 41), COUNT]


class SurveyScale(Explained, frozen=True, gc=False):
    """The answers to a survey on one scale."""

    survey: Annotated[str, told("Which: `nps`, `csat`, `ces` or `rating`.", "csat")]
    first: Annotated[Decimal, told("The scale's first end.", 1)]
    last: Annotated[Decimal, told("The scale's last end; the lesser where it runs down.", 5)]
    answers: Annotated[int | None, told("How many answered; null: too few.", 120), COUNT]
    mean: Annotated[
        float | None, told("Their mean, on the scale; null: of too few.", 4.1), follows("answers")
    ]
    emotion: Annotated[
        float | None,
        told("Their mean, mapped linearly to -2 ... +2; null: of too few.", 1.1),
        follows("answers"),
    ]
    satisfied: Annotated[Proportion, told("Answers at 0.75 or more of the scale.")]
    scores: Annotated[
        list[SurveyScore] | None,
        told("Each score that was given; null where they are too many, or one is of too few."),
        # The mean stays, by which two hidden counts could be told.
        follows("answers", "scores"),
    ]
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", MANY)] = UNSET


class Surveys(Struct, frozen=True, gc=False):
    """What people answered when they were asked."""

    definition: Annotated[SurveysDefinition, told("What was looked at, and how.")]
    answers: Annotated[int | None, told("How many can be read; null: too few.", 310), COUNT]
    contacts: Annotated[int | None, told("People whose they are; null: too few.", 287), COUNT]
    nps: Annotated[Nps, told("Net promoters, of the answers to `nps`.")]
    csat: Annotated[Proportion, told("Satisfied, of the answers to `csat`.")]
    ces: Annotated[SurveyEffort, told("The mean effort, of the answers to `ces`.")]
    scales: Annotated[list[SurveyScale], told("By survey and scale; at most 50, the largest.")]
    other_scales: Annotated[
        int | None, told("Answers on scales behind those; null: too few.", 0), COUNT
    ]
    excluded: Annotated[
        list[Excluded],
        told(
            "Answers that do not count: `unknown_survey`, `no_score`, `unreadable_scale`,"
            " `outside_scale`, of people who are left out, and, of `nps` alone,"
            " `nps_not_out_of_ten`."
        ),
    ]
    reason: Annotated[
        str | UnsetType, told("Why a count here is null; else absent.", SMALL_CELL)
    ] = UNSET


def surveys(found: Histories, definition: SurveysDefinition) -> Surveys:
    """What the answers come to; `found` holds answers alone, with the columns of answers."""
    read = answers(found.columns, np.ones(len(found), dtype=np.bool_))
    counts = read.counts()
    left_out = Counter(found.excluded) + Counter(read.unread)
    promoters, left_out[NOT_OUT_OF_TEN] = _nps(counts)
    csat = {one: n for one, n in counts.items() if one.survey == "csat"}
    scales = _scales(counts)
    return Surveys(
        definition,
        counts.total(),
        int(changes(found.person[read.rows]).sum()),
        promoters,
        _satisfied(csat),
        _effort([one for one in scales if one.survey == "ces"]),
        scales[:MOST_SCALES],
        sum(one.answers or 0 for one in scales[MOST_SCALES:]),
        [Excluded(reason, count) for reason, count in sorted(left_out.items()) if count],
    )


def _nps(counts: Mapping[Said, int]) -> tuple[Nps, int]:
    """The score, and how many answers are not out of ten."""
    of = [0, 0, 0, 0]
    for one, number in counts.items():
        if one.survey == "nps":
            of[promoting(one)] += number
    others, *shares = of
    return nps(*shares), others


def _satisfied(counts: Mapping[Said, int]) -> Proportion:
    return proportion(sum(n for one, n in counts.items() if one.satisfied), sum(counts.values()))


def _effort(scales: list[SurveyScale]) -> SurveyEffort:
    number = sum(one.answers or 0 for one in scales)
    if len(scales) != 1:
        return SurveyEffort(None, number, None, None, SEVERAL if scales else NOTHING)
    (one,) = scales
    return SurveyEffort(one.mean, number, float(one.first), float(one.last))


def _scales(counts: Mapping[Said, int]) -> list[SurveyScale]:
    """The answers on each scale, those with most first."""
    by_scale: dict[tuple[str, Decimal, Decimal], dict[Said, int]] = defaultdict(dict)
    for one, number in counts.items():
        by_scale[one.survey, one.first, one.last][one] = number
    found = [_scale(*scale, given) for scale, given in by_scale.items()]
    return sorted(found, key=lambda one: (-(one.answers or 0), one.survey, one.first, one.last))


def _scale(survey: str, first: Decimal, last: Decimal, counts: Mapping[Said, int]) -> SurveyScale:
    number = sum(counts.values())
    scores = sorted((one.score, n) for one, n in counts.items())
    mean = sum(Fraction(score) * n for score, n in scores) / number
    place = (mean - Fraction(first)) / (Fraction(last) - Fraction(first))
    few = len(scores) <= MOST_SCORES
    return SurveyScale(
        survey,
        first,
        last,
        number,
        float(mean),
        float(-2 + 4 * place),
        _satisfied(counts),
        [SurveyScore(score, n) for score, n in scores] if few else None,
        UNSET if few else MANY,
    )
