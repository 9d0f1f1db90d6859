"""Lists of gaps as callers see them: a page of them, counts, and what they rest on."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import Struct, field

from service.domain import cursors
from service.domain.answers import told
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.insights.gaps.gap import (
    BY_FINDINGS,
    BY_PASSAGES,
    KINDS,
    Gap,
    GapEnds,
    GapExplanation,
    GapSignal,
    Strength,
)
from service.domain.insights.gaps.seen_in import (
    GapBaseline,
    GapDifference,
    GapKpi,
    GapPeriod,
    GapWhere,
    GapWorth,
)
from service.domain.preferences import GapLimits
from service.domain.shares import Proportion

ORDER = "severity × confidence, then position"
_CONCERNED = {"events": BY_PASSAGES, "findings": BY_FINDINGS, "references": frozenset(KINDS)}
"""The kinds that what is no kind itself concerns."""
_NO_EVENTS = "No events show it, or none were counted."
_REASONS = {
    "where": "It was seen in no slice of contacts.",
    "period": _NO_EVENTS,
    "baseline": "Nothing was compared.",
    "continuation": _NO_EVENTS,
    "undecided": _NO_EVENTS,
    "difference": "Nothing was compared.",
    "contacts_lost": "Nothing was compared.",
    "value_lost": "No contacts were lost, or it is not known what a conversion is worth.",
    "kpi": "It is about no KPI.",
    "priority": "It was dismissed, or no action that answers it has an effort.",
    "transition": "It is no crossing of two steps.",
    "stage_id": "It is of the whole map.",
    "step_id": "It is of a whole stage, or of the whole map.",
    "item_key": "It is about no question, pain or objection.",
    "managed": "It is no handoff.",
    "reason": "Nobody has said one.",
    "judged_by": "Nobody has judged it, or whoever did was not named.",
    "judged_at": "Nobody has judged it.",
    "first_seen_at": "The worker has not seen it yet; opportunities it does not look for.",
}


class GapDefinition(Struct, frozen=True, gc=False, kw_only=True):
    """What the gaps were computed from, and the limits and weights they were measured by."""

    revision: Revision = "draft"
    mode: Annotated[
        str,
        told(
            "`static`: of maps and findings alone; `observed`: of what contacts did as well.",
            "static",
        ),
    ] = "static"
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
    unit: Annotated[str, told("Whose path is judged.", "contact")] = "contact"
    window_seconds: Annotated[int, told("Within what time they go on.", 1_209_600)] = 1_209_600
    baseline: Annotated[
        str | None,
        told("What the range is compared with, as asked; null: as it is by default.", "before"),
    ] = None
    scan: Annotated[str | None, told("What is compared with all before it.", "week")] = None
    filter: Annotated[Any | None, told("Which events were looked at; null: all.", {"all": []})] = (
        None
    )
    by_profile: Annotated[bool, told("Whether profiles were told apart as well.", False)] = False
    against: Annotated[
        Id | None,
        told("The to-be map compared with; null: none.", "0198c7f0-0000-7000-8000-000000000041"),
    ] = None


class GapExclusion(Struct, frozen=True, gc=False):
    """What could not be looked at, and how often."""

    reason: Annotated[
        str,
        told(
            "What, and why by a code: a kind of gap, else `events`, `findings` or `references`,"
            " each with `: ` behind. `no_events`: there are none; `no_expected_time`: stretches on"
            " the way to the decision of which a time is unknown; `no_decision_moment`: maps"
            " without one; `gone`: touchpoints and personas that a revision held and that are gone"
            " since; `too_few_contacts` and `small_cell`: comparisons that are not told, of"
            " `unobserved` names of events; `too_many_names`: names beyond those looked for;"
            " `not_bound`, `took_too_long`, `needs_analytics_read`: events could not be asked;"
            " of `kpi_shortfall` also `no_target` and `not_known`.",
            "drop_off: no_events",
        ),
    ]
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


def excluded(
    unknown_times: int,
    undecided: int,
    left_out: Mapping[str, int],
    gone: int = 0,
    without: Mapping[str, int] = MappingProxyType({}),
    *,
    kinds: Collection[str],
) -> list[GapExclusion]:
    """What was not looked at, as far as it concerns gaps of these kinds: kinds that need events,
    stretches and maps without times, findings about people who are not analysed, and what a
    revision held and is not there any more. `without` counts what events did not tell, and of whom
    they do not, by the reason.
    """
    found = {
        **without,
        "silence: no_expected_time": unknown_times,
        "silence: no_decision_moment": undecided,
        **{f"findings: {why}": count for why, count in left_out.items()},
        "references: gone": gone,
    }
    return [
        GapExclusion(why, count)
        for why, count in found.items()
        if count and not _concerned(why).isdisjoint(kinds)
    ]


def _concerned(reason: str) -> frozenset[str]:
    """The kinds of gaps that may be others, or more, for a reason."""
    what = reason.partition(":")[0]
    return _CONCERNED.get(what, frozenset({what}))


GAP_PARTS = (
    *(Proportion, GapSignal, GapExplanation, GapEnds, GapWhere, GapPeriod, GapBaseline),
    *(GapDifference, GapKpi, GapWorth),
    *(GapDefinition, GapExclusion, GapDepartment),
)
"""The structs that gaps and their lists are made of."""
