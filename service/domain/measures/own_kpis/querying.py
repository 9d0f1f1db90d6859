"""Asking for KPIs, built-in and own ones, by their keys or ids."""

from collections.abc import Sequence
from dataclasses import replace

from service.domain.errors import Invalid, Problem
from service.domain.measures.kpis import MOST_ASKED, KpiAnswer, KpiQuery
from service.domain.measures.kpis import computable as looked_at
from service.domain.measures.kpis import kpis as answered
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import Kpi
from service.domain.measures.own_kpis.asking import selections
from service.domain.measures.own_kpis.meaning import IDS
from service.domain.measures.own_kpis.own import OwnKpi, of_built_in, of_definition
from service.domain.measures.own_kpis.reads import asked_for
from service.domain.work import Scope, Work

NOT_COMPUTED = "its figures are posted, not computed: ask for its status, or its values"
_BY_ID = {str(which): BUILT_IN[key] for key, which in IDS.items()}


async def kpi(work: Work, asked: KpiQuery) -> KpiAnswer:
    """One KPI: a statement for each range, and one more for an own one. Raises `Invalid`."""
    try:
        (found,) = await kpis(work, [asked])
    except Invalid as error:
        raise error.renamed(lambda at: at.removeprefix("/0")) from error
    return found


async def kpis(work: Work, asked: Sequence[KpiQuery]) -> list[KpiAnswer]:
    """KPIs in the order asked: those of `kpis.kpis`, with a statement more where some are own
    ones, which needs maps:read. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    return await answered(work, asked, await _known(work, asked))


async def each_kpi(work: Work, asked: Sequence[KpiQuery]) -> list[KpiAnswer | Invalid]:
    """The same for any number, and instead of those that are refused why: as `kpis`, so many at
    once as may be asked for, and once more where some are refused."""
    work.needs(Scope.ANALYTICS_READ)
    found: list[KpiAnswer | Invalid] = []
    # As many as may be asked for at once.
    for start in range(0, len(asked), MOST_ASKED):
        found += await _each(work, asked[start : start + MOST_ASKED])
    return found


async def _each(work: Work, asked: Sequence[KpiQuery]) -> list[KpiAnswer | Invalid]:
    refused: dict[int, Invalid] = {}
    # Twice at most: what is refused is left out.
    while left := [n for n in range(len(asked)) if n not in refused]:
        try:
            answers = iter(await kpis(work, [asked[n] for n in left]))
        except Invalid as error:
            # Each problem tells which it is about.
            for problem in error.problems:
                place, _, at = problem.pointer.removeprefix("/").partition("/")
                which = left[int(place)]
                before = refused[which].problems if which in refused else ()
                refused[which] = Invalid([*before, replace(problem, pointer=f"/{at}")])
            continue
        return [refused[n] if n in refused else next(answers) for n in range(len(asked))]
    return [refused[n] for n in range(len(asked))]


async def computable(work: Work, asked: KpiQuery) -> None:
    """Look at what is asked of a KPI, built-in or own, without computing it. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    await looked_at(work, asked, await _known(work, [asked]))


async def _known(work: Work, asked: Sequence[KpiQuery]) -> dict[str, Kpi | Invalid]:
    """What is asked for by id, and own ones."""
    names = {one.kpi for one in asked[:MOST_ASKED]} - BUILT_IN.keys()
    known: dict[str, Kpi | Invalid] = {name: _BY_ID[name] for name in names & _BY_ID.keys()}
    others = names - known.keys()
    if others and Scope.MAPS_READ in work.caller.scopes:
        for one in await asked_for(work, others):
            known |= dict.fromkeys((one.key, one.id), _asked(one))
    return known


def _asked(own: OwnKpi) -> Kpi | Invalid:
    if own.built_in is not None:
        return of_built_in(own, BUILT_IN[own.built_in])
    if own.definition is not None:
        return of_definition(own, own.definition, selections(own.definition))
    return Invalid([Problem("/kpi", "not_computed", NOT_COMPUTED)])
