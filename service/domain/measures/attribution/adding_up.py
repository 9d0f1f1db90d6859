"""Which counts of attribution are sums of others. Pure."""

from service.domain.measures.attribution.credit import Attribution
from service.domain.measures.small_cells import Sums, cell


def adds_up(answer: Attribution, known: Sums) -> None:
    """Conversions are those with a touch and those without; credit is that of all values. All is
    told of the people whose conversions they are."""
    total, reached = cell(answer, "conversions"), cell(answer.attributed, "numerator")
    known.same(total, cell(answer.attributed, "denominator"))
    known.add(total, [reached, cell(answer, "without_touch")])
    others = [] if answer.other is None else [answer.other]
    known.add(reached, (cell(one, "credit") for one in (*answer.items, *others)))
    known.people(cell(answer, "contacts"))
