"""What a gap and a strength are: plain structs, encoded as they stand.

A gap's id is a UUIDv5 of its journey, its kind, the keys of its steps and its slice, so it stays
the same while the gap lasts, however often it is computed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha1
from typing import Annotated, Literal, get_args
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id
from service.domain.insights.gaps.seen_in import (
    GapBaseline,
    GapDifference,
    GapKpi,
    GapPeriod,
    GapWhere,
    GapWorth,
)
from service.domain.insights.rules import rounded, worth
from service.domain.shares import Proportion

Kind = Literal[
    "device_handoff",
    "department_handoff",
    "channel_handoff",
    "emotional_low",
    "drop_off",
    "delay",
    "effort",
    "missing_touchpoint",
    "unanswered_question",
    "unaddressed_pain",
    "silence",
    "unmet_expectation",
    "no_data",
    "uncovered_stage",
    "evidence",
    "off_profile_evidence",
    "ownership",
    "kpi_shortfall",
    "detour",
    "unobserved",
    "to_be",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEANINGS: Mapping[str, str] = {
    "device_handoff": "The device changes from one step to the next.",
    "department_handoff": "Another department takes over.",
    "channel_handoff": "The channel changes from one step to the next.",
    "emotional_low": "A low below zero, or a steep fall in emotion.",
    "drop_off": "More contacts leave than elsewhere or before.",
    "delay": "It takes longer than expected.",
    "effort": "Forms or waiting beyond the workspace's limits.",
    "missing_touchpoint": "A step at which we are not there.",
    "unanswered_question": "A question that no content answers.",
    "unaddressed_pain": "A pain or objection that nothing addresses.",
    "silence": "Too long without a planned touch on the way to the decision.",
    "unmet_expectation": "What is expected is met partly or missed.",
    "no_data": "A touchpoint that nothing is known from.",
    "uncovered_stage": "A stage without steps or a way on, or a decision nobody owns.",
    "evidence": "What the map says rests on too little.",
    "off_profile_evidence": "Findings about somebody of another customer type.",
    "ownership": "A touchpoint nobody owns, or a department that has not reviewed.",
    "kpi_shortfall": "A KPI misses its target.",
    "detour": "Contacts go a way that the map does not have.",
    "unobserved": "No contact takes a step, or no step claims frequent events.",
    "to_be": "A difference to the to-be map that no action carries.",
}
ABOUT_MAP: frozenset[str] = frozenset(
    {
        *("no_data", "uncovered_stage", "evidence", "off_profile_evidence", "ownership"),
        *("detour", "unobserved", "to_be"),
    }
)
"""What the map itself does not know, have or get done; all other kinds are what clients meet."""
HANDOFFS = frozenset({"device_handoff", "department_handoff", "channel_handoff"})
FROM_EVENTS = frozenset({"drop_off", "delay", "kpi_shortfall", "detour", "unobserved"})
"""The kinds that nothing but events shows."""
BY_PASSAGES = HANDOFFS | (FROM_EVENTS - {"kpi_shortfall"}) | {"effort", "no_data"}
"""The kinds that are found, or weighed, by how contacts pass over a map."""
BY_FINDINGS = frozenset({"no_data", "evidence", "off_profile_evidence"})
"""The kinds that are found by what findings are about."""
Status = Literal["open", "accepted", "dismissed"]
Value = str | int | float | bool | list[str] | None
Rank = tuple[float, int, str]
"""Where a gap stands among others: the smaller, the worse."""


_STEP, _NEXT = "0198c7f0-0000-7000-8000-000000000060", "0198c7f0-0000-7000-8000-000000000061"
_GAP, _ACTION = "7c1f8d4e-5f0e-5a53-9d7f-4a1f3f0c2b61", "0198c7f0-0000-7000-8000-0000000000a0"
_STAGE, _JOURNEY = "0198c7f0-0000-7000-8000-000000000050", "0198c7f0-0000-7000-8000-000000000040"


class GapSignal(Struct, frozen=True, gc=False):
    """One figure that a severity was computed from, 0 to 1, and how much it counts."""

    name: Annotated[str, told("Which figure it is.", "emotion_drop")]
    value: Annotated[float, told("Its value, 0 to 1.", 0.5)]
    weight: Annotated[float, told("How much it counts beside the others.", 0.25)]
    count: Annotated[int | None, told("How many values of the map or findings it rests on.", 2)] = (
        None
    )


class GapExplanation(Struct, gc=False):
    """Why it was found: a code that stays, the values in the sentence, and the sentence."""

    code: Annotated[str, told("Which sentence it is, in any language.", "handoff_unmanaged")]
    values: Annotated[
        dict[str, Value],
        told("What the sentence tells.", {"from_step": "Call", "to_step": "Sign"}),
    ]
    text: Annotated[
        str, told("The sentence, in the caller's language.", "“Call” hands over to “Sign”.")
    ] = ""


class GapEnds(Struct, frozen=True, gc=False):
    """The two steps of a transition."""

    from_step_id: Annotated[Id, told("The step before.", _STEP)]
    to_step_id: Annotated[Id, told("The step after.", _NEXT)]


class Gap(Struct, gc=False):
    """A place at which the client may go elsewhere, or at which the map itself does not know.

    severity = 100 × Σ w·s / Σ w over the signals that are known; confidence = Σ w known / Σ all w;
    priority = impact × confidence / effort of the action that promises most, of a gap that nobody
    has dismissed; the severity stands for an impact that nobody has said.
    """

    id: Annotated[Id, told("Stays the same while the gap lasts.", _GAP)]
    journey_id: Annotated[Id, told("The map it was found on.", _JOURNEY)]
    kind: Annotated[Kind, told("What sort of gap it is.", "department_handoff")]
    position: Annotated[
        int, told("Where on the map: the position of its step, from 0; −1: the whole map.", 4)
    ]
    severity: Annotated[float, told("How bad, 0 to 100.", 47.5)]
    confidence: Annotated[float, told("How much of what decides is known, 0 to 1.", 0.6)]
    signals: Annotated[list[GapSignal], told("What the severity was computed from.")]
    explanation: Annotated[GapExplanation, told("Why it was found.")]
    stage_id: Annotated[Id | None, told("Its stage; null: the whole map's.", _STAGE)] = None
    step_id: Annotated[
        Id | None, told("Its step; of a crossing, the one after it. Null: a stage's.", _STEP)
    ] = None
    transition: Annotated[
        GapEnds | None, told("The crossing, of a handoff or a silence; else null.")
    ] = None
    dimensions: Annotated[
        list[str], told("What changes there: department, channel, device.", ["channel"])
    ] = []
    departments: Annotated[
        list[str], told("Whom it concerns; of a crossing, both.", ["sales", "service"])
    ] = []
    item_key: Annotated[
        str | None, told("The question, pain or objection it is about; else null.", "fees")
    ] = None
    managed: Annotated[
        bool | None,
        told("Of a handoff: whether it is said what is handed over, and to whom.", False),
    ] = None
    unknown: Annotated[
        list[str], told("Signals that nothing is known of, left out.", ["excess_drop_off"])
    ] = []
    status: Annotated[Status, told("What people made of it.", "open")] = "open"
    reason: Annotated[
        str | None, told("Why it was accepted or dismissed; null: nobody said.", "By design")
    ] = None
    version: Annotated[
        int, told("Rises when people judge it anew, as `status` and `reason`; 0: never.", 1)
    ] = 0
    judged_by: Annotated[
        str | None, told("Who judged it last, as named by Waypost-Actor.", "Ann <ann@example.org>")
    ] = None
    judged_at: Annotated[datetime | None, told("When that was.", "2026-05-04T16:05:12Z")] = None
    first_seen_at: Annotated[
        datetime | None,
        told("Since when it is there, as the worker saw it.", "2026-05-02T08:00:00Z"),
    ] = None
    priority: Annotated[
        float | None, told("Impact × confidence ÷ effort; null: dismissed, or no effort.", 12.5)
    ] = None
    action_ids: Annotated[list[Id], told("The actions that answer it.", [_ACTION])] = []
    where: Annotated[GapWhere | None, told("The slice it was seen in; null: all contacts.")] = None
    period: Annotated[GapPeriod | None, told("When it was seen; null without events.")] = None
    baseline: Annotated[
        GapBaseline | None, told("What it was compared with; null without events.")
    ] = None
    continuation: Annotated[
        Proportion | None,
        told("Who went on of those who came and are not undecided; null without events."),
    ] = None
    undecided: Annotated[int | None, told("Those who may still go on, apart.", 3)] = None
    difference: Annotated[
        GapDifference | None, told("How that differs from the baseline; null: not compared.")
    ] = None
    kpi: Annotated[GapKpi | None, told("The KPI that misses its target; else null.")] = None
    contacts_lost: Annotated[
        int | None, told("Contacts lost beyond the baseline; null without events.", 130)
    ] = None
    value_lost: Annotated[GapWorth | None, told("What they are worth; null without events.")] = None
    reasons: Annotated[
        dict[str, str] | UnsetType,
        told("Of a gap by itself: why null members are null.", {"priority": "No effort is set."}),
    ] = UNSET

    @property
    def rank(self) -> Rank:
        """Worst first: severity × confidence, then position; the id makes it one order."""
        return -worth(self.severity, self.confidence), self.position, str(self.id)


class Strength(Struct, gc=False):
    """A place at which the journey is strong already."""

    kind: Annotated[
        Literal["high", "managed_crossing", "kpi_met"],
        told("What sort of strength it is.", "high"),
    ]
    journey_id: Annotated[Id, told("The map it was found on.", _JOURNEY)]
    position: Annotated[int, told("The position of its step, from 0; −1: the whole map.", 4)]
    stage_id: Annotated[Id | None, told("Where it is strong; null: the whole map.", _STAGE)]
    step_id: Annotated[
        Id | None, told("Its step; of a crossing, the one after it. Null: a stage's.", _STEP)
    ]
    transition: Annotated[GapEnds | None, told("The crossing; else null.")]
    departments: Annotated[list[str], told("Whom it concerns.", ["service"])]
    explanation: Annotated[GapExplanation, told("Why it is one.")]
    kpi: Annotated[GapKpi | None, told("The KPI that meets its target; else null.")] = None


_VARIANT = {f"{n:x}": f"{n & 3 | 8:x}" for n in range(16)}
"""A digit whose two upper bits say how the id is laid out."""


class Naming:
    """Makes the ids of one journey's gaps: UUIDv5 within its own, of kind, step keys and slice."""

    def __init__(self, journey_id: str) -> None:
        # What all ids of the journey have in common is hashed once.
        self._begun = sha1(UUID(journey_id).bytes, usedforsecurity=False)

    def id(self, kind: str, keys: Sequence[str], slice_: str = "") -> str:
        """The id of a gap."""
        hashing = self._begun.copy()
        hashing.update("\n".join((kind, *keys, "", slice_)).encode())
        text = hashing.hexdigest()
        # RFC 9562: version 5, and the variant.
        variant = _VARIANT[text[16]]
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


Weighed = tuple[str, float | None, float, int | None]
"""A signal as it is computed: its name, its value or None where it is unknown, weight, count."""


def weighed(signals: Iterable[Weighed]) -> tuple[float, float, list[GapSignal], list[str]]:
    """Severity 0 to 100, confidence 0 to 1, the known signals, and the names of the others.

    severity = 100 × Σ w·s / Σ w over the known, confidence = Σ w known / Σ all w. A weight of 0
    leaves a signal out of both; nothing known at all is severity 0 with confidence 0.
    """
    known: list[GapSignal] = []
    unknown: list[str] = []
    total = over = of_known = 0.0
    for name, value, weight, count in signals:
        total += weight
        if value is None:
            unknown.append(name)
            continue
        of_known += weight
        over += weight * value
        known.append(GapSignal(name, rounded(value), weight, count))
    if of_known <= 0:
        return 0.0, 0.0, known, unknown
    # The quotient of sums may stand one unit in the last place beyond its bounds.
    severity, confidence = min(100.0, 100 * over / of_known), min(1.0, of_known / total)
    return rounded(severity), rounded(confidence), known, unknown
