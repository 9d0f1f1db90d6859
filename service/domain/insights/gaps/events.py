"""Asking events where gaps are looked for: everybody laid on all maps at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from service.domain import access, measures
from service.domain.access import Reporting
from service.domain.errors import DomainError, Invalid, Problem
from service.domain.filters import Filter
from service.domain.histories import Range
from service.domain.history import SECOND
from service.domain.insights.bindings.bound import effective
from service.domain.insights.bindings.claims import NOT_BOUND
from service.domain.insights.followed import least_told
from service.domain.insights.followed.goals import goals
from service.domain.insights.gaps.names import free_names
from service.domain.insights.gaps.passage import Passage, Slice, Span, micros
from service.domain.insights.gaps.question import STANDING, Period, Question, Scan
from service.domain.insights.gaps.unclaimed import NO_NAMES
from service.domain.insights.gaps.walk import DIMENSIONS, NO_PROFILES, PROFILE, Profiles
from service.domain.insights.gaps.walked import Ties, passage
from service.domain.insights.laid.asking import Judges, Wanted, judges_of_each
from service.domain.insights.laid.several import followed_on_each
from service.domain.spans import meet
from service.domain.work import Scope, Work

NEEDS_ANALYTICS_READ = "needs_analytics_read"
WINDOW_SECONDS = 1_209_600


class Compared(NamedTuple):
    """What callers say of the events that are looked at: which, of what range, against what."""

    from_: datetime | None = None
    to: datetime | None = None
    baseline: str | tuple[datetime, datetime] | None = None
    scan: Scan | None = None
    filter: Any = None
    window_seconds: int = WINDOW_SECONDS
    least_count: int | None = None
    unit: str = "contact"
    by_profile: bool = False

    @property
    def selects(self) -> bool:
        """Whether it says anything that is said of events alone."""
        return self.by_profile or not (self.baseline is self.scan is self.filter is None)

    @property
    def is_standing(self) -> bool:
        """Whether nobody says what is to be looked at: a map's gaps are asked for, and events with
        them."""
        return not self.selects and self.from_ is self.to is None


STANDING_QUESTION = Compared()
"""What is asked where nobody says otherwise, and by the worker."""


async def passages(
    work: Work, ties: Mapping[UUID, Ties], asked: Compared, least: int, *, beside: bool = False
) -> dict[UUID, Passage]:
    """How contacts pass over each of some maps, or why nothing is known of it: as many statements
    however many maps, five, seldom more; without `analytics:read` none. Three more where events
    that no step of any map claims are told `beside`.

    Raises `Invalid` for the filter, `ScopeMissing` where events are selected or compared, and where
    profiles are told apart `TooManyProfiles` and `TooManyLinks`; that takes four statements more.
    """
    only = await selected(work, asked)
    if Scope.ANALYTICS_READ not in work.caller.scopes:
        return dict.fromkeys(ties, Passage(reason=NEEDS_ANALYTICS_READ))
    found = await judges_of_each(work, [*ties])
    there = {which: one for which, one in found.items() if not isinstance(one, DomainError)}
    known = {which: one for which, one in there.items() if _is_bound(one)}
    told = {which: Passage(reason=_why(one)) for which, one in found.items() if which not in known}
    if not known:
        return told
    reporting = await access.reporting(work)
    question = _question(asked, work.now, least, reporting, least_told(work, reporting))
    names = await free_names(work, _told_of(asked), question.least) if beside else NO_NAMES
    # Sessions are cut of all that somebody did.
    wanted = Wanted(
        *(Range(asked.from_, asked.to), _until(asked), only, question.timeout_seconds),
        every=question.timeout_seconds is not None,
        latest=True,
        fields=DIMENSIONS,
        # Where all that somebody did is told, it need not be asked for apart.
        aside=names.condition if names.free and question.timeout_seconds is None else None,
    )
    every = {one: some for of in ties.values() for one, some in of.items()}
    whose = Scope.CONTACTS_READ in work.caller.scopes
    wants = {
        which: goals(one.known.states, whose=whose).conditions
        for which, one in known.items()
        if one.known.states[-1].value_per_conversion
    }
    profiles = await _profiles(work) if asked.by_profile else NO_PROFILES
    told_of = partial(passage, every, question, whose=whose, profiles=profiles, names=names)
    # What ends now is asked once; who belongs to which profile is not written down.
    passing = (asked.from_ is not None and asked.to is None) or asked.by_profile
    words = None if passing else ("passages", every, question, names)
    came = await followed_on_each(work, known, wanted, told_of, wants, words=words)
    for which, one in came.items():
        told[which] = Passage(reason=one.code) if isinstance(one, DomainError) else one
    return told


async def selected(work: Work, asked: Compared) -> "Filter | None":
    """Which events are looked at; None: all. Raises `Invalid` for the filter, and for a baseline
    that the range meets; `ScopeMissing` where events are selected or compared by whoever may not.
    """
    if asked.selects:
        work.needs(Scope.ANALYTICS_READ)
    if asked.by_profile:
        work.needs(Scope.CONTACTS_READ)
    since = _since(asked, work.now)
    if since is not None and meet(since.span, since.baseline):
        detail = "has times in common with the range asked for, which would count on both sides"
        raise Invalid([Problem("/baseline", "ranges_overlap", detail)])
    return None if asked.filter is None else await measures.selecting(work, asked.filter)


async def _profiles(work: Work) -> Profiles:
    """Who belongs to which profile."""
    found = await measures.profile_members(work)
    return {Slice(PROFILE, str(one.profile), one.name): one.people for one in found}


def _told_of(asked: Compared) -> Range:
    """When events may have happened that are of the range: a session ends when it ends."""
    return Range(asked.from_, None if asked.unit == "session" else asked.to)


def _is_bound(by: Judges) -> bool:
    return any(effective(of, step) for of in by.known.states for step in of.steps)


def _why(by: Judges | DomainError) -> str:
    return by.code if isinstance(by, DomainError) else NOT_BOUND


def _until(asked: Compared) -> datetime | None:
    """Until when those may go on who came in the range, or in the one that it is compared with."""
    window = timedelta(seconds=asked.window_seconds)
    if asked.to is None:
        return None
    given = asked.baseline[1] if isinstance(asked.baseline, tuple) else asked.to
    if asked.unit == "session":
        return max(asked.to, given)
    return measures.later(max(asked.to, given), window)


def _question(
    asked: Compared, now: datetime, least: int, reporting: Reporting, small: int | None
) -> Question:
    return Question(
        _span(asked.from_, asked.to),
        _since(asked, now),
        asked.scan,
        ZoneInfo(reporting.time_zone),
        asked.window_seconds * SECOND,
        max(least, small or 0),
        small,
        reporting.session_timeout_seconds if asked.unit == "session" else None,
    )


def _span(from_: datetime | None, to: datetime | None) -> Span:
    return Span(*(None if one is None else micros(one) for one in (from_, to)))


def _since(asked: Compared, now: datetime) -> Period | None:
    """What is compared with what: the range with the one of its length before it, unless another
    is named; where nobody says when it begins, its last days, with all before them."""
    to = asked.to or (now if asked.from_ else _known_until(asked, now))
    from_ = asked.from_ or (to and measures.later(to, -STANDING))
    if from_ is None or to is None or from_ >= to:
        return None
    span = _span(from_, to)
    if isinstance(asked.baseline, tuple):
        return Period(span, "given", _span(*asked.baseline))
    if (asked.baseline or ("previous" if asked.from_ else "before")) == "before":
        return Period(span, "before", _span(None, from_))
    return Period(span, "previous", _span(measures.later(from_, from_ - to), from_))


def _known_until(asked: Compared, now: datetime) -> datetime | None:
    """Of whoever came before today less the window, all is known."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return measures.later(today, -timedelta(seconds=asked.window_seconds))
