"""Which counts of transitions are sums of others. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from service.domain.measures.small_cells import Cell, Sums, cell
from service.domain.measures.transitions.transition import MoveCount, Transitions


def adds_up(answer: Transitions, known: Sums) -> None:
    """All transitions are those of each pair, those into each step and those out of each; of a
    step in + starts = out + ends + cut. All is told of the people whose they are."""
    steps = {one.step: one for one in answer.steps}
    total = cell(answer, "transitions")
    known.add(total, _counts(answer.items))
    for member in ("in_", "out"):
        known.add(total, (cell(one, member) for one in answer.steps))
    known.add(cell(answer, "cut"), (cell(one, "cut") for one in answer.steps))
    for listed, member in ((answer.starts, "starts"), (answer.ends, "ends")):
        for one in listed:
            if one.step in steps:
                known.same(cell(steps[one.step], member), cell(one, "count"))
    into, out = defaultdict(list), defaultdict(list)
    for move in answer.items:
        into[move.to].append(move)
        out[move.from_].append(move)
    for name, step in steps.items():
        known.add(cell(step, "in_"), _counts(into[name]))
        known.add(cell(step, "out"), _counts(out[name]))
        for move in out[name]:
            known.tie(cell(move, "probability"), cell(step, "out"))
        # What comes to a step, which nothing tells but its two sides.
        both = (id(step), "")
        known.count(both, (step.in_ or 0) + (step.starts or 0))
        known.add(both, (cell(step, member) for member in ("in_", "starts")))
        known.add(both, (cell(step, member) for member in ("out", "ends", "cut")))
    known.people(cell(answer, "contacts"))


def _counts(moves: Iterable[MoveCount]) -> list[Cell]:
    return [cell(one, "count") for one in moves]
