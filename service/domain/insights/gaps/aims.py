"""Which actions answer which gaps: by naming them, or by targeting the place where they are."""

from collections.abc import Iterable, Mapping

from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.map import Aim, Linked

Links = Mapping[str, list[Linked]]
"""The actions that name a gap, by its id."""
Aims = Mapping[str, list[Aim]]
"""What actions target, by the id of the step or stage."""
_ITEMS = frozenset({"unanswered_question", "unaddressed_pain"})


def linked(actions: Iterable[Linked]) -> Links:
    """The actions by the gaps that they name."""
    found: dict[str, list[Linked]] = {}
    for action in actions:
        for gap_id in action.gap_ids:
            found.setdefault(gap_id, []).append(action)
    return found


def by_place(aims: Iterable[Aim]) -> Aims:
    """What is targeted, by its place; what targets a whole map has none."""
    found: dict[str, list[Aim]] = {}
    for aim in aims:
        if place := aim.step_id or aim.stage_id:
            found.setdefault(place, []).append(aim)
    return found


def answering(gap: Gap, links: Links, aims: Aims, *elsewhere: str) -> dict[str, Aim | Linked]:
    """The actions that answer a gap, by their ids.

    `elsewhere` are places at which it is found beside its own, on another map.
    """
    places = (str(gap.step_id or gap.stage_id), *elsewhere)
    aimed = [aim for place in places for aim in aims.get(place, ()) if _answers(aim, gap)]
    naming: list[Aim | Linked] = [*links.get(str(gap.id), ()), *aimed]
    return {one.action_id: one for one in naming}


def _answers(aim: Aim, gap: Gap) -> bool:
    """What targets a place answers whatever is found there, but of its items the one it names."""
    if gap.kind in _ITEMS or aim.item_key is not None:
        return aim.item_key == gap.item_key
    return True
