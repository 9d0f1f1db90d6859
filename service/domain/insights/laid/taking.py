"""Which steps of a map take an event: what has to be asked of events, and what the answers mean."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from service.domain import filters, measures
from service.domain.errors import DomainError, Kind
from service.domain.filters import Any, Filter, Test
from service.domain.insights.bindings.bound import BoundMap, effective
from service.domain.insights.bindings.conditions import bounded
from service.domain.insights.laid.matching import Bound, ByName, bound_steps
from service.domain.insights.laid.rule import Known

PLAIN = ("event", "type")
"""What conditions may ask of an event that its columns tell: each name is judged once."""
MOST_ASKED = 400
"""Conditions that ask for more, each of which is asked of every event."""
NEEDS_CONTACTS_READ, UNREADABLE = "needs_contacts_read", "unreadable_binding"


class TooManyConditions(DomainError):
    """The bindings of the map ask for more things than can be asked of all events at once."""

    kind, code = Kind.CONFLICT, "bindings_too_large"


class _Asked(NamedTuple):
    """A condition, once for all steps that it binds; `place`: among those asked of the database."""

    condition: Filter
    place: int | None


class Takers:
    """The bound steps of all revisions that judge events.

    Raises `BindingsTooLarge`, `TooManyConditions`.
    """

    def __init__(self, known: Known, *, whose: bool) -> None:
        bound = {of.revision: [*_askable(of, whose=whose)] for of in known.states}
        self.left_out = _left_out(known, bound)
        self.bound: Mapping[int | str, Sequence[Bound]] = bound
        self._by_name = {revision: ByName(steps) for revision, steps in bound.items()}
        self._asked: dict[bytes, _Asked] = {}
        self.asked: list[Filter] = []
        for step in (one for steps in bound.values() for one in steps):
            self._ask(step.condition)
        bounded(self.conditions)
        if len(self.asked) > MOST_ASKED:
            detail = f"The bindings of the map ask for more than {MOST_ASKED} different things."
            raise TooManyConditions(detail)

    def _ask(self, condition: Filter) -> None:
        if (key := _key(condition)) in self._asked:
            return
        plain = all(
            isinstance(t, Test) and t.field in PLAIN for _, t in filters.tests(condition, "")
        )
        self._asked[key] = _Asked(condition, None if plain else len(self.asked))
        if not plain:
            self.asked.append(condition)

    @property
    def conditions(self) -> list[Filter]:
        """All that bind steps, each once."""
        return [one.condition for one in self._asked.values()]

    @property
    def some(self) -> Filter:
        """What any of them takes."""
        return Any(tuple(self.conditions))

    def of(
        self, revision: int | str, event: Mapping[str, object], holds: Callable[[int], bool]
    ) -> list[Bound]:
        """The steps that take an event, by its name and type, and by which of `asked` hold."""
        found = []
        for one in self._by_name[revision].asked(event["event"]):
            place = self._asked[_key(one.condition)].place
            if place is None:
                taken = filters.evaluate(one.condition, event.get) is True
            else:
                taken = holds(place)
            if taken:
                found.append(one)
        return found


def _askable(of: BoundMap, *, whose: bool) -> Iterator[Bound]:
    """Without `contacts:read` nothing is asked that may tell one person from others."""
    for one in bound_steps(of):
        if whose or all(test.field in measures.DECLARED for test in _tests(one.condition)):
            yield one


def _tests(condition: Filter) -> list[Test]:
    return [one for _, one in filters.tests(condition, "") if isinstance(one, Test)]


def _left_out(known: Known, bound: Mapping[int | str, Sequence[Bound]]) -> dict[str, int]:
    """Bound steps of the newest state that are not asked about, by reason."""
    if not known.states:
        return {}
    of = known.states[-1]
    readable = {one.step.id for one in bound_steps(of)}
    asked = {one.step.id for one in bound[of.revision]}
    every = {one.id for one in of.steps if effective(of, one) is not None}
    counts = {UNREADABLE: len(every - readable), NEEDS_CONTACTS_READ: len(readable - asked)}
    return {reason: count for reason, count in counts.items() if count}


def _key(condition: Filter) -> bytes:
    return msgspec.json.encode(filters.dump(condition))
