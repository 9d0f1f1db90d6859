"""Figures of what people say: reviews, surveys, complaints. Pure.

Answers are read as those of surveys are; a review is an answer to `rating` in fields of its own.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from service.domain.history import Flags
from service.domain.measures.kpis.facts import NONE, Facts
from service.domain.measures.kpis.figure import (
    SEVERAL_SCALES,
    Figure,
    KpiPart,
    Outcome,
    counts,
    nothing,
    shares,
)
from service.domain.measures.kpis.sums import Sum, Told, summed
from service.domain.measures.surveys.answer import Answers, Ends, Source, answers, to_survey
from service.domain.measures.surveys.promoters import (
    DETRACTOR,
    NOT_OUT_OF_TEN,
    PASSIVE,
    PROMOTER,
    promoting,
)
from service.domain.measures.surveys.promoters import nps as promoters_less_detractors

MOST_SCALES = 50
"""Of more, those with most answers are told."""
_OF_TEN = (PROMOTER, PASSIVE, DETRACTOR)


def review_count(facts: Facts) -> Outcome:
    """How many there were."""
    return counts(facts.counted(facts.holds["review"]))


def review_rating(facts: Facts) -> Outcome:
    """The mean, its scale kept."""
    return _mean(facts, _reviews(facts))


def review_positive_share(facts: Facts) -> Outcome:
    """Reviews among the top two of five."""
    return _satisfied(facts, _reviews(facts))


def effort(facts: Facts) -> Outcome:
    """The mean effort score, its scale kept."""
    return _mean(facts, _survey(facts, "ces"))


def csat(facts: Facts) -> Outcome:
    """Answers at 0.75 of their scale or more."""
    return _satisfied(facts, _survey(facts, "csat"))


def nps(facts: Facts) -> Outcome:
    """Those who say 9 or 10, less those who say 0 to 6, in percent of all who answer 0 to 10."""
    read = _survey(facts, "nps")
    which = read.of([promoting(one) for one in read.said])
    tallies = (facts.tally(facts.cell[read.rows[which == one]]).tolist() for one in _OF_TEN)
    others = int((which == 0).sum())
    found = [_net(*one) for one in zip(*tallies, strict=True)]
    return Outcome(found, _left_out({**read.unread, NOT_OUT_OF_TEN: others}))


def _net(promoters: int, passives: int, detractors: int) -> Figure:
    """The score as surveys have it."""
    score = promoters_less_detractors(promoters, passives, detractors)
    answers = score.answers
    if not answers:
        return nothing()
    parts = [
        KpiPart("promoters", score.promoters, answers),
        KpiPart("detractors", score.detractors, answers),
    ]
    return Figure(score.value, promoters - detractors, answers, score.low, score.high, parts)


def estimated_unhappy(facts: Facts) -> Outcome:
    """Complaints ÷ how many of the unhappy complain. An assumption, beside what people report."""
    complaints = facts.counted(facts.holds["complaint"]).tolist()
    reported = csat(facts).figures
    found = []
    for number, said in zip(complaints, reported, strict=True):
        part = KpiPart("reported_satisfaction", said.value, said.value.denominator)
        found.append(Figure(number / facts.asked["complaint_rate"], number, parts=[part]))
    return Outcome(found)


def estimated_word_of_mouth(facts: Facts) -> Outcome:
    """How many people hear of a bad experience, and of a good one in the parts. An assumption."""
    asked, found = facts.asked, []
    happy = (one.value.numerator for one in csat(facts).figures)
    for figure, satisfied in zip(estimated_unhappy(facts).figures, happy, strict=True):
        bad = figure.value * asked["unhappy_share"] * asked["unhappy_told"]
        good = satisfied * asked["happy_share"] * asked["happy_told"]
        number = int(figure.numerator or 0)
        parts = [KpiPart("unhappy", bad, number), KpiPart("happy", good, satisfied)]
        found.append(Figure(bad, number, parts=parts))
    return Outcome(found)


def _reviews(facts: Facts) -> Answers:
    return answers_to(facts, facts.holds["review"], "rating")


def _survey(facts: Facts, which: str) -> Answers:
    return answers_to(facts, facts.holds["survey"] & to_survey(which, facts.columns), which)


def answers_to(facts: Facts, chosen: Flags, survey: str) -> Answers:
    """The chosen events of the range as answers to a survey."""
    scale = facts.asked["scale"]
    usual = None if scale is None else (Decimal(str(scale[0])), Decimal(str(scale[1])))
    source = Source(facts.asked["score"], survey, usual)
    return answers(facts.columns, chosen & (facts.cell != NONE), source)


def _left_out(reasons: Mapping[str, int]) -> dict[str, int]:
    return {why: count for why, count in reasons.items() if count}


def _satisfied(facts: Facts, read: Answers) -> Outcome:
    happy = facts.cell[read.where(lambda one: one.satisfied)]
    return shares(facts.tally(happy), facts.tally(facts.cell[read.rows]), read.unread)


def _mean(facts: Facts, read: Answers) -> Outcome:
    scales: dict[Ends, int] = {}
    kinds = [scales.setdefault((one.first, one.last), len(scales)) for one in read.said]
    kind, scores = np.array(kinds, dtype=np.int64), [one.score for one in read.said]
    told = Told(read.rows, read.which, kind[read.which], scores, list(scales))
    return Outcome([_of(sums) for sums in summed(facts, told)], read.unread)


def _of(sums: Mapping[Any, Sum]) -> Figure:
    if not sums:
        return nothing()
    most = sorted(sums.items(), key=lambda one: -one[1].number)[:MOST_SCALES]
    parts = [
        KpiPart(_name(scale), float(Fraction(one.total) / one.number), one.number)
        for scale, one in sorted(most)
    ]
    count = sum(one.number for one in sums.values())
    if len(parts) > 1:
        return Figure(None, None, count, parts=parts, reason=SEVERAL_SCALES)
    (one,) = sums.values()
    return Figure(parts[0].value, one.total, count, parts=parts)


def _name(scale: Ends) -> str:
    first, last = scale
    return f"{first.normalize():f}–{last.normalize():f}"
