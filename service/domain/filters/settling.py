"""Whom a profile means: its own conditions and those of all it stands within, as one filter.

membership(P) = criteria(P) and not exclusions(P) and membership(parent of P), in the logic of three
answers. `member_of` asks for the membership of another profile, so it is put in its place; what is
left asks a contact alone, in memory and in SQL. A profile without criteria tests nobody: whether
somebody belongs is unknown, unless its exclusions or a wider profile say no.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from service.domain.errors import DomainError, Kind, Problem, pointer
from service.domain.filters.language import (
    All,
    Any,
    At,
    Consent,
    Did,
    Filter,
    Not,
    Op,
    Test,
    literals,
)

MOST_LINKS = 16
"""Profiles in one line, from the one asked for over parents and `member_of` to the last."""
MOST_LEAVES = 1_000
"""Tests in a membership when all profiles it stands on are put in their places."""

NO_CRITERIA = "no_criteria"
NOT_READABLE = "not_readable"
"""Criteria of earlier days that ask what no contact has: events outside a `did`."""


class Segment(NamedTuple):
    """A profile as it tests contacts. `reason` says why it has no criteria, where it has none."""

    id: UUID
    name: str
    parent_id: UUID | None = None
    criteria: "Filter | None" = None
    exclusions: "Filter | None" = None
    reason: str = NO_CRITERIA

    @property
    def links(self) -> Iterator[UUID]:
        """The profiles that it stands on directly."""
        if self.parent_id is not None:
            yield self.parent_id
        for part in (self.criteria, self.exclusions):
            if part is not None:
                for _, which in mentioned(part, ""):
                    yield which


class NotPlaced(DomainError):
    """Where contacts stand on a map was not looked up, for it is no condition of what is asked."""

    kind, code = Kind.INVALID, "condition_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "Where contacts stand on a map is asked of contacts and of members of profiles alone:"
            " in lists, searches and previews."
        )


class TooManyLinks(DomainError):
    """The profiles that one stands on are too many, one behind the other or in all their tests."""

    kind, code = Kind.CONFLICT, "chain_too_long"

    def __init__(self) -> None:
        super().__init__(
            f"A profile stands on at most {MOST_LINKS} others in a line, with at most"
            f" {MOST_LEAVES} tests in all."
        )


def unknown(which: UUID) -> Filter:
    """A condition that is unknown of everybody: no contact has the field itself."""
    return Test("member_of", Op.EQ, which)


def tests(filter: Filter, at: str) -> Iterator[tuple[str, Filter]]:
    """The leaves of a filter and their JSON pointers, in order; a `did` is one."""
    match filter:
        case All(parts):
            for index, part in enumerate(parts):
                yield from tests(part, at + pointer("all", index))
        case Any(parts):
            for index, part in enumerate(parts):
                yield from tests(part, at + pointer("any", index))
        case Not(part):
            yield from tests(part, at + pointer("not"))
        case _:
            yield at, filter


def mentioned(filter: Filter, at: str) -> Iterator[tuple[str, UUID]]:
    """The profiles that a filter asks the membership of, each with its pointer."""
    for where, leaf in tests(filter, at):
        match leaf:
            case Test("member_of", _, tuple() as values):
                for index, which in enumerate(values):
                    yield where + pointer("value", index), UUID(str(which))
            case Test("member_of", Op.EQ | Op.NE, value):
                yield where + pointer("value"), UUID(str(value))


def unanswerable(filter: Filter, at: str) -> list[Problem]:
    """What a filter over people asks that no contact answers.

    Codes: `op_not_for_field`, `not_a_filter_field`.
    """
    found = []
    for where, leaf in tests(filter, at):
        match leaf:
            case Test("member_of" | "consent" as name, Op.EXISTS):
                detail = f"`{name}` is asked with eq, ne or in."
                found.append(Problem(where + pointer("op"), "op_not_for_field", detail))
            case Test("persona"):
                detail = "Which persona fits is weighed for one contact at a time, see its persona."
                found.append(Problem(where + pointer("field"), "not_a_filter_field", detail))
    return found


def unplaced(filter: Filter, at: str) -> list[tuple[str, At]]:
    """What a filter asks of where contacts stand that was not looked up, with its pointers."""
    return [
        (where, leaf)
        for where, leaf in tests(filter, at)
        if isinstance(leaf, At) and leaf.stood is None
    ]


def placed(filter: Filter, stood: Mapping[At, At]) -> Filter:
    """The filter with what was looked up of where contacts stand."""
    match filter:
        case All(parts):
            return All(tuple(placed(part, stood) for part in parts))
        case Any(parts):
            return Any(tuple(placed(part, stood) for part in parts))
        case Not(part):
            return Not(placed(part, stood))
        case At():
            return stood.get(filter, filter)
        case _:
            return filter


def settled(filter: Filter, segments: Mapping[UUID, Segment]) -> Filter:
    """The filter, whatever it asks of profiles and purposes put in its place.

    Raises `TooManyLinks`.
    """
    settling = _Settling(segments)
    made = settling.settled(filter, ())
    settling.bounded(settling.size(made))
    return made


def membership(which: UUID, segments: Mapping[UUID, Segment]) -> Filter:
    """Whether a contact is a member of a profile, as one filter. Raises `TooManyLinks`."""
    return settled(Test("member_of", Op.EQ, which), segments)


def reached(start: UUID, segments: Mapping[UUID, Segment]) -> set[UUID]:
    """The profiles that membership of one depends on, itself included."""
    found, waiting = set[UUID](), [start]
    while waiting:
        which = waiting.pop()
        if which in segments and which not in found:
            found.add(which)
            waiting += segments[which].links
    return found


class _Settling:
    """One filter being settled; each membership is made, and its tests are counted, once."""

    def __init__(self, segments: Mapping[UUID, Segment]) -> None:
        self._segments = segments
        self._made: dict[UUID, Filter] = {}
        self._sizes: dict[int, tuple[Filter, int]] = {}

    def settled(self, filter: Filter, line: tuple[UUID, ...]) -> Filter:
        match filter:
            case All(parts):
                return All(tuple(self.settled(part, line) for part in parts))
            case Any(parts):
                return Any(tuple(self.settled(part, line) for part in parts))
            case Not(part):
                return Not(self.settled(part, line))
            case Test("member_of", Op.EQ | Op.NE | Op.IN as op):
                members = [self._membership(UUID(str(v)), line) for v in literals(filter)]
                return _either(members, op)
            case Test("consent", Op.EQ | Op.NE | Op.IN | Op.CONTAINS as op):
                return _either([Consent(str(v)) for v in literals(filter)], op)
            case _:
                return filter

    def _membership(self, which: UUID, line: tuple[UUID, ...]) -> Filter:
        segment = self._segments.get(which)
        if segment is None or which in line:
            return unknown(which)
        if len(line) >= MOST_LINKS:
            raise TooManyLinks
        if which not in self._made:
            within = (*line, which)
            parts = list(self._own(segment, within))
            if segment.parent_id is not None:
                parts.append(self._membership(segment.parent_id, within))
            made = parts[0] if len(parts) == 1 else All(tuple(parts))
            self.bounded(self.size(made))
            self._made[which] = made
        return self._made[which]

    def _own(self, segment: Segment, line: tuple[UUID, ...]) -> Iterator[Filter]:
        if segment.criteria is None:
            yield unknown(segment.id)
        else:
            yield self.settled(segment.criteria, line)
        if segment.exclusions is not None:
            yield Not(self.settled(segment.exclusions, line))

    def size(self, filter: Filter) -> int:
        """Leaves, those within a `did` included."""
        known = self._sizes.get(id(filter))
        if known is not None:
            return known[1]
        match filter:
            case All(parts) | Any(parts):
                size = sum(map(self.size, parts))
            case Not(part):
                size = self.size(part)
            case Did(selection):
                size = self.size(selection)
            case _:
                size = 1
        self._sizes[id(filter)] = (filter, size)  # held, so that no other gets its id
        return size

    def bounded(self, size: int) -> None:
        if size > MOST_LEAVES:
            raise TooManyLinks


def _either(parts: list[Filter], op: Op) -> Filter:
    found = parts[0] if len(parts) == 1 else Any(tuple(parts))
    return Not(found) if op is Op.NE else found
