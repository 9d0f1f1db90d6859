"""Which counts of cohorts are sums of others. Pure."""

from itertools import pairwise

from service.domain.measures.retention.retained import TOO_YOUNG, Cohort, Retained, Retention
from service.domain.measures.small_cells import Sums, cell


def adds_up(answer: Retention, known: Sums) -> None:
    """All are the people of all cohorts; those that are old enough for an interval are those old
    enough for the next one and those for no later one."""
    known.add(cell(answer, "contacts"), (cell(one, "size") for one in answer.cohorts))
    oldest: list[list[Cohort]] = [[] for _ in answer.overall]
    for one in answer.cohorts:
        old = [value for value in one.values if value.share.reason != TOO_YOUNG]
        for value in old:
            known.same(cell(one, "size"), _all(value))
        if old:
            oldest[old[-1].interval].append(one)
    if answer.overall:
        known.add(cell(answer, "contacts"), [_all(answer.overall[0])])
    for now, following in pairwise(answer.overall):
        over = [cell(one, "size") for one in oldest[now.interval]]
        known.add(_all(now), [_all(following), *over])
    for n, value in enumerate(answer.overall):
        each = (cell(one.values[n].share, "numerator") for one in answer.cohorts)
        known.add(cell(value.share, "numerator"), each)


def _all(value: Retained) -> tuple[int, str]:
    return cell(value.share, "denominator")
