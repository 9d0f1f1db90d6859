"""What callers of analyses ask, as it is read: conditions, fields, whole sessions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from service.domain import audiences, filters
from service.domain.access import Reporting
from service.domain.errors import Invalid, Problem
from service.domain.filters import MEASURED, SELECTIONS, Any, Filter, Op, Test, Type
from service.domain.histories import Asked, Range, histories
from service.domain.history import SECOND, Histories
from service.domain.inputs import Input
from service.domain.measures.cutting import (
    beginning_within,
    first_of_session,
    later,
    microseconds,
)
from service.domain.measures.inputs import Analysis
from service.domain.work import Caller, Scope, Work

A = TypeVar("A", bound=Input)
DECLARED = frozenset(
    {"type", "event", "device", "channel", "department", "campaign", "timestamp", "received_at"}
)
"""Fields that everybody may ask about; all others may tell one person from others."""
NEEDS_CONTACTS_READ = "needs_contacts_read"
_WHOSE = "may tell people apart, which needs the scope contacts:read"


class Refusals:
    """What is wrong with what somebody asks: each part is looked at, and all is told at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    @contextmanager
    def of_part(self) -> Iterator[None]:
        """Keep what is wrong with a part."""
        try:
            yield
        except Invalid as error:
            self._problems += error.problems

    def tell(self) -> None:
        """Raises `Invalid` if anything was wrong."""
        if self._problems:
            raise Invalid(self._problems)


def selection(caller: Caller, raw: object, at: str) -> Filter:
    """A condition on events, sent at the pointer `at`. Raises `Invalid`."""
    found = filters.parse_selection(raw, SELECTIONS, at)
    if Scope.CONTACTS_READ not in caller.scopes:
        asked = (
            (where, one.field) for where, one in filters.tests(found, at) if isinstance(one, Test)
        )
        _declared(asked)
    return found


def role(reporting: Reporting, name: str) -> Filter:
    """The events that play a role in this workspace: set by who administers it, not by who asks."""
    return filters.parse_selection(reporting.roles[name], SELECTIONS)


def fields(caller: Caller, names: Iterable[str], at: str) -> list[str]:
    """Names of fields of events, sent as the list at `at`. Raises `Invalid`."""
    found = list(names)
    unknown = [n for n, name in enumerate(found) if SELECTIONS.type_of(name) is None]
    if unknown:
        raise Invalid(
            [Problem(f"{at}/{n}", "unknown_field", "is no field of events") for n in unknown]
        )
    if Scope.CONTACTS_READ not in caller.scopes:
        _declared((f"{at}/{n}", name) for n, name in enumerate(found))
    return found


def no_times(names: Iterable[str], at: str, instead: str) -> None:
    """Raises `Invalid` for names of times, of which each event has its own."""
    problems = [
        Problem(f"{at}/{n}", "not_told_apart", f"is a time: {instead}")
        for n, one in enumerate(names)
        if SELECTIONS.type_of(one) is Type.INSTANT
    ]
    if problems:
        raise Invalid(problems)


def once(names: Iterable[str], at: str) -> None:
    """Raises `Invalid` for names that the list at `at` has before."""
    seen = set[str]()
    problems = []
    for n, name in enumerate(names):
        if name in seen:
            problems.append(Problem(f"{at}/{n}", "repeated", "is there before"))
        seen.add(name)
    if problems:
        raise Invalid(problems)


def _declared(asked: Iterable[tuple[str, str]]) -> None:
    problems = [
        Problem(where, NEEDS_CONTACTS_READ, _WHOSE) for where, name in asked if name not in DECLARED
    ]
    if problems:
        raise Invalid(problems)


def named(events: Iterable[str]) -> Filter:
    """Events of these names; of none, no events."""
    names = tuple(dict.fromkeys(events))
    return Test("event", Op.IN, names) if names else Any(())


def any_of(conditions: Iterable[Filter]) -> Filter:
    """Whatever one of them takes."""
    parts = tuple(conditions)
    return parts[0] if len(parts) == 1 else Any(parts)


def timed(reporting: Reporting, asked: A) -> A:
    """What is asked, with the timeout that the workspace set where none is told."""
    if "timeout_seconds" in asked.model_fields_set:
        return asked
    return asked.model_copy(update={"timeout_seconds": reporting.session_timeout_seconds})


async def chosen(work: Work, asked: Analysis) -> "Filter | None":
    """Which events an analysis is of, by what they tell and whose they are; None: all.

    A statement where profiles are named. Raises `Invalid`; `ScopeMissing` for profiles.
    """
    return await selecting(work, asked.filter)


async def selecting(work: Work, raw: object) -> "Filter | None":
    """The same of a condition that was sent as `filter`."""
    work.needs(Scope.ANALYTICS_READ)
    if raw is None:
        return None
    at = "/filter"
    if isinstance(raw, str):
        return filters.parse_selection(raw, SELECTIONS, at)
    found = filters.parse(raw, MEASURED, at)
    if Scope.CONTACTS_READ not in work.caller.scopes:
        _declared(
            (where, one.field if isinstance(one, Test) else "")
            for where, one in filters.tests(found, at)
        )
    return await audiences.answerable(work, found, at)


async def whole_paths(work: Work, asked: Asked, unit: str, timeout_seconds: int) -> Histories:
    """What is asked, so that all paths of the range are whole: one statement, seldom more."""
    if unit == "session":
        return await with_whole_sessions(work, asked, timeout_seconds)
    return await histories(work, asked)


_DAY = timedelta(days=1)


async def with_whole_sessions(
    work: Work, asked: Asked, timeout_seconds: int, least: timedelta = _DAY
) -> Histories:
    """What is asked, from the first event of all on, and behind the range until no session that
    begins before its end goes on: one statement, seldom more. Of what is behind the range `least`
    is read in any case.
    """
    end = asked.within.to
    if end is None:
        return await histories(work, asked._replace(within=Range()))
    more = max(least, _DAY)
    # Until they end: a day behind the range, and eight, and so on.
    while True:
        to = later(end, more)
        found = await histories(work, asked._replace(within=Range(None, to)))
        if to is None or not _open(found, timeout_seconds, end, to):
            return found
        more *= 8


def _open(found: Histories, timeout_seconds: int, end: datetime, to: datetime) -> bool:
    """Whether a session that begins before the `end` may go on behind what was read."""
    begun = beginning_within(found, first_of_session(found, timeout_seconds), None, end)
    late = found.at >= microseconds(to) - timeout_seconds * SECOND
    return bool((begun & late).any())
