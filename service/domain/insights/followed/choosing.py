"""Which KPIs are told of a map, and of which places on it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from service.domain import measures
from service.domain.errors import Invalid, Problem
from service.domain.insights.followed.abandoning import STAGE_ABANDONMENT
from service.domain.measures import KEYS_OF_MAPS, MapKpi, StandsAt

_MOST, _LONGEST = 50, 100
_USUAL = (STAGE_ABANDONMENT, *KEYS_OF_MAPS)
TIMELESS = frozenset({"", *_USUAL})
"""KPIs that nothing but events changes, and own ones that are none of those built in: of all others
some look at the time."""


class Choice(NamedTuple):
    """A KPI of a map or of a place on it: by the key of a built-in one, or an own one's id."""

    name: str
    own: MapKpi | None
    at: StandsAt

    @property
    def key(self) -> str | None:
        """The built-in KPI that it is, perhaps by the name of an own one; None: none."""
        return self.name if self.own is None else self.own.built_in


class Chosen(NamedTuple):
    """What is asked for, built-in keys and own ones in the order asked; None: as usual, and what
    stands on the map; and all own KPIs that are known."""

    names: Sequence[str] | None
    known: Sequence[MapKpi]
    usual: Sequence[str] = _USUAL
    more: int = 0
    """Own ones that are too many to be told."""
    aimed: bool = False
    """Whether targets alone are looked at: one of all stages is looked at in each of them."""

    @property
    def stages(self) -> bool:
        """Whether the abandonment of stages is told."""
        return STAGE_ABANDONMENT in self._asked

    @property
    def built_in(self) -> list[str]:
        """The keys of built-in KPIs of the whole map."""
        return [one for one in self._asked if _of_whole(one)]

    @property
    def keys(self) -> frozenset[str]:
        """All built-in KPIs that are told, also by the names of own ones."""
        return frozenset((*self._asked, *(one.built_in or "" for one in self.own)))

    @property
    def own(self) -> list[MapKpi]:
        """The own KPIs that may be told of one map or another."""
        if self.names is None:
            return [one for one in self.known if one.places]
        return [one for name in self.names if (one := self._named.get(name)) is not None]

    def of(self, journey_id: str) -> Iterator[Choice]:
        """What is told of a map but its stages' abandonment: an own KPI at each place where it
        stands there; one that is asked for and stands nowhere there, of the whole map."""
        whole = StandsAt(journey_id)
        for name in self._asked:
            if _of_whole(name):
                yield Choice(name, None, whole)
            elif (own := self._named.get(name)) is not None:
                for at in own.at(journey_id) or [whole]:
                    yield Choice(own.id, own, at)
        if self.names is None:
            for own in self.own:
                for at in own.at(journey_id):
                    yield Choice(own.id, own, at)

    def by_stage(self, choice: Choice) -> bool:
        """Whether it is a target that a whole map sets for its stages."""
        whole = choice.at.stage_id is None and choice.at.step_id is None
        return self.aimed and whole and choice.key == STAGE_ABANDONMENT

    @property
    def _asked(self) -> Sequence[str]:
        return self.usual if self.names is None else self.names

    @property
    def _named(self) -> Mapping[str, MapKpi]:
        return {name: one for one in self.known for name in (one.key, one.id)}

    def refused(self) -> None:
        """Raises `Invalid` for names that are no KPI's."""
        known = {*measures.on_maps.BUILT_IN_KEYS, *self._named}
        if unknown := [one for one in self._asked if one not in known]:
            detail = f"no KPI has the key {unknown[0]}, or none that you may read"
            raise Invalid([Problem("/keys", "unknown_kpi", detail)])


def _of_whole(key: str) -> bool:
    return key in measures.on_maps.BUILT_IN_KEYS and key != STAGE_ABANDONMENT


def names_of(text: str | None) -> list[str] | None:
    """The names that are asked for, each once. Raises `Invalid`."""
    if text is None:
        return None
    names = [*dict.fromkeys(text.split(","))]
    if len(names) > _MOST:
        raise Invalid([Problem("/keys", "too_long", f"at most {_MOST} are asked for at once")])
    if any(len(name) > _LONGEST for name in names):
        raise Invalid([Problem("/keys", "unknown_kpi", "no KPI has a key that long")])
    return names


def range_of(
    own: MapKpi, from_: datetime | None, to: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """The range of an own KPI: as asked, where an end is not asked for as its target says; as
    asked where that leaves none."""
    if own.target is None:
        return from_, to
    since, until = from_ or own.target.from_, to or own.target.to
    return (from_, to) if since and until and since >= until else (since, until)
