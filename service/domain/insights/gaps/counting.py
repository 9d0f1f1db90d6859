"""One page of any number of gaps, and counts over all of them: each is looked at once, as it comes.

Of a workspace's gaps no more than a page is ever held, however many maps they are of.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from service.domain import cursors
from service.domain.cursors import Last
from service.domain.errors import Malformed
from service.domain.insights.gaps.gap import ABOUT_MAP, HANDOFFS, KINDS, Gap, Rank
from service.domain.insights.gaps.lists import ORDER, GapDepartment


class AskedGaps(Struct, frozen=True):
    """Which gaps, and which page of them. `stages` holds ids, `kinds` is empty for all."""

    kinds: frozenset[str] = frozenset()
    stages: frozenset[str] | None = None
    department: str | None = None
    min_severity: float = 0.0
    status: str | None = None
    limit: int = 50
    after: str | None = None
    dimension: str | None = None
    about: str | None = None


class Page(Struct, frozen=True, gc=False):
    """A page of gaps, worst first, and how many there are of all that match."""

    items: list[Gap]
    next: str | None
    total: int
    by_kind: dict[str, int]
    by_about: dict[str, int]
    by_department: list[GapDepartment]
    same: str

    @property
    def cursors(self) -> list[str]:
        """The cursor of each item."""
        return [_cursor(gap, self.same) for gap in self.items]


def page(gaps: Iterable[Gap], asked: AskedGaps, which: object) -> Page:
    """The gaps that are asked for, of gaps in any order. Raises `Malformed` for a foreign cursor.

    `which` is what else decides the list: a cursor is good for the same question alone.
    """
    same = cursors.hashed([str(which), sorted(asked.kinds), asked.department, asked.min_severity])
    same = cursors.hashed([same, asked.status, sorted(asked.stages or ())])
    same = cursors.hashed([same, asked.dimension, asked.about])
    last = None if asked.after is None else _rank(cursors.read(asked.after, ORDER, same))
    counted = _Counted()
    each = counted.each(gap for gap in gaps if _matches(gap, asked))
    later = each if last is None else (gap for gap in each if gap.rank > last)
    found = heapq.nsmallest(asked.limit + 1, later, key=lambda gap: gap.rank)
    items = found[: asked.limit]
    return Page(
        items,
        _cursor(items[-1], same) if len(found) > len(items) else None,
        counted.kinds.total(),
        counted.by_kind(),
        counted.by_about(),
        counted.by_department(),
        same,
    )


def _matches(gap: Gap, asked: AskedGaps) -> bool:
    return (
        (not asked.kinds or gap.kind in asked.kinds)
        and (asked.stages is None or gap.stage_id in asked.stages)
        and (asked.department is None or asked.department in gap.departments)
        and (asked.about is None or asked.about == _about(gap.kind))
        and (asked.dimension is None or asked.dimension in gap.dimensions)
        and gap.severity >= asked.min_severity
        and (asked.status is None or gap.status == asked.status)
    )


def _cursor(gap: Gap, same: str) -> str:
    value = msgspec.json.encode(gap.rank[:2]).decode()
    return cursors.written(Last(ORDER, same, value, str(gap.id)))


def _rank(last: Last) -> Rank:
    try:
        value, position = msgspec.json.decode(last.value or "[0,0]", type=tuple[float, int])
    except msgspec.MsgspecError as error:
        raise Malformed("after is not a cursor of this list.") from error
    return value, position, last.id


def _about(kind: str) -> str:
    """Whether gaps of a kind are about the client or about the map."""
    return "map" if kind in ABOUT_MAP else "client"


class _Counted:
    """Counts of gaps that go by."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self._departments: dict[str, GapDepartment] = {}

    def each(self, gaps: Iterable[Gap]) -> Iterator[Gap]:
        """The same gaps; each is counted when it is taken."""
        for gap in gaps:
            self.kinds[gap.kind] += 1
            for department in gap.departments:
                self._concerns(department, gap)
            yield gap

    def _concerns(self, name: str, gap: Gap) -> None:
        its = self._departments.get(name) or GapDepartment(name, 0, 0, 0.0)
        handoffs, worst = its.handoffs, its.worst
        if gap.kind in HANDOFFS:
            handoffs, worst = handoffs + 1, max(worst, gap.severity)
        self._departments[name] = GapDepartment(name, its.gaps + 1, handoffs, worst)

    def by_kind(self) -> dict[str, int]:
        """How many of each kind there are, in the order of the kinds."""
        return {kind: self.kinds[kind] for kind in KINDS if self.kinds[kind]}

    def by_about(self) -> dict[str, int]:
        """How many are about the client, how many about the map."""
        found = {"client": 0, "map": 0}
        for kind, number in self.kinds.items():
            found[_about(kind)] += number
        return found

    def by_department(self) -> list[GapDepartment]:
        """How each department stands: the worst handoffs first, then the most gaps."""
        rows = self._departments.values()
        return sorted(rows, key=lambda row: (-row.worst, -row.gaps, row.department))
