"""Asking for funnels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from msgspec import structs

from service.domain import access
from service.domain.computing import computed
from service.domain.errors import Invalid
from service.domain.histories import Asked, Range, histories, words_of
from service.domain.history import SECOND, Histories, Unnamed
from service.domain.measures.asking import (
    Refusals,
    chosen,
    fields,
    no_times,
    timed,
    with_whole_sessions,
)
from service.domain.measures.belonging import NO_PROFILES, PROFILE
from service.domain.measures.funnels import figures
from service.domain.measures.funnels.adding_up import adds_up
from service.domain.measures.funnels.answers import Funnel, FunnelDefinition
from service.domain.measures.funnels.chains import Rules
from service.domain.measures.funnels.figures import Dropped
from service.domain.measures.funnels.inputs import FunnelsQuery
from service.domain.measures.funnels.naming import Naming, conditions, told_exclusions
from service.domain.measures.funnels.outcome import Funnel as Computed
from service.domain.measures.funnels.reads import contacts_among
from service.domain.measures.profiles import members_by_id
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work

F = TypeVar("F", bound=Funnel)


@dataclass(frozen=True, slots=True)
class _Meant:
    """A query as it is understood."""

    computed: Computed
    definition: FunnelDefinition
    dropped: Dropped | None


async def funnel(work: Work, asked: FunnelsQuery) -> Funnel:
    """How far units come: two statements; one more for whole sessions, for the profiles that a
    filter names and for who dropped, four for telling profiles apart. Raises `Invalid`, and of
    profiles `TooManyProfiles` and `TooManyLinks`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = timed(reporting, asked)
    if asked.dropped_at is not None:
        work.needs(Scope.CONTACTS_READ)
    refusals = Refusals()
    with refusals.of_part():
        meant = _meant(asked)
    with refusals.of_part():
        selections = conditions(work.caller, asked)
    with refusals.of_part():
        names = _fields(work, asked)
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    within = Range(asked.from_, asked.to)
    wanted = Asked(Range(), only, selections, names, counted=within, latest=True, apart=names)
    by_profile = asked.breakdown == PROFILE
    known = await members_by_id(work) if by_profile else NO_PROFILES
    found = await _read(work, asked, wanted)
    # What is open then is undecided.
    now = found.latest or 0
    asked_for = (meant.computed, now, meant.definition, meant.dropped)
    answer = await computed(work, figures.funnel, found, *asked_for, members=known)
    answer = await computed(work, funnel_told, answer, reporting.small_cells)
    whole = await _said(work, answer)
    # Somebody was erased meanwhile, whose value was to be said.
    answer = await funnel(work, asked) if whole is None else whole
    if answer.dropped_contacts is None:
        return answer
    ids = await contacts_among(work, answer.dropped_contacts.contact_ids)
    named = structs.replace(answer.dropped_contacts, contact_ids=ids)
    return structs.replace(answer, dropped_contacts=named)


async def _said(work: Work, answer: Funnel) -> Funnel | None:
    """The same with all values of its groups said; None where one's event is gone."""
    sought = {one.value for one in answer.breakdown if isinstance(one.value, Unnamed)}
    words = await words_of(work, sought)
    if len(words) < len(sought):
        return None
    groups = [
        structs.replace(one, value=words[one.value]) if one.value in sought else one
        for one in answer.breakdown
    ]
    return structs.replace(answer, breakdown=groups)


def funnel_told(answer: F, small_cells: int | None) -> F:
    """A funnel without what is too small to be told."""
    return courteous(answer, small_cells, adds_up)


def _fields(work: Work, asked: FunnelsQuery) -> list[str]:
    if asked.breakdown is None:
        return []
    by_profile = asked.breakdown == PROFILE
    try:
        no_times([asked.breakdown], "", "ask for a range of it")
        # Whoever may tell people from others may ask for it.
        found = fields(work.caller, ["contact_id" if by_profile else asked.breakdown], "")
        return [] if by_profile else found
    except Invalid as error:
        # One field, and no list of them.
        raise error.renamed(lambda _: "/breakdown") from error


def _meant(asked: FunnelsQuery) -> _Meant:
    naming = Naming(asked)
    exclusions = naming.exclusions()
    dropped = None
    if (at := asked.dropped_at) is not None:
        step = naming.number(at.step, "/dropped_at/step")
        dropped = Dropped(step or 0, at.limit, None if at.after is None else UUID(at.after))
    naming.checked()
    window = asked.window_seconds
    rules = Rules(
        tuple(one.optional for one in asked.steps),
        exclusions,
        None if window is None else window * SECOND,
        asked.window == "hop",
        asked.order == "strict",
    )
    computed = Computed(
        rules, asked.order == "any", asked.unit, asked.timeout_seconds, asked.from_, asked.to
    )
    definition = FunnelDefinition(
        *(asked.from_, asked.to, asked.filter, naming.steps, told_exclusions(asked, exclusions)),
        *(window, asked.window, asked.order, asked.unit),
        asked.timeout_seconds if asked.unit == "session" else None,
        asked.breakdown,
    )
    return _Meant(computed, definition, dropped)


async def _read(work: Work, asked: FunnelsQuery, wanted: Asked) -> Histories:
    """The events that a funnel is computed of."""
    if asked.unit == "session":
        whole = wanted._replace(within=Range(None, asked.to))
        return await with_whole_sessions(work, whole, asked.timeout_seconds)
    # Whether an attempt is open depends on all before.
    from_ = None if asked.unit == "attempt" else asked.from_
    wanted = wanted._replace(within=Range(from_, _until(asked)))
    # Between others, no event of no step changes anything.
    return await histories(work, wanted._replace(selected=asked.order != "strict"))


def _until(asked: FunnelsQuery) -> datetime | None:
    """Until when a chain that begins in the range may go on."""
    if asked.to is None or asked.window_seconds is None:
        return None
    hops = len(asked.steps) - 1 if asked.window == "hop" else 1
    try:
        return asked.to + timedelta(seconds=hops * asked.window_seconds)
    except OverflowError:
        return None
