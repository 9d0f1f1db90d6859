"""Figures of what people say: reviews, surveys, complaints. Pure.

An answer is a score on a scale, which it tells itself as `[least, most]` or as the most alone;
else it has the scale that is asked for, or the one that is usual for such a survey.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from service.domain.history import MISSING, Flags, Ints, Word
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
from service.domain.measures.kpis.sums import Sum, Told, number_of, summed, words_of
from service.domain.measures.surveys.answer import ends_of
from service.domain.measures.surveys.promoters import nps as promoters_less_detractors
from service.domain.measures.surveys.promoters import out_of_ten

SATISFIED = Decimal("0.75")
"""At this part of the way up a scale, or above, somebody is satisfied: 4 of 1 to 5."""
_USUAL = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}


class Scale(NamedTuple):
    """From the worst to the best score."""

    least: Decimal
    most: Decimal

    @property
    def name(self) -> str:
        return f"{self.least.normalize():f}–{self.most.normalize():f}"


class Answers(NamedTuple):
    """Scores that lie on their scales, and what was left out."""

    told: Told
    left_out: Mapping[str, int]


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
    answers = _survey(facts, "nps")
    ten = [out_of_ten(scale.least, scale.most) for scale in answers.told.kinds]
    usual = np.array([*ten, False])[answers.told.kind]
    cells = facts.cell[answers.told.rows][usual]
    scores = answers.told.number[usual]
    high = np.array([one >= 9 for one in answers.told.numbers] + [False])[scores]
    low = np.array([one <= 6 for one in answers.told.numbers] + [False])[scores]
    other = {"other_scale": int((~usual).sum())} if not usual.all() else {}
    tallies = (facts.tally(one).tolist() for one in (cells[high], cells[low], cells))
    found = [_net(*one) for one in zip(*tallies, strict=True)]
    return Outcome(found, {**answers.left_out, **other})


def _net(promoters: int, detractors: int, answers: int) -> Figure:
    """The score as surveys have it."""
    if not answers:
        return nothing()
    score = promoters_less_detractors(promoters, answers - promoters - detractors, detractors)
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
    return _answers(facts, facts.holds["review"], facts.asked["score"], "rating")


def _survey(facts: Facts, which: str) -> Answers:
    column = facts.columns["properties.survey"]
    of = np.array([word == which for word in column.words] + [False])
    chosen = facts.holds["survey"] & of[column.codes]
    return _answers(facts, chosen, facts.asked["score"], which)


def _answers(facts: Facts, chosen: Flags, score: str, survey: str) -> Answers:
    rows = np.flatnonzero(chosen & (facts.cell != NONE))
    number, numbers = words_of(facts.columns[score], rows, number_of)
    usual = tuple(facts.asked["scale"] or _USUAL[survey])
    kind, kinds = _scales(facts, rows, usual)
    told = number != MISSING
    lies = told & _on_scale(number, kind, numbers, kinds)
    left_out = {"no_score": int((~told).sum()), "outside_scale": int((told & ~lies).sum())}
    found = Told(rows[lies], number[lies], kind[lies], numbers, kinds)
    return Answers(found, {why: count for why, count in left_out.items() if count})


def _scales(facts: Facts, rows: Ints, usual: Sequence[float]) -> tuple[Ints, list[Scale]]:
    """The scale of each row, numbered. A scale that is none is as if it had not been sent."""
    least, most = (Decimal(str(one)) for one in usual)

    def read(word: Word) -> Scale | None:
        ends = ends_of(word, least)
        return Scale(*ends) if ends is not None and ends[0] < ends[1] else None

    kind, kinds = words_of(facts.columns["properties.scale"], rows, read)
    own = Scale(least, most)
    kinds = kinds if own in kinds else [*kinds, own]
    return np.where(kind == MISSING, kinds.index(own), kind), kinds


def _on_scale(number: Ints, kind: Ints, numbers: Sequence[Any], kinds: Sequence[Scale]) -> Flags:
    """Whether scores lie on their scales, both ends included."""
    return _judged(
        number, kind, lambda n, k: kinds[k].least <= numbers[n] <= kinds[k].most, len(numbers)
    )


def _judged(number: Ints, kind: Ints, judge: Any, many: int) -> Flags:
    """Each pair of a score and a scale is judged once."""
    pairs, back = np.unique(kind * (many + 1) + number, return_inverse=True)
    each = [n % (many + 1) != many and judge(n % (many + 1), n // (many + 1)) for n in pairs]
    return np.array([*each, False])[:-1][back]


def _satisfied(facts: Facts, answers: Answers) -> Outcome:
    told = answers.told

    def judge(number: int, kind: int) -> bool:
        least, most = told.kinds[kind]
        return bool(told.numbers[number] - least >= SATISFIED * (most - least))

    happy = _judged(told.number, told.kind, judge, len(told.numbers))
    cells = facts.cell[told.rows]
    return shares(facts.tally(cells[happy]), facts.tally(cells), answers.left_out)


def _mean(facts: Facts, answers: Answers) -> Outcome:
    return Outcome([_of(sums) for sums in summed(facts, answers.told)], answers.left_out)


def _of(sums: Mapping[Any, Sum]) -> Figure:
    if not sums:
        return nothing()
    parts = [
        KpiPart(scale.name, float(one.total / one.number), one.number)
        for scale, one in sorted(sums.items())
    ]
    count = sum(one.count for one in parts)
    if len(parts) > 1:
        return Figure(None, None, count, parts=parts, reason=SEVERAL_SCALES)
    (one,) = sums.values()
    return Figure(parts[0].value, one.total, count, parts=parts)
