"""Histories made of counts, whose rows stand for many events each. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

import msgspec
import numpy as np

from service.domain.filters import Filter, evaluate
from service.domain.histories.counting.spans import Parts
from service.domain.histories.counts import rows_of, written
from service.domain.history import MISSING, Column, Flags, Histories, Ints, rising

SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000."""


_Rows: TypeAlias = tuple[Ints, Ints, Ints]
Kind: TypeAlias = Mapping[str, object]


class Question(NamedTuple):
    """What is asked of counts: by which fields they are told apart, which of them are taken, and at
    which times the range is cut, `from_` and `to` being its ends."""

    names: Sequence[str]
    only: "Filter | None"
    selections: Sequence[Filter]
    fields: Sequence[str]
    cuts: Sequence[int]
    from_: int | None
    to: int | None


class Group(msgspec.Struct, array_like=True, frozen=True):
    """Events that were read: between which cuts, why they do not count (None: they do), whether
    they are in counts already, how many, of which kind."""

    cell: int
    reason: str | None
    counted: bool
    number: int
    kind: list[msgspec.Raw]


def histories(
    question: Question, parts: Parts, stored: Iterable[tuple[int, bytes]], read: bytes | str
) -> Histories | None:
    """What counts tell, with the events that were read beside them; None where a touchpoint is
    asked for that is not kept."""
    numbers: dict[str, int] = {}
    cuts = np.array(question.cuts, dtype=np.int64)
    sums = [_within(cuts, parts, rows) for rows in rows_of(stored, numbers)]
    groups = msgspec.json.decode(read, type=list[Group])
    codes = [numbers.setdefault(written(one.kind), len(numbers)) for one in groups]
    kinds = [_kind(question.names, text) for text in numbers]
    if any(one == [] for kind in kinds for one in kind.values()):
        return None
    taken = [question.only is None or evaluate(question.only, one.get) is True for one in kinds]
    excluded: dict[str, int] = {}
    for group, code in zip(groups, codes, strict=True):
        if group.reason is not None and taken[code]:
            excluded[group.reason] = excluded.get(group.reason, 0) + group.number
    sums.append(_beside(groups, codes))
    return _made(question, kinds, _summed(sums, len(question.cuts) + 1, taken), excluded)


def _made(
    question: Question, kinds: Sequence[Kind], rows: _Rows, excluded: dict[str, int]
) -> Histories:
    cell, code, number = rows
    return Histories(
        np.zeros(len(cell), dtype=np.int32),
        _times(question)[cell],
        [_answers(one, kinds)[code] for one in question.selections],
        {name: _column([kind[name] for kind in kinds], code) for name in question.fields},
        b"",
        excluded,
        weights=number,
    )


def _beside(groups: Sequence[Group], codes: Sequence[int]) -> _Rows:
    """What is added to the counts, and what is taken away of them."""
    rows = [
        (one.cell, code, -one.number if one.counted else one.number)
        for one, code in zip(groups, codes, strict=True)
        if one.counted or one.reason is None
    ]
    cell, code, number = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return cell, code, number


def _within(cuts: Ints, parts: Parts, rows: _Rows) -> _Rows:
    """Cells, kinds and numbers of the quarters that lie in the range."""
    at, kind, number = rows
    inside = (at >= parts.low) & (at < parts.high)
    return np.searchsorted(cuts, at[inside], "right"), kind[inside], number[inside]


def _summed(sums: Sequence[_Rows], cells: int, taken: Sequence[bool]) -> _Rows:
    """Each cell and kind that has events once, of the kinds that are taken."""
    cell, kind, number = (np.concatenate(one) for one in zip(*sums, strict=True))
    keys, many = cell * len(taken) + kind, cells * len(taken)
    if many > _DENSE:
        used, keys = np.unique(keys, return_inverse=True)
    else:
        used = np.arange(many)
    # Whole numbers below 2**53: floats are exact.
    total = np.bincount(keys, weights=number, minlength=len(used)).astype(np.int64)
    cell, kind = np.divmod(used, max(len(taken), 1))
    left = (total > 0) & np.array(taken, dtype=np.bool_)[kind]
    return cell[left], kind[left], total[left]


_DENSE = 1 << 22


# Made once: making it takes longer than reading a kind.
_decoded = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal).decode


def _kind(names: Sequence[str], text: str) -> Kind:
    return dict(zip(names, _decoded(text), strict=True))


def _answers(selection: Filter, kinds: Sequence[Kind]) -> Flags:
    return np.array([evaluate(selection, one.get) is True for one in kinds], dtype=np.bool_)


def _column(values: Sequence[object], codes: Ints) -> Column:
    """A field's values, those alone that an event has."""
    used = np.zeros(len(values), dtype=np.bool_)
    used[codes] = True
    words, numbers = rising(one if there else None for one, there in zip(values, used, strict=True))
    by_kind = np.array(numbers or [MISSING], dtype=np.int32)
    return Column(by_kind.take(codes), words)


def _times(question: Question) -> Ints:
    """A time in each cell, since 1970."""
    cuts = list(question.cuts)
    if question.from_ is not None:
        first = question.from_
    else:
        first = min([*cuts, *([] if question.to is None else [question.to])], default=1) - 1
    return np.array([first, *cuts], dtype=np.int64) + SINCE_1970
