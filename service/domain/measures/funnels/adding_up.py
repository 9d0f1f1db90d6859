"""Which counts of a funnel are sums of others. Pure."""

from collections.abc import Sequence

from service.domain.measures.belonging import PROFILE
from service.domain.measures.funnels.answers import Funnel, FunnelStep
from service.domain.measures.small_cells import Sums, cell

_COUNTS = ("units", "dropped", "undecided")


def adds_up(answer: Funnel, known: Sums) -> None:
    """Units of a step are those of the next required one, the dropped and the undecided; all of
    these are those of all groups, and of a profile's members and of all others."""
    _along(answer.steps, known)
    for group in answer.breakdown:
        _along(group.steps, known)
    for n, step in enumerate(answer.steps if answer.breakdown else ()):
        for member in _COUNTS:
            each = [cell(group.steps[n], member) for group in answer.breakdown]
            # Who belongs to several profiles is in each of them.
            overlap = answer.definition.breakdown == PROFILE
            for parts in [[one] for one in each] if overlap else [each]:
                known.add(cell(step, member), parts)
    first, *_, last = (one for one in answer.steps if not one.optional)
    known.same(cell(last, "units"), cell(answer.converted, "numerator"))
    known.same(cell(first, "units"), cell(answer.converted, "denominator"))


def _along(steps: Sequence[FunnelStep], known: Sums) -> None:
    before = None
    for n, step in enumerate(steps):
        units = cell(step, "units")
        known.same(units, cell(step.share_of_first, "numerator"))
        known.same(units, cell(step.share_of_previous, "numerator"))
        known.same(cell(steps[0], "units"), cell(step.share_of_first, "denominator"))
        if before is not None:
            known.same(cell(before, "units"), cell(step.share_of_previous, "denominator"))
        parts = [cell(step, "dropped"), cell(step, "undecided")]
        if not step.optional:
            before = step
            parts += [cell(one, "units") for one in steps[n + 1 :] if not one.optional][:1]
        known.add(units, parts)
