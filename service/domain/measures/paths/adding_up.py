"""Which counts of paths are sums of others. Pure."""

from service.domain.measures.paths.path import NO_END, Paths
from service.domain.measures.small_cells import Sums, cell


def adds_up(answer: Paths, known: Sums) -> None:
    """All paths are those of each sequence and those whose sequence is not listed; those that
    convert, too. All is told of the people whose they are."""
    total, items = cell(answer, "paths"), answer.items
    known.add(total, [*(cell(one, "count") for one in items), cell(answer, "cut")])
    for one in items:
        known.same(cell(one, "count"), cell(one.share, "numerator"))
        known.same(total, cell(one.share, "denominator"))
    contacts = cell(answer, "contacts")
    if answer.definition.scope == "contact":
        known.add(contacts, [total])
    if answer.converted.reason != NO_END:
        _converted(answer, known)
    known.people(contacts)


def _converted(answer: Paths, known: Sums) -> None:
    total, items = cell(answer, "paths"), answer.items
    known.same(total, cell(answer.converted, "denominator"))
    converted = (cell(one.converted, "numerator") for one in items)
    known.add(cell(answer.converted, "numerator"), converted)
    for one in items:
        known.same(cell(one, "count"), cell(one.converted, "denominator"))
