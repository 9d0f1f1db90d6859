"""Which counts of drivers are sums of others. Pure."""

from service.domain.measures.drivers.driver import Driver, Drivers
from service.domain.measures.small_cells import Sums, cell
from service.domain.measures.surveys.adding_up import of_score

_SIDES = ("satisfied", "dissatisfied")


def adds_up(answer: Drivers, known: Sums) -> None:
    """People of a place are the satisfied, the neutral and the dissatisfied; of each side those
    who are decided and those whose window is open."""
    for one in answer.items:
        known.add(cell(one, "contacts"), (cell(one, name) for name in (*_SIDES, "neutral")))
        decided = [cell(getattr(one.churn, side), "denominator") for side in _SIDES]
        known.add(cell(one, "contacts"), [cell(one, "undecided"), *decided])
        for side in _SIDES:
            _side(one, side, known)


def _side(one: Driver, side: str, known: Sums) -> None:
    decided = cell(getattr(one.churn, side), "denominator")
    known.add(cell(one, side), [decided])
    known.same(decided, cell(getattr(one.referral, side), "denominator"))
    known.add(decided, [cell(getattr(one.repurchase, side), "denominator")])
    score = getattr(one.nps, side)
    known.add(decided, [cell(score, "answers")])
    of_score(score, known)
