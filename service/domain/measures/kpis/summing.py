"""KPIs of sessions, of sums that are kept where these tell them."""

from collections.abc import Mapping, Sequence

import numpy as np

from service.domain.histories import Range, SessionSums, session_sums
from service.domain.history import Histories
from service.domain.measures.kpis.around import Read
from service.domain.measures.kpis.counting import Cuts, Place, cuts_of, is_bounded
from service.domain.measures.kpis.planning import Planned
from service.domain.measures.kpis.series import Span
from service.domain.work import Work


async def summed(work: Work, plans: Sequence[Planned]) -> Mapping[Place, Read]:
    """What is read for those KPIs that sums of sessions tell: two statements for each range and
    timeout, however many KPIs there are."""
    places: dict[tuple[Span, int], list[int]] = {}
    for n, plan in enumerate(plans):
        for span in plan.spans if _is_summed(plan) else ():
            places.setdefault((span, plan.question.asked["timeout_seconds"]), []).append(n)
    found: dict[Place, Read] = {}
    # One for each range and timeout, however many KPIs there are.
    for (span, timeout), several in places.items():
        cuts = {cut for n in several for cut in (cuts_of(plans[n], span) or Cuts()).within}
        told = await session_sums(work, Range(*span), timeout, cuts)
        if told is not None:
            found |= {(n, span): Read(_histories(told), {}, span) for n in several}
    return found


def _is_summed(plan: Planned) -> bool:
    asked = plan.question
    plain = plan.only is None and not asked.definition.breakdown
    return asked.kpi.summed(asked.asked) and plain and is_bounded(plan)


def _histories(told: SessionSums) -> Histories:
    person = np.zeros(len(told.at), dtype=np.int32)
    return Histories(person, told.at, [], {}, b"", told.excluded, sessions=told.sums)
