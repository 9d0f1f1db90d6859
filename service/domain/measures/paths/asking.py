"""Asking for paths."""

from service.domain import access
from service.domain.computing import computed
from service.domain.histories import Asked, Range
from service.domain.history import Histories
from service.domain.measures.asking import Refusals, chosen, selection, timed, whole_paths
from service.domain.measures.paths import path
from service.domain.measures.paths.adding_up import adds_up
from service.domain.measures.paths.inputs import PathsQuery
from service.domain.measures.paths.path import Paths, PathsDefinition
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work


async def paths(work: Work, asked: PathsQuery) -> Paths:
    """Paths of a range: two statements, seldom more. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = timed(reporting, asked)
    refusals, given = Refusals(), []
    for name, raw in (("start", asked.start), ("end", asked.end)):
        with refusals.of_part():
            given += [] if raw is None else [selection(work.caller, raw, f"/{name}")]
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    within = Range(asked.from_, asked.to)
    wanted = Asked(within, only, given, ["event"], counted=within)
    found = await whole_paths(work, wanted, asked.scope, asked.timeout_seconds)
    definition = PathsDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        asked.scope,
        asked.timeout_seconds,
        asked.collapse_repeats,
        asked.limit,
        asked.start,
        asked.end,
        asked.steps,
    )
    return await computed(work, paths_in, found, definition, reporting.small_cells)


def paths_in(found: Histories, definition: PathsDefinition, small_cells: int | None) -> Paths:
    """Paths of these histories, without what is too small to be told."""
    return courteous(path.paths(found, definition), small_cells, adds_up)
