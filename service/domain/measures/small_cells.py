"""Counts too small to be told, and what would tell them by subtraction. Pure.

A count from 1 to below the limit is not told; neither is what it can be computed from: a sum is
known as soon as all of its parts are, and a part when the sum and the others are. So of a sum and
its parts none or several are hidden, and of a sum that is told the hidden parts make no small count
together either. The members of answers say themselves which are counts (`COUNT`), and what goes
with them (`follows`); each analysis says which counts add up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from msgspec import UNSET, Struct, UnsetType, structs

from service.domain.answers import SMALL_CELL, Count, Follows
from service.domain.shares import Proportion

T = TypeVar("T", bound=Struct)
Cell = tuple[int, str]
"""A member of one struct of an answer."""
Cells = Mapping[str, Cell]
Number = int | Decimal
"""How many; credit is counted in parts."""


def cell(of: Struct, member: str) -> Cell:
    """A member of a struct, which has to live on."""
    return id(of), member


class Sums:
    """The counts of an answer, and which of them are sums of others."""

    def __init__(self) -> None:
        self.counts: dict[Cell, Number] = {}
        self.sums: list[Sequence[Cell]] = []
        self.untold: set[Cell] = set()
        self.tied: list[tuple[Cell, Sequence[Cell]]] = []

    def count(self, one: Cell, number: Number) -> None:
        """A count that is not marked as one."""
        self.counts[one] = number

    def add(self, total: Cell, parts: Iterable[Cell]) -> None:
        """A sum and its parts; what is missing is a part that nobody is told."""
        told = [part for part in parts if part in self.counts]
        rest = self.counts.get(total, 0) - sum(self.counts[part] for part in told)
        if rest > 0:
            untold = (len(self.sums), "")
            self.counts[untold] = rest
            self.untold.add(untold)
            told.append(untold)
        if total in self.counts:
            self.sums.append([total, *told])

    def same(self, one: Cell, *others: Cell) -> None:
        """The same count in several places."""
        for other in others:
            self.add(one, [other])

    def people(self, whole: Cell) -> None:
        """All that is counted is of these: where they are not told, nothing is."""
        for one in self.counts.keys() - {whole}:
            self.tie(one, whole)

    def tie(self, member: Cell, *counts: Cell) -> None:
        """A member that goes with counts of other structs."""
        self.tied.append((member, counts))


def hidden(known: Sums, least: int) -> set[Cell]:
    """The counts that are not told where those from 1 to below `least` are not."""
    gone = {one for one, number in known.counts.items() if 0 < number < least}
    those_of = defaultdict(list)
    for place, members in enumerate(known.sums):
        for one in members:
            those_of[one].append(place)
    waiting = {place for one in gone for place in those_of[one]}
    # Each look that changes something hides a count, so it ends.
    while waiting:
        if (more := _also(known, known.sums[waiting.pop()], gone, least)) is not None:
            gone.add(more)
            waiting.update(those_of[more])
    return gone


def _also(known: Sums, members: Sequence[Cell], gone: set[Cell], least: int) -> Cell | None:
    """What else of a sum and its parts is to be hidden; None: nothing."""
    total, *parts = members
    lost = [part for part in parts if part in gone]
    if total in gone:
        enough = bool(lost)
    else:
        enough = not lost or (len(lost) > 1 and sum(known.counts[one] for one in lost) >= least)
    if enough:
        return None
    left = [part for part in parts if part not in gone and known.counts[part]]
    if not left:
        return None if total in gone else total
    # What nobody is told costs nothing to hide; of all else the smallest the least.
    return min(left, key=lambda one: (one not in known.untold, known.counts[one]))


def courteous(answer: T, least: int | None, adds_up: Callable[[T, Sums], None]) -> T:
    """An answer without what is too small to be told; as it is without a limit."""
    if least is None:
        return answer
    known = Sums()
    for one in _structs_in(answer):
        for member in _plan(type(one)).counts:
            if (number := getattr(one, member)) is not None:
                known.count(cell(one, member), number)
    for one in _structs_in(answer):
        if isinstance(one, Proportion):
            known.add(cell(one, "denominator"), [cell(one, "numerator")])
    adds_up(answer, known)
    gone = hidden(known, least)
    gone |= {one for one, counts in known.tied if not gone.isdisjoint(counts)}
    return _without(answer, gone)


class _Plan(NamedTuple):
    """Of a struct: its counts, what follows which members, what may be absent; and which members
    say why others are null, which have none of their own."""

    counts: Sequence[str]
    follows: Mapping[str, Sequence[str]]
    absent: frozenset[str]
    reasons: Mapping[str, str]


@cache
def _plan(kind: type[Struct]) -> _Plan:
    counts, follows, absent = [], {}, set()
    for name, hint in get_type_hints(kind, include_extras=True).items():
        notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
        if any(isinstance(note, Count) for note in notes):
            counts.append(name)
        for note in notes:
            if isinstance(note, Follows):
                follows[name] = note
        if UnsetType in get_args(get_args(hint)[0] if notes else hint):
            absent.add(name)
    return _Plan(counts, follows, frozenset(absent), _reasons(kind, follows))


def _reasons(kind: type[Struct], follows: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Where it is told why each member is null: in its own reason, or that of what it follows."""
    names = {*kind.__struct_fields__}
    found = {}
    for name in names:
        own = [f"{one}_reason" for one in (name, *follows.get(name, ()))]
        if those := [one for one in (*own, "reason") if one in names]:
            found[name] = those[0]
    return found


def _members(one: Struct) -> Iterator[tuple[str, Struct | list[Any]]]:
    """The members in which there may be structs."""
    for name in one.__struct_fields__:
        value = getattr(one, name)
        if isinstance(value, Struct | list):
            yield name, value


def _structs_in(value: object) -> Iterator[Struct]:
    if isinstance(value, Struct):
        yield value
        for _, inner in _members(value):
            yield from _structs_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _structs_in(inner)


def _inside(value: Any, gone: set[Cell]) -> Any:
    if isinstance(value, list):
        found = [_inside(one, gone) for one in value]
        return value if all(new is one for new, one in zip(found, value, strict=True)) else found
    return _without(value, gone) if isinstance(value, Struct) else value


def _without(value: T, gone: set[Cell]) -> T:
    changed: dict[str, Any] = {}
    for name, inner in _members(value):
        if (new := _inside(inner, gone)) is not inner:
            changed[name] = new
    plan = _plan(type(value))
    lost = {name for name in value.__struct_fields__ if (id(value), name) in gone}
    cause = lost | changed.keys()
    lost |= {name for name, on in plan.follows.items() if not cause.isdisjoint(on)}
    changed |= {name: UNSET if name in plan.absent else None for name in lost}
    # What was null before has its reason.
    gone_now = {name for name in lost if getattr(value, name) not in (None, UNSET)}
    changed |= {plan.reasons[name]: SMALL_CELL for name in gone_now if name in plan.reasons}
    return structs.replace(value, **changed) if changed else value
