"""Asking for KPIs, built-in and own ones, by their keys or ids."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple, cast

from service.domain import access
from service.domain.errors import Invalid, Problem
from service.domain.measures.kpis import MOST_ASKED, KpiAnswer, KpiQuery
from service.domain.measures.kpis import computable as looked_at
from service.domain.measures.kpis import kpis as answered
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import Kpi
from service.domain.measures.kpis.planned_catalogue import ONLY_ON_MAPS
from service.domain.measures.own_kpis.asking import selections
from service.domain.measures.own_kpis.meaning import IDS
from service.domain.measures.own_kpis.own import OwnKpi, of_built_in, of_definition
from service.domain.measures.own_kpis.posted_kpis import PostedKpi, judged_posted, posted_kpis
from service.domain.measures.own_kpis.reads import asked_for
from service.domain.work import Scope, Work

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
    ones, which needs maps:read, and two where figures are posted. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    known = await _known(work, asked)
    posted = {n: one for n, one in enumerate(asked) if one.kpi in known.posted}
    if not posted or len(asked) > MOST_ASKED:
        return await answered(work, asked, known.computed)
    others = [n for n in range(len(asked)) if n not in posted]
    problems: list[Problem] = []
    found: dict[int, KpiAnswer] = {}
    with _placed([*posted], problems):
        answers = await _posted(work, [(known.posted[one.kpi], one) for one in posted.values()])
        found |= zip(posted, answers, strict=True)
    with _placed(others, problems):
        answers = await answered(work, [asked[n] for n in others], known.computed)
        found |= zip(others, answers, strict=True)
    if problems:
        raise Invalid(problems)
    return [found[n] for n in range(len(asked))]


@contextmanager
def _placed(places: Sequence[int], problems: list[Problem]) -> Iterator[None]:
    """Keep what is refused of some KPIs, by their places among all."""
    try:
        yield
    except Invalid as error:
        for one in error.problems:
            place, slash, at = one.pointer.removeprefix("/").partition("/")
            problems.append(replace(one, pointer=f"/{places[int(place)]}{slash}{at}"))


async def _posted(work: Work, asked: Sequence[tuple[OwnKpi, KpiQuery]]) -> list[KpiAnswer]:
    """Those whose figures are posted. Raises `Invalid`."""
    zone, problems = (await access.reporting(work)).time_zone, list[Problem]()
    judged: list[PostedKpi] = []
    for n, one in enumerate(asked):
        try:
            judged.append(judged_posted(*one, zone))
        except Invalid as error:
            problems += [replace(p, pointer=f"/{n}{p.pointer}") for p in error.problems]
    if problems:
        raise Invalid(problems)
    return await posted_kpis(work, judged)


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
    known = await _known(work, [asked])
    if own := known.posted.get(asked.kpi):
        judged_posted(own, asked, (await access.reporting(work)).time_zone)
    elif _is_of_maps(known.computed.get(asked.kpi) or BUILT_IN.get(asked.kpi)):
        raise Invalid([Problem("/kpi", "only_of_maps", ONLY_ON_MAPS)])
    else:
        await looked_at(work, asked, known.computed)


def _is_of_maps(kpi: Kpi | Invalid | None) -> bool:
    return isinstance(kpi, Kpi) and kpi.of_maps


class _Known(NamedTuple):
    """What is asked for by id, and own ones: those that are computed, those that are posted."""

    computed: dict[str, Kpi | Invalid]
    posted: dict[str, OwnKpi]


async def _known(work: Work, asked: Sequence[KpiQuery]) -> _Known:
    names = {one.kpi for one in asked[:MOST_ASKED]} - BUILT_IN.keys()
    known = _Known({name: _BY_ID[name] for name in names & _BY_ID.keys()}, {})
    others = names - known.computed.keys()
    if others and Scope.MAPS_READ in work.caller.scopes:
        for one in await asked_for(work, others):
            if one.built_in is None and one.definition is None:
                known.posted.update(dict.fromkeys((one.key, one.id), one))
            else:
                known.computed.update(dict.fromkeys((one.key, one.id), _computed(one)))
    return known


def _computed(own: OwnKpi) -> Kpi:
    if own.definition is not None:
        return of_definition(own, own.definition, selections(own.definition))
    return of_built_in(own, BUILT_IN[cast(str, own.built_in)])
