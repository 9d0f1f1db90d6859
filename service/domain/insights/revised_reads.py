"""Maps as they were, for what is computed of them.

A revision keeps the map alone. What hangs on it (findings, content, actions, reviews, what people
made of gaps, the catalogue, personas) is that of today, found by the ids and keys that the revision
holds: the statements that read it are told of these beside what the map holds now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, FromClause, Select, Text, Uuid, bindparam, func, select

from service.domain.errors import DomainError, NotFound
from service.domain.insights.revised import Revised, renamed, revised, words_of
from service.domain.journeys import MapState, Reference, map_states, meanings
from service.domain.statements import uuids
from service.domain.work import Scope, Work

T = TypeVar("T")


class Past(NamedTuple):
    """The states that are asked for, by map, and why there is none of others; empty of drafts."""

    maps: Mapping[UUID, Revised] = MappingProxyType({})
    states: Mapping[UUID, MapState] = MappingProxyType({})
    missing: Mapping[UUID, DomainError] = MappingProxyType({})

    def there(self, journey_ids: Sequence[UUID]) -> list[UUID]:
        """Those of these maps that have the state, each once."""
        return [one for one in dict.fromkeys(journey_ids) if one not in self.missing]

    @property
    def held(self) -> dict[str, list[Any]]:
        """What the statements are told: each value beside the map that held it."""
        told: dict[str, list[Any]] = {}
        for name, values in _HELD.items():
            pairs = [(of, one) for of, was in self.maps.items() for one in values(was)]
            told |= {f"{name}_of": [of for of, _ in pairs], name: [one for _, one in pairs]}
        return told


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(one) for one in texts]


_HELD: Mapping[str, Callable[[Revised], list[Any]]] = {
    "held_touchpoints": lambda was: _ids(was.touchpoint_ids),
    "held_personas": lambda was: _ids(was.persona_ids),
    "held_journeys": lambda was: _ids(was.inner_ids),
    "held_names": lambda was: sorted({name for stage in was.stages for name in stage.names}),
}
NOW = Past()


async def past(work: Work, journey_ids: Sequence[UUID], revision: Reference) -> Past:
    """A state of each of these maps, in the words of today: two statements, and none for drafts."""
    work.needs(Scope.MAPS_READ)
    if revision.is_draft:
        return NOW
    asked = list(dict.fromkeys(journey_ids))
    found = await map_states(work, [(one, revision) for one in asked])
    states = {one.journey_id: one for one in found if isinstance(one, MapState)}
    missing = {
        which: one for which, one in zip(asked, found, strict=True) if isinstance(one, DomainError)
    }
    read = {which: revised(one.json, one.revision) for which, one in states.items()}
    meant = await meanings(work, {word for was in read.values() for word in words_of(was)})
    maps = {which: renamed(was, meant) for which, was in read.items()}
    return Past(maps, states, missing)


def one_of(found: T | DomainError | None, journey_id: UUID) -> T:
    """What was found of the one map that is asked for. Raises what stands in its place."""
    if found is None:
        raise NotFound("journey", journey_id)
    if isinstance(found, DomainError):
        raise found
    return found


def held_then(name: str, journey: FromClause, *, placed: bool = False) -> Select[Any]:
    """What the revision that is asked for held of a map, perhaps with its place; of a draft
    nothing.
    """
    kind = Text if name == "held_names" else Uuid
    pairs = (
        func.unnest(uuids(f"{name}_of"), bindparam(name, type_=ARRAY(kind)))
        .table_valued("of", "value", with_ordinality="place")
        .render_derived()
        .alias(name)
    )
    columns = (pairs.c.value, pairs.c.place) if placed else (pairs.c.value,)
    return select(*columns).where(pairs.c.of == journey.c.id).correlate(journey)
