"""Asking for conformance."""

from typing import TypeVar

from service.domain import access
from service.domain.computing import computed
from service.domain.histories import Asked, Range
from service.domain.measures.asking import Refusals, chosen, selection, timed, whole_paths
from service.domain.measures.conformance import conforming
from service.domain.measures.conformance.adding_up import adds_up
from service.domain.measures.conformance.conforming import Conformance, ConformanceDefinition
from service.domain.measures.conformance.inputs import ConformanceQuery
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work

C = TypeVar("C", bound=Conformance)


async def conformance(work: Work, asked: ConformanceQuery) -> Conformance:
    """Paths of a range held against a plan: two statements, seldom more. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = timed(reporting, asked)
    refusals, given = Refusals(), []
    with refusals.of_part():
        if asked.only_with is not None:
            given = [selection(work.caller, asked.only_with, "/only_with")]
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    within = Range(asked.from_, asked.to)
    wanted = Asked(within, only, given, ["event"], counted=within)
    found = await whole_paths(work, wanted, asked.unit, asked.timeout_seconds)
    definition = ConformanceDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        asked.planned,
        asked.unit,
        asked.timeout_seconds,
        asked.only_with,
    )
    answer = await computed(work, conforming.conformance, found, definition)
    return await computed(work, conformance_told, answer, reporting.small_cells)


def conformance_told(answer: C, small_cells: int | None) -> C:
    """Conformance without what is too small to be told."""
    return courteous(answer, small_cells, adds_up)
