"""Which steps callers speak of, and which conditions make them."""

from collections.abc import Iterator, Sequence

from service.domain import filters
from service.domain.errors import Invalid, Problem
from service.domain.filters import Filter
from service.domain.measures.asking import Refusals, any_of, selection
from service.domain.measures.funnels.answers import AskedExclusion, AskedStep
from service.domain.measures.funnels.chains import Exclusion
from service.domain.measures.funnels.inputs import FunnelsQuery, FunnelStepAsked
from service.domain.work import Caller

MOST_TESTS = 200


def conditions(caller: Caller, asked: FunnelsQuery) -> list[Filter]:
    """What takes the events of each step, and then those of each exclusion. Raises `Invalid`."""
    refusals, number = Refusals(), 0
    read: dict[str, Filter] = {}
    for at, raw in _selections(asked):
        with refusals.of_part():
            read[at] = one = selection(caller, raw, at)
            number += sum(1 for _ in filters.tests(one, at))
        # At once: to read on would hold up everybody else.
        if number > MOST_TESTS:
            detail = f"All steps and exclusions together hold at most {MOST_TESTS} conditions."
            raise Invalid([Problem("/steps", "filter_too_large", detail)])
    refusals.tell()
    steps = enumerate(asked.steps)
    return [
        *(any_of(read[_at(n, m)] for m in range(len(one.any_of))) for n, one in steps),
        *(read[f"/exclude/{n}/selection"] for n in range(len(asked.exclude))),
    ]


def _selections(asked: FunnelsQuery) -> Iterator[tuple[str, object]]:
    for n, step in enumerate(asked.steps):
        for m, raw in enumerate(step.any_of):
            yield _at(n, m), raw
    for n, one in enumerate(asked.exclude):
        yield f"/exclude/{n}/selection", one.selection


def _at(step: int, alternative: int) -> str:
    return f"/steps/{step}/any_of/{alternative}"


def steps(asked: FunnelsQuery) -> list[AskedStep]:
    """The steps, each by a name."""
    return [AskedStep(_name(n, one), one.any_of, one.optional) for n, one in enumerate(asked.steps)]


def _name(number: int, step: FunnelStepAsked) -> str:
    if step.name is not None:
        return step.name
    first = step.any_of[0]
    return first if isinstance(first, str) else f"Step {number + 1}"


class Naming:
    """Steps as they are spoken of, and what is wrong with how they are."""

    def __init__(self, asked: FunnelsQuery) -> None:
        self.asked = asked
        self.steps = steps(asked)
        self.problems: list[Problem] = []

    def checked(self) -> None:
        """Raises `Invalid` with all that was found wrong."""
        if self.asked.steps[0].optional:
            self._wrong("/steps/0/optional", "first_step", "the first step may not be skipped")
        if self.asked.order == "any":
            self._of_no_order()
        if self.problems:
            raise Invalid(self.problems)

    def _of_no_order(self) -> None:
        """Steps of no order."""
        for n, one in enumerate(self.asked.steps):
            if one.optional and n:
                detail = "where steps have no order, each of them may be missing anyway"
                self._wrong(f"/steps/{n}/optional", "needs_order", detail)
        if self.asked.exclude:
            self._wrong("/exclude", "needs_order", "an exclusion lies between steps of an order")
        if self.asked.window == "hop" and self.asked.window_seconds is not None:
            detail = "where steps have no order, the window is counted from the first event"
            self._wrong("/window", "needs_order", detail)

    def exclusions(self) -> tuple[Exclusion, ...]:
        """Between which steps each exclusion may not lie, from 0."""
        found = []
        for n, one in enumerate(self.asked.exclude):
            at = f"/exclude/{n}"
            after = self._required(one.after_step, f"{at}/after_step")
            before = (
                max(m for m, step in enumerate(self.steps) if not step.optional)
                if one.before_step is None
                else self._required(one.before_step, f"{at}/before_step")
            )
            if after is not None and before is not None and after >= before:
                self._wrong(f"{at}/before_step", "wrong_order", "must be a step behind after_step")
            found.append(Exclusion(after or 0, before or 0))
        return tuple(found)

    def _required(self, said: object, at: str) -> int | None:
        step = self.number(said, at)
        if step is not None and self.steps[step].optional and step:
            self._wrong(at, "optional_step", "an exclusion lies between steps that none skips")
        return step

    def number(self, said: object, at: str) -> int | None:
        """The number of a step, from 0; None where none is meant, or not one."""
        if isinstance(said, int) and not isinstance(said, bool):
            if 1 <= said <= len(self.steps):
                return said - 1
            self._wrong(at, "unknown_step", f"there are steps 1 to {len(self.steps)}")
            return None
        named = [n for n, step in enumerate(self.steps) if step.name == said]
        if len(named) == 1:
            return named[0]
        several = "several steps have this name: say its number"
        self._wrong(at, "unknown_step", several if named else "there is no step of this name")
        return None

    def _wrong(self, at: str, code: str, detail: str) -> None:
        self.problems.append(Problem(at, code, detail))


def told_exclusions(asked: FunnelsQuery, exclusions: Sequence[Exclusion]) -> list[AskedExclusion]:
    """The exclusions, with the numbers of their steps."""
    return [
        AskedExclusion(one.selection, at.after + 1, at.before + 1)
        for one, at in zip(asked.exclude, exclusions, strict=True)
    ]
