"""Outcomes of the satisfied against those of the dissatisfied, with the difference's interval.

Pure. The interval of a difference is Newcombe's (1998, method 10), which squares and adds what the
two own intervals reach: d − √((a − low a)² + (high b − b)²) to d + √((high a − a)² + (b − low b)²).
Of shares the own intervals are Wilson's, of net promoter scores those told with the scores.
"""

from math import sqrt
from typing import Annotated

from msgspec import UNSET, UnsetType

from service.domain.answers import follows, told
from service.domain.measures.surveys.promoters import Nps
from service.domain.reasons import Explained
from service.domain.shares import Proportion

_BOTH = follows("satisfied", "dissatisfied")
ONE_SIDED = "one_sided"
_Reason = Annotated[str | UnsetType, told("Why there is no difference; else absent.", ONE_SIDED)]


class Driven(Explained, frozen=True, gc=False):
    """How often something follows, by what people answered."""

    satisfied: Annotated[Proportion, told("Of those who were satisfied.")]
    dissatisfied: Annotated[Proportion, told("Of those who were dissatisfied.")]
    difference: Annotated[float | None, told("The first share less the second.", 0.18), _BOTH]
    low: Annotated[float | None, told("The Newcombe 95 % interval's lower end.", 0.05), _BOTH]
    high: Annotated[float | None, told("The Newcombe 95 % interval's upper end.", 0.3), _BOTH]
    reason: _Reason = UNSET


class DrivenNps(Explained, frozen=True, gc=False):
    """The net promoter score that follows, by what people answered."""

    satisfied: Annotated[Nps, told("Of those who were satisfied.")]
    dissatisfied: Annotated[Nps, told("Of those who were dissatisfied.")]
    difference: Annotated[float | None, told("The first score less the second.", 41.0), _BOTH]
    low: Annotated[float | None, told("The 95 % interval's lower end, as Newcombe's.", 12.5), _BOTH]
    high: Annotated[
        float | None, told("The 95 % interval's upper end, as Newcombe's.", 66.0), _BOTH
    ]
    reason: _Reason = UNSET


def driven(satisfied: Proportion, dissatisfied: Proportion) -> Driven:
    """The difference of two shares of different people."""
    return Driven(satisfied, dissatisfied, *_apart(satisfied, dissatisfied))


def driven_nps(satisfied: Nps, dissatisfied: Nps) -> DrivenNps:
    """The difference of two scores of different people."""
    return DrivenNps(satisfied, dissatisfied, *_apart(satisfied, dissatisfied))


_Apart = tuple[float | None, float | None, float | None, str | UnsetType]


def _apart(a: Proportion | Nps, b: Proportion | Nps) -> _Apart:
    if None in (a.value, a.low, a.high, b.value, b.low, b.high):
        return None, None, None, ONE_SIDED
    one, one_low, one_high = a.value or 0.0, a.low or 0.0, a.high or 0.0
    two, two_low, two_high = b.value or 0.0, b.low or 0.0, b.high or 0.0
    below = sqrt((one - one_low) ** 2 + (two_high - two) ** 2)
    above = sqrt((one_high - one) ** 2 + (two - two_low) ** 2)
    return one - two, one - two - below, one - two + above, UNSET
