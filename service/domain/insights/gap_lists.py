"""Lists of gaps: which of them are asked for, a page of these, counts, and what they rest on."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Struct, field

from service.domain import cursors
from service.domain.answers import told
from service.domain.cursors import Last
from service.domain.errors import Malformed
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.insights.gap import (
    ABOUT_MAP,
    FROM_EVENTS,
    HANDOFFS,
    KINDS,
    Gap,
    GapBaseline,
    GapEnds,
    GapExplanation,
    GapPeriod,
    GapSignal,
    GapWhere,
    GapWorth,
    Strength,
)
from service.domain.preferences import GapLimits

ORDER = "severity × confidence, then position"
_NO_EVENTS = "Only events can tell, and none were counted."
_REASONS = {
    "where": _NO_EVENTS,
    "period": _NO_EVENTS,
    "baseline": _NO_EVENTS,
    "contacts_lost": _NO_EVENTS,
    "value_lost": _NO_EVENTS,
    "priority": "No action that answers it has an effort.",
    "transition": "It is no crossing of two steps.",
    "stage_id": "It is of the whole map.",
    "step_id": "It is of a whole stage, or of the whole map.",
    "item_key": "It is about no question, pain or objection.",
    "managed": "It is no handoff.",
    "reason": "Nobody has said one.",
}


class GapDefinition(Struct, frozen=True, gc=False, kw_only=True):
    """What the gaps were computed from, and the limits and weights they were measured by."""

    revision: Revision = "draft"
    mode: Annotated[str, told("`static`: of maps and findings, without events.", "static")] = (
        "static"
    )
    order: Annotated[str, told("Worst first, by what.", ORDER)] = ORDER
    handoff_weights: Annotated[
        dict[str, float], told("The weights of a handoff's signals.", {"crossing": 0.2})
    ]
    least_count: Annotated[int, told("The least count of contacts to compare.", 30)]
    evidence_stale_days: Annotated[int, told("Older evidence is stale.", 180)]
    silence_seconds: Annotated[int, told("A longer silence is a gap.", 1_209_600)]
    waited_seconds: Annotated[int, told("A longer wait is effort.", 300)]
    form_fields: Annotated[int, told("More form fields are effort.", 10)]
    from_: Annotated[str | None, told("The range's first day; null: no bound.", "2026-05-01")] = (
        field(default=None, name="from")
    )
    to: Annotated[str | None, told("The day the range ends at.", "2026-06-01")] = None
    unit: Annotated[str, told("Whose path would be judged, had events come.", "contact")] = (
        "contact"
    )
    window_seconds: Annotated[int, told("Within what time they would go on.", 1_209_600)] = (
        1_209_600
    )
    against: Annotated[
        Id | None,
        told("The to-be map compared with; null: none.", "0198c7f0-0000-7000-8000-000000000041"),
    ] = None


class GapExclusion(Struct, frozen=True, gc=False):
    """What could not be looked at, and how often."""

    reason: Annotated[str, told("What, and why.", "drop_off: no events")]
    count: Annotated[int, told("How many times.", 1)]


class GapDepartment(Struct, frozen=True, gc=False):
    """How a department stands among the gaps that are listed."""

    department: Annotated[str, told("Which department.", "service")]
    gaps: Annotated[int, told("Gaps that concern it.", 12)]
    handoffs: Annotated[int, told("Handoffs among them.", 4)]
    worst: Annotated[float, told("The greatest severity of those handoffs; else 0.", 62.5)]


class GapList(Struct, gc=False):
    """A page of gaps, worst first, with counts over all that match."""

    definition: Annotated[GapDefinition, told("What they were computed from.")]
    items: Annotated[list[Gap], told("The gaps of this page.")]
    next: Annotated[
        str | None, told("Goes into `after` for the next page; null at the end.", cursors.EXAMPLE)
    ]
    total: Annotated[int, told("Gaps that match.", 17)]
    by_kind: Annotated[dict[str, int], told("How many of each kind match.", {"channel_handoff": 3})]
    by_about: Annotated[
        dict[str, int],
        told("How many are about clients, and about the map.", {"client": 11, "map": 6}),
    ]
    by_department: Annotated[
        list[GapDepartment], told("Those with the worst handoffs first; both sides of a crossing.")
    ]
    excluded: Annotated[list[GapExclusion], told("What could not be looked at, and how much.")]
    reasons: Annotated[
        dict[str, str],
        told("Why null members of the items are null.", {"priority": _REASONS["priority"]}),
    ]


class JourneyGaps(GapList, gc=False):
    """The gaps of one journey, with its strengths and opportunities beside them."""

    journey_id: Annotated[Id, told("Whose gaps they are.", "0198c7f0-0000-7000-8000-000000000040")]
    strengths: Annotated[list[Strength], told("Where it is strong already, in its order.")]
    opportunities: Annotated[
        list[Gap], told("Private steps at which we could be present: no gaps, worst first.")
    ]


class AskedGaps(Struct, frozen=True):
    """Which gaps, and which page of them. `stage` is a key or an id, `kinds` empty for all."""

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
    """A page of gaps, and all that match."""

    items: list[Gap]
    next: str | None
    matching: list[Gap]
    same: str

    @property
    def cursors(self) -> list[str]:
        """The cursor of each item."""
        return [_cursor(gap, self.same) for gap in self.items]


def page(gaps: Sequence[Gap], asked: AskedGaps, which: object) -> Page:
    """The gaps that are asked for, of a list in order. Raises `Malformed` for a foreign cursor.

    `which` is what else decides the list: a cursor is good for the same question alone.
    """
    matching = [gap for gap in gaps if _matches(gap, asked)]
    same = cursors.hashed([str(which), sorted(asked.kinds), asked.department, asked.min_severity])
    same = cursors.hashed([same, asked.status, sorted(asked.stages or ())])
    same = cursors.hashed([same, asked.dimension, asked.about])
    begin = 0
    if asked.after is not None:
        last = _rank(cursors.read(asked.after, ORDER, same))
        begin = next((n for n, gap in enumerate(matching) if gap.rank > last), len(matching))
    items = matching[begin : begin + asked.limit]
    more = begin + asked.limit < len(matching)
    return Page(items, _cursor(items[-1], same) if more else None, matching, same)


def _matches(gap: Gap, asked: AskedGaps) -> bool:
    return (
        (not asked.kinds or gap.kind in asked.kinds)
        and (asked.stages is None or gap.stage_id in asked.stages)
        and (asked.department is None or asked.department in gap.departments)
        and (asked.about is None or asked.about == about(gap))
        and (asked.dimension is None or asked.dimension in gap.dimensions)
        and gap.severity >= asked.min_severity
        and (asked.status is None or gap.status == asked.status)
    )


def _cursor(gap: Gap, same: str) -> str:
    value = msgspec.json.encode(gap.rank[:2]).decode()
    return cursors.written(Last(ORDER, same, value, str(gap.id)))


def _rank(last: Last) -> tuple[float, int, str]:
    try:
        value, position = msgspec.json.decode(last.value or "[0,0]", type=tuple[float, int])
    except msgspec.MsgspecError as error:
        raise Malformed("after is not a cursor of this list.") from error
    return value, position, last.id


def by_kind(gaps: Sequence[Gap]) -> dict[str, int]:
    """How many of each kind there are, in the order of the kinds."""
    counted = Counter(gap.kind for gap in gaps)
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


def about(gap: Gap) -> str:
    """Whether a gap is about the client or about the map."""
    return "map" if gap.kind in ABOUT_MAP else "client"


def by_about(gaps: Sequence[Gap]) -> dict[str, int]:
    """How many are about the client, how many about the map."""
    counted = Counter(map(about, gaps))
    return {which: counted[which] for which in ("client", "map")}


def by_department(gaps: Sequence[Gap]) -> list[GapDepartment]:
    """How each department stands: the worst handoffs first, then the most gaps."""
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        for department in gap.departments:
            found.setdefault(department, []).append(gap)
    rows = []
    for department, its in found.items():
        handoffs = [gap.severity for gap in its if gap.kind in HANDOFFS]
        rows.append(GapDepartment(department, len(its), len(handoffs), max(handoffs, default=0.0)))
    return sorted(rows, key=lambda row: (-row.worst, -row.gaps, row.department))


def definition(limits: GapLimits, **more: Any) -> GapDefinition:
    """The limits of a workspace, with what a question says otherwise."""
    weights = msgspec.structs.asdict(limits.handoff_weights)
    known = msgspec.structs.asdict(limits) | {"handoff_weights": weights}
    return GapDefinition(**{**known, **more})


def reasons_of(gap: Gap) -> dict[str, str]:
    """Why members of a gap are null."""
    return {name: said for name, said in _REASONS.items() if getattr(gap, name) is None}


def reasons(gaps: Sequence[Gap]) -> dict[str, str]:
    """Why members of some gaps are null, said once."""
    return {
        name: said
        for name, said in _REASONS.items()
        if any(getattr(gap, name) is None for gap in gaps)
    }


def excluded(unknown_times: int, undecided: int, gone: int = 0) -> list[GapExclusion]:
    """What was not looked at: kinds that need events, stretches and maps without times, and what
    a revision held and is not there any more.
    """
    found = [GapExclusion(f"{kind}: no events", 1) for kind in KINDS if kind in FROM_EVENTS]
    if unknown_times:
        found.append(GapExclusion("silence: stretches without an expected time", unknown_times))
    if undecided:
        found.append(GapExclusion("silence: journeys without a decision moment", undecided))
    if gone:
        found.append(GapExclusion("touchpoints and personas that are gone since", gone))
    return found


GAP_PARTS = (
    *(GapSignal, GapExplanation, GapEnds, GapWhere, GapPeriod, GapBaseline, GapWorth),
    *(GapDefinition, GapExclusion, GapDepartment),
)
"""The structs that gaps and their lists are made of."""
