"""Which counts of conformance are sums of others. Pure."""

from collections import defaultdict

from service.domain.measures.conformance.conforming import Conformance
from service.domain.measures.small_cells import Sums, cell


def adds_up(answer: Conformance, known: Sums) -> None:
    """Units are those that did so much of the plan, and those that left a step out with those that
    did it; detours are of three kinds, and of moves. All is told of the units
    and of the people whose they are."""
    units, done = cell(answer, "units"), [cell(one, "units") for one in answer.by_matched]
    known.add(units, done)
    known.same(units, *(cell(one, "denominator") for one in (answer.exact, answer.complete)))
    complete = cell(answer.complete, "numerator")
    known.add(complete, [cell(answer.exact, "numerator")])
    for one in answer.by_matched:
        # Where all have one plan, these are the complete ones.
        if one.matched == len(answer.definition.planned) and one.units == answer.complete.numerator:
            known.same(complete, cell(one, "units"))
    skipped = [cell(one, "count") for one in answer.skipped]
    # Units times what they did, and times what they left out, are other sums of the same.
    of_all = {name: cell(answer, name) for name in ("matched", "skipped_steps", "coverage")}
    for total in (*of_all.values(), *skipped):
        known.tie(total, *done)
    for member in ("matched", "coverage"):
        known.tie(of_all[member], of_all["skipped_steps"])
    known.add(of_all["skipped_steps"], skipped)
    for left_out in skipped:
        known.add(units, [left_out])
    _detours(answer, known)
    contacts = cell(answer, "contacts")
    if answer.definition.unit == "contact":
        known.same(units, contacts)
    for whole in (units, contacts):
        known.people(whole)


def _detours(answer: Conformance, known: Sums) -> None:
    kinds = [cell(answer, name) for name in ("outside", "repeated", "out_of_order")]
    known.add(cell(answer, "detour_events"), kinds)
    known.add(cell(answer, "outside"), (cell(one, "count") for one in answer.unbound))
    fitness, counts = answer.move_fitness, [cell(one, "count") for one in answer.detours]
    known.add(cell(fitness, "denominator"), [cell(fitness, "numerator"), *counts])
    by_from = defaultdict(list)
    for one in answer.detours:
        known.same(cell(one, "count"), cell(one.share, "numerator"))
        by_from[one.from_].append(one.share)
    for first, *others in by_from.values():
        out = cell(first, "denominator")
        known.same(out, *(cell(one, "denominator") for one in others))
        known.add(out, (cell(one, "numerator") for one in (first, *others)))
