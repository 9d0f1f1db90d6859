"""Which counts of correlates are sums of others. Pure."""

from service.domain.measures.correlates.correlate import Correlates
from service.domain.measures.small_cells import Sums, cell


def adds_up(answer: Correlates, known: Sums) -> None:
    """Units are those that converted and those that did not. All is told of the people whose
    they are."""
    units, converted = cell(answer, "units"), cell(answer.converted, "numerator")
    known.same(units, cell(answer.converted, "denominator"))
    for one in answer.items:
        known.same(converted, cell(one.converted, "denominator"))
        known.add(units, [converted, cell(one.not_converted, "denominator")])
    contacts = cell(answer, "contacts")
    if answer.definition.unit == "contact":
        known.same(units, contacts)
    known.people(contacts)
