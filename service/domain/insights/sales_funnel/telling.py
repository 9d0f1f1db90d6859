"""What is told of a map and the sales funnel beside it; counts that are too small are not."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from service.domain import measures
from service.domain.insights.bindings.claims import NOT_BOUND
from service.domain.insights.followed.nothing import share
from service.domain.insights.sales_funnel.answers import (
    FunnelCell,
    MapStageBeside,
    SalesFunnel,
    SalesFunnelDefinition,
    SideBySide,
    Unmapped,
)
from service.domain.insights.sales_funnel.comparing import (
    NO_FUNNEL_STAGE,
    NO_TRAIT,
    NOT_ON_MAP,
    UNMAPPED,
    Counted,
    MapStage,
)
from service.domain.shares import Excluded, Proportion, proportion

NO_MAPPED_VALUE, NOT_MAPPED = "no_mapped_value", "not_mapped"
SAME, AHEAD, BEHIND = "same", "ahead", "behind"


class Sides(NamedTuple):
    """What was counted, the stages of the map, what the mapping does not know, what does not count
    beside, and why nothing is known of the map, if so."""

    counts: Counted
    stages: Sequence[MapStage]
    unmapped: Unmapped
    excluded: Sequence[Excluded]
    reason: str | None


def told(
    journey_id: str, definition: SalesFunnelDefinition, sides: Sides, least: int | None
) -> SalesFunnel:
    """The answer; counts from 1 to below `least` are not told, nor what would tell them."""
    counts, why = sides.counts, sides.reason
    if why is None and all(one.funnel_stage is None for one in sides.stages):
        why = NO_FUNNEL_STAGE
    crm_why = _crm_reason(counts, sides.unmapped)
    cells = [] if why or crm_why else _cells(counts, definition.order)
    found = SalesFunnel(
        journey_id=journey_id,
        definition=definition,
        on_map=None if sides.reason else counts.people,
        in_crm=None if crm_why else counts.contacts,
        contacts=None if why or crm_why else sum(counts.both.values()),
        agree=_share(cells, SAME, why or crm_why),
        ahead=_share(cells, AHEAD, why or crm_why),
        behind=_share(cells, BEHIND, why or crm_why),
        funnel=[_side_by_side(one, definition, sides, crm_why) for one in definition.order],
        stages=[_stage(n, one, sides) for n, one in enumerate(sides.stages)],
        matrix=cells,
        unmapped=sides.unmapped,
        excluded=[*_left_out(sides), *sides.excluded],
        reason=why or UNSET,
        crm_reason=crm_why or UNSET,
    )
    return _without_few(measures.courteous(found, least, _adds_up))


def _crm_reason(counts: Counted, unmapped: Unmapped) -> str | None:
    if counts.contacts:
        return None
    return NO_MAPPED_VALUE if unmapped.contacts else NO_TRAIT


def _cells(counts: Counted, order: Sequence[str]) -> list[FunnelCell]:
    places = {one: n for n, one in enumerate(order)}

    def difference(on_map: str, in_crm: str) -> str:
        if on_map == in_crm:
            return SAME
        return AHEAD if places[in_crm] > places[on_map] else BEHIND

    return [FunnelCell(*pair, difference(*pair), count) for pair, count in counts.both.items()]


def _share(cells: Sequence[FunnelCell], difference: str, why: str | None) -> Proportion:
    if why is not None:
        return share(why)
    chosen = (one.contacts or 0 for one in cells if one.difference == difference)
    return proportion(sum(chosen), sum(one.contacts or 0 for one in cells))


def _side_by_side(
    which: str, definition: SalesFunnelDefinition, sides: Sides, crm_why: str | None
) -> SideBySide:
    counts, why = sides.counts, sides.reason or _unmet(which, sides)
    crm_why = crm_why or (None if which in definition.mapping.values() else NOT_MAPPED)
    return SideBySide(
        funnel_stage=which,
        on_map=None if why else counts.on_map.get(which, 0),
        in_crm=None if crm_why else counts.in_crm.get(which, 0),
        in_both=None if why or crm_why else counts.both.get((which, which), 0),
        reason=why or crm_why or UNSET,
    )


def _unmet(which: str, sides: Sides) -> str | None:
    """Why nobody can stand at a stage of the funnel; None: somebody can."""
    here = [n for n, one in enumerate(sides.stages) if one.funnel_stage == which]
    if not here:
        return NOT_ON_MAP
    return None if any(_met(n, sides) for n in here) else NOT_BOUND


def _met(stage: int, sides: Sides) -> bool:
    return sides.stages[stage].bound or bool(sides.counts.at_stage.get(stage))


def _stage(number: int, stage: MapStage, sides: Sides) -> MapStageBeside:
    why = sides.reason or (None if _met(number, sides) else NOT_BOUND)
    return MapStageBeside(
        stage_id=stage.id,
        stage_key=stage.key,
        funnel_stage=stage.funnel_stage,
        on_map=None if why else sides.counts.at_stage.get(number, 0),
        reason=why or UNSET,
    )


def _left_out(sides: Sides) -> Iterator[Excluded]:
    for reason, count in sorted(sides.counts.out.items()):
        # Where nothing is known of the map, nobody is known to be off it.
        if count and not (sides.reason and reason == NOT_ON_MAP):
            yield Excluded(reason, count)


_PEOPLE = (NO_TRAIT, UNMAPPED, NO_FUNNEL_STAGE, NOT_ON_MAP)


def _adds_up(one: SalesFunnel, known: measures.Sums) -> None:
    """Rows, columns and the whole are sums of cells; and who is left out is what else there is."""
    cell, whole = measures.cell, measures.cell(one, "contacts")
    out = {}
    for left in one.excluded:
        if left.reason in _PEOPLE:
            out[left.reason] = cell(left, "count")
            known.count(out[left.reason], left.count)
    known.add(whole, _of(one.matrix))
    shares = {SAME: one.agree, AHEAD: one.ahead, BEHIND: one.behind}
    for difference, share_ in shares.items():
        chosen = (of for of in one.matrix if of.difference == difference)
        known.add(cell(share_, "numerator"), _of(chosen))
        known.same(whole, cell(share_, "denominator"))
    three = [cell(share_, "numerator") for share_ in shares.values()]
    known.add(whole, three)
    # With rows and columns, one of them would tell single cells.
    for each in three:
        known.tie(each, *three)
    for row in one.funnel:
        _row_adds_up(one, row, known)
    off = [out[name] for name in (NO_TRAIT, UNMAPPED) if name in out]
    at_none = [out[name] for name in (NO_FUNNEL_STAGE,) if name in out]
    not_there = [out[name] for name in (NOT_ON_MAP,) if name in out]
    known.add(cell(one, "on_map"), [whole, *off, *at_none])
    known.add(cell(one, "on_map"), [*(cell(row, "on_map") for row in one.funnel), *at_none])
    known.add(cell(one, "in_crm"), [cell(row, "in_crm") for row in one.funnel])
    known.add(cell(one, "in_crm"), [whole, *not_there])
    known.add(cell(one.unmapped, "contacts"), [cell(of, "contacts") for of in one.unmapped.items])
    if NO_FUNNEL_STAGE in out:
        known.add(out[NO_FUNNEL_STAGE], _stages(one, None))


def _row_adds_up(one: SalesFunnel, row: SideBySide, known: measures.Sums) -> None:
    cell, which = measures.cell, row.funnel_stage
    known.add(cell(row, "on_map"), _of(of for of in one.matrix if of.on_map == which))
    known.add(cell(row, "on_map"), _stages(one, which))
    known.add(cell(row, "in_crm"), _of(of for of in one.matrix if of.in_crm == which))
    both = [of for of in one.matrix if (of.on_map, of.in_crm) == (which, which)]
    known.add(cell(row, "in_both"), _of(both))


def _of(cells: Iterable[FunnelCell]) -> list[tuple[int, str]]:
    return [measures.cell(one, "contacts") for one in cells]


def _stages(one: SalesFunnel, which: str | None) -> list[tuple[int, str]]:
    return [measures.cell(of, "on_map") for of in one.stages if of.funnel_stage == which]


def _without_few(one: SalesFunnel) -> SalesFunnel:
    """Without the values and reasons of too few: they would tell of them by being there."""
    items = [of for of in one.unmapped.items if of.contacts is not None]
    excluded = [left for left in one.excluded if left.count is not None]
    return replace(one, unmapped=replace(one.unmapped, items=items), excluded=excluded)
