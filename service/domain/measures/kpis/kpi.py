"""What a KPI is: a small value that says what it needs of events, and how it is computed. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.domain.measures.kpis.facts import Facts
from service.domain.measures.kpis.figure import Outcome

Parameters = Mapping[str, Any]
NULLABLE = frozenset({"base", "window_seconds", "scale"})
"""Parameters of which null is a value; of others it stands for the default."""


class Role(NamedTuple):
    """A selection that is what the workspace set for a role, unless it is asked for."""

    name: str


class Setting(NamedTuple):
    """A default that the workspace sets: by what name, and what it is until then."""

    name: str
    value: Any


class ForContacts(NamedTuple):
    """A default for the unit contact; other units have none."""

    value: Any


class Reach(NamedTuple):
    """What has to be read beside the events of the range.

    `back`: from the first event of all on. `ahead`: so many seconds behind it; None: all there is.
    `sessions`: what begins in it is read until it ends. `before`: so many seconds before it.
    """

    back: bool = False
    ahead: int | None = 0
    sessions: bool = False
    before: int = 0

    def with_(self, other: "Reach") -> "Reach":
        """What both need."""
        both = (self.ahead, other.ahead)
        ahead = None if None in both else max(one for one in both if one is not None)
        sessions, before = self.sessions or other.sessions, max(self.before, other.before)
        return Reach(self.back or other.back, ahead, sessions, before)


class Published(NamedTuple):
    """What others found: a range, and where that is told."""

    low: float
    high: float
    source: str


_Reaches = Callable[[Parameters], Reach]


def here(_: Parameters) -> Reach:
    """The events of the range are enough."""
    return Reach()


_Belongs = Callable[[Parameters], str]


def of_events(_: Parameters) -> str:
    """Each event belongs to a group of a breakdown."""
    return "event"


def of_contacts(_: Parameters) -> str:
    """Each contact does, with all its events."""
    return "contact"


def of_units(asked: Parameters) -> str:
    """Each of what is asked for does; an attempt by the event that opens it."""
    unit: str = asked["unit"]
    return "event" if unit == "attempt" else unit


def always(_: Parameters) -> bool:
    """However it is asked for."""
    return True


def never(_: Parameters) -> bool:
    """It is told by events alone."""
    return False


@dataclass(frozen=True)
class Kpi:
    """A figure that can be asked for.

    `unit` is what its values are: share, number, score, points, seconds or money; `units` where a
    mode has another. `parameters` are those it takes with their defaults; a `Role` stands for the
    selection a workspace set; a default of None that is no parameter of its own means that there is
    none. `choices` are the words that its `mode` or `unit` may be. `selections` are conditions that
    nobody can change, `events` the same by names of events, `fields` are read beside those that
    parameters name, `lists` are those which may be lists; of a field `among` another, those values
    alone are read that the other has. `unit_of`: what belongs to a group of a breakdown: event,
    session or contact. `apart`: of all events, those are read alone that one of its selections
    takes. `counts`: asked for so, it is nothing but how many events its selections take; `people`:
    how many people have one. `summed`: asked for so, it is told by sums of sessions. `falls`: the
    smaller, the better. `of_maps`: it is told of a map alone. `of_content`: it is computed of the
    workspace's content, which is read for it.
    """

    key: str
    unit: str
    meaning: str
    figure: Callable[[Facts], Outcome]
    parameters: Parameters = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    selections: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Sequence[str] = ()
    lists: Sequence[str] = ()
    among: Mapping[str, str] = field(default_factory=dict)
    reach: _Reaches = here
    unit_of: _Belongs = of_events
    apart: bool = False
    counts: Callable[[Parameters], bool] = never
    people: bool = False
    summed: Callable[[Parameters], bool] = never
    falls: bool = False
    of_maps: bool = False
    of_content: bool = False
    assumption: bool = False
    published: Published | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    def told_in(self, asked: Parameters) -> str:
        """What its values are, asked for so."""
        return self.units.get(asked.get("mode", ""), self.unit)
