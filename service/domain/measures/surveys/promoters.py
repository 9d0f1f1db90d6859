"""The net promoter score, and the interval of a difference of two shares of one sample. Pure."""

from decimal import Decimal
from math import sqrt
from typing import Annotated

from msgspec import UNSET, UnsetType

from service.domain.answers import COUNT, follows, told
from service.domain.measures.surveys.answer import Said
from service.domain.reasons import Explained
from service.domain.shares import NOTHING, Proportion, Z, proportion

INTERVAL = "Bonett and Price 2012"
NOT_OUT_OF_TEN = "nps_not_out_of_ten"
_ALL = follows("answers", "promoters", "passives", "detractors")
PROMOTER, PASSIVE, DETRACTOR = 1, 2, 3
_OUT_OF_TEN = {(Decimal(first), Decimal(10)) for first in (0, 1)}


class Nps(Explained, frozen=True, gc=False):
    """Percentage of 9 and 10 less percentage of 0 to 6: −100 to +100."""

    value: Annotated[float | None, told("The score; null without answers.", 32.5), _ALL]
    low: Annotated[float | None, told("The 95 % interval's lower end.", 21.0), _ALL]
    high: Annotated[float | None, told("The 95 % interval's upper end.", 43.1), _ALL]
    answers: Annotated[int | None, told("How many answered; null: too few.", 120), COUNT]
    promoters: Annotated[Proportion, told("Answers of 9 and 10.")]
    passives: Annotated[Proportion, told("Answers between.")]
    detractors: Annotated[Proportion, told("Answers of 6 and less.")]
    reason: Annotated[str | UnsetType, told("Why there is no score; else absent.", NOTHING)] = UNSET


def nps(promoters: int, passives: int, detractors: int) -> Nps:
    """The score of so many answers.

    Promoters and detractors are of one sample, so their shares go against each other. The
    interval is the adjusted Wald interval of Bonett and Price (2012): with p = (promoters + 1) ÷
    (n + 2) and d = (detractors + 1) ÷ (n + 2), p − d ± z √((p + d − (p − d)²) ÷ (n + 2)), clipped
    to −1 and +1.
    """
    n = promoters + passives + detractors
    of_all = (proportion(promoters, n), proportion(passives, n), proportion(detractors, n))
    if not n:
        return Nps(None, None, None, n, *of_all, NOTHING)
    p, d = (promoters + 1) / (n + 2), (detractors + 1) / (n + 2)
    off = Z * sqrt((p + d - (p - d) ** 2) / (n + 2))
    low, high = max(p - d - off, -1.0), min(p - d + off, 1.0)
    return Nps(100 * (promoters - detractors) / n, 100 * low, 100 * high, n, *of_all)


def out_of_ten(first: object, last: object) -> bool:
    """Whether a scale is one of those that the score is made of."""
    return (first, last) in _OUT_OF_TEN


def promoting(said: Said) -> int:
    """`PROMOTER`, `PASSIVE` or `DETRACTOR`; 0 for what is no answer to `nps` out of ten."""
    if said.survey != "nps" or not out_of_ten(said.first, said.last):
        return 0
    if said.score >= 9:
        return PROMOTER
    return DETRACTOR if said.score <= 6 else PASSIVE
