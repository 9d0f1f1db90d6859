"""Asking for transitions."""

from service.domain import access
from service.domain.computing import computed
from service.domain.histories import Asked, Range, histories
from service.domain.history import Histories
from service.domain.measures.asking import chosen, timed, with_whole_sessions
from service.domain.measures.small_cells import courteous
from service.domain.measures.transitions import transition
from service.domain.measures.transitions.adding_up import adds_up
from service.domain.measures.transitions.inputs import TransitionsQuery
from service.domain.measures.transitions.transition import Transitions, TransitionsDefinition
from service.domain.work import Scope, Work


async def transitions(work: Work, asked: TransitionsQuery) -> Transitions:
    """Transitions of a range: two statements, seldom more. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = timed(reporting, asked)
    within = Range(asked.from_, asked.to)
    wanted = Asked(only=await chosen(work, asked), fields=["event"], counted=within)
    if asked.scope == "session":
        wanted = wanted._replace(within=Range(to=asked.to))
        found = await with_whole_sessions(work, wanted, asked.timeout_seconds)
    else:
        # Whether a path ends is known by what comes behind the range alone.
        found = await histories(work, wanted)
    definition = TransitionsDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        asked.scope,
        asked.timeout_seconds,
        asked.collapse_repeats,
        asked.limit,
    )
    return await computed(work, transitions_in, found, definition, reporting.small_cells)


def transitions_in(
    found: Histories, definition: TransitionsDefinition, small_cells: int | None
) -> Transitions:
    """Transitions of these histories, without what is too small to be told."""
    return courteous(transition.transitions(found, definition), small_cells, adds_up)
