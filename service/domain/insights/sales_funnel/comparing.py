"""Where people stand on a map against where a CRM has them, counted. Pure.

Both sides are stages of one funnel in one order; whoever is on both is in one cell of the matrix.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Ints

NO_TRAIT, UNMAPPED = "no_trait", "unmapped_value"
NO_FUNNEL_STAGE, NOT_ON_MAP = "no_funnel_stage", "not_on_map"
_NO_TRAIT, _UNMAPPED, _OUT = -2, -1, -3
_ROW = np.dtype([("id", "S16"), ("place", ">i2"), ("outcome", ">i2")])


class MapStage(NamedTuple):
    """A stage of a map, what it is in the funnel, and whether events can be in it."""

    id: str
    key: str
    funnel_stage: str | None
    bound: bool


class Standing(NamedTuple):
    """Who is on a map: 16 bytes each, and by number the stage at which they were last."""

    people: NDArray[Any]
    stage: Ints
    stages: Sequence[MapStage]


class Crm(NamedTuple):
    """What a CRM says: `rows` as they are read, which stage of the funnel each value asked for is,
    in their order, and why some contacts do not count, by their outcomes from 2 on."""

    rows: bytes
    stages: Sequence[str]
    reasons: Sequence[str]


class Counted(NamedTuple):
    """How many people are where: at each stage of the map by its number; at each of the funnel by
    the map, by the CRM, and by both; how many are on either, and who is left out."""

    at_stage: Mapping[int, int]
    on_map: Mapping[str, int]
    in_crm: Mapping[str, int]
    both: Mapping[tuple[str, str], int]
    people: int
    contacts: int
    with_trait: int
    out: Mapping[str, int]


def counted(standing: Standing, crm: Crm, order: Sequence[str]) -> Counted:
    """Everybody once: n log n in contacts."""
    ids, said, has_trait = _said(crm, order)
    place = np.searchsorted(ids, standing.people)
    known = np.zeros(len(place), dtype=np.bool_)
    inside = place < len(ids)
    known[inside] = ids[place[inside]] == standing.people[inside]
    theirs = np.full(len(place), _NO_TRAIT, dtype=np.int64)
    theirs[known] = said[place[known]]
    is_met = np.zeros(len(ids), dtype=np.bool_)
    is_met[place[known]] = True
    out = Counter[str]()
    for n, reason in enumerate(crm.reasons):
        out[reason] = int(((said == _OUT - n) & (has_trait | is_met)).sum())
    counts = theirs > _OUT
    stage, theirs = standing.stage[counts], theirs[counts]
    numbers = {one: n for n, one in enumerate(order)}
    funnel = [-1 if s.funnel_stage is None else numbers[s.funnel_stage] for s in standing.stages]
    stands = np.array([*funnel, -1], dtype=np.int64)[stage]
    there, mapped = stands >= 0, said >= 0
    out[NO_FUNNEL_STAGE] = int((~there).sum())
    out[NO_TRAIT] = int((there & (theirs == _NO_TRAIT)).sum())
    out[UNMAPPED] = int((there & (theirs == _UNMAPPED)).sum())
    out[NOT_ON_MAP] = int((mapped & ~is_met).sum())
    both = there & (theirs >= 0)
    pairs = Counter(zip(stands[both].tolist(), theirs[both].tolist(), strict=True))
    return Counted(
        Counter(stage.tolist()),
        _by_name(stands[there], order),
        _by_name(said[mapped], order),
        {(order[a], order[b]): count for (a, b), count in sorted(pairs.items())},
        len(stage),
        int(mapped.sum()),
        int((has_trait & (said > _OUT)).sum()),
        +out,
    )


def _said(crm: Crm, order: Sequence[str]) -> tuple[NDArray[Any], Ints, NDArray[np.bool_]]:
    """The ids of contacts, rising; the stage that the CRM has each at, by its number, or what else
    it is; and who has the trait."""
    rows = np.frombuffer(crm.rows, dtype=_ROW)
    rows = rows[np.argsort(rows["id"])]
    numbers = {one: n for n, one in enumerate(order)}
    # A place from 1 on is that of a value; the last one stands for none.
    meant = np.array([_UNMAPPED, *(numbers[one] for one in crm.stages), _NO_TRAIT])
    out = rows["outcome"].astype(np.int64) - 2
    said = np.where(out >= 0, _OUT - out, meant[rows["place"]])
    return np.ascontiguousarray(rows["id"]), said, rows["place"] >= 0


def _by_name(numbers: Ints, order: Sequence[str]) -> dict[str, int]:
    found = np.bincount(numbers, minlength=len(order)).tolist()
    return {one: count for one, count in zip(order, found, strict=True) if count}
