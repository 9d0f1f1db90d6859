"""Every kind of gap that needs no events, on a journey worked by hand.

The map stands in `worked_map`; each severity and confidence is worked out beside it here, from
the domain's formula alone: severity = 100 × Σ w·s / Σ w over the known signals, confidence =
Σ w known / Σ all w.
"""

import pytest

from service.domain.insights.gaps.analysis import Analysis, analysed
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.scene import Scene
from service.domain.preferences import DEFAULTS
from tests.pure.worked_map import LINEAGE, TODAY, shall_be, worked

Figures = dict[tuple[str, str], tuple[float, float]]
"""Severity and confidence by kind and place."""

HANDOFFS: Figures = {
    # Weights 0.2, 0.25, 0.15, (0.3, 0.1 unknown): 0.6 of 1 is known.
    # 1 → 2: the device; 1 falls to 0.5. (0.2 × 1/3 + 0.25 × 0.5/4 + 0.15 × 0) / 0.6
    ("device_handoff", "s1 s2"): (100 * (0.2 / 3 + 0.25 * 0.125) / 0.6, 0.6),
    # 2 → 4: department and channel, one gap of the first. (0.2 × 2/3 + 0 + 0) / 0.6
    ("department_handoff", "s2 s4"): (100 * (0.2 * 2 / 3) / 0.6, 0.6),
    # 5 → 6: the channel, managed, 1/3 × 0.25; −1 rises. (0.2 × 1/12 + 0 + 0.15 × 0.25) / 0.6
    ("channel_handoff", "s5 s6"): (100 * (0.2 / 12 + 0.15 * 0.25) / 0.6, 0.6),
    # 9 → 10: the channel; 9 has no department, so that is unknown. (0.2 × 1/3) / 0.6
    ("channel_handoff", "s9 s10"): (100 * (0.2 / 3) / 0.6, 0.6),
}
FELT: Figures = {
    # 5: a low of −1, a fall of 2. 0.6 × 1/2 + 0.4 × 2/4 = 0.5
    ("emotional_low", "s5"): (50, 1),
    # 9: a low of −1.5, a fall of 2. 0.6 × 1.5/2 + 0.4 × 2/4 = 0.65
    ("emotional_low", "s9"): (65, 1),
    # 6: partly met, rated −0.5. 0.6 × 0.5 + 0.2 × 0.25 + 0.2 × 0 = 0.35
    ("unmet_expectation", "s6"): (35, 1),
    # 8: 600 s waited of 300; fields and drop-off unknown. 0.3 × (1 − 300/600) / 0.3; 0.3 of 1
    ("effort", "s8"): (50, 0.3),
    # 11: 25 fields of 10, 60 s. (0.3 × 0 + 0.3 × (1 − 10/25)) / 0.6; 0.6 of 1
    ("effort", "s11"): (30, 0.6),
}
PRESENT: Figures = {
    # Two of the three steps of Decide are without us (9 meets a competitor alone).
    # 8: 0.6 × 2/3 + 0 + 0; 9: 0.6 × 2/3 + 0.2 × 1.5/2 + 0.2 × 1, the decision
    ("missing_touchpoint", "s8"): (40, 1),
    ("missing_touchpoint", "s9"): (75, 1),
    # 7 to 9: 20 days are known of two times, 14 are let pass; 0 falls to −1.5.
    # 0.7 × (1 − 14/20) + 0.3 × 1.5/4 = 0.3225; half of the times
    ("silence", "s7 s9"): (32.25, 0.5),
    ("uncovered_stage", "Elsewhere"): (80, 1),
    ("uncovered_stage", "s9"): (70, 1),
    ("uncovered_stage", "After"): (60, 1),
}
SAID: Figures = {
    # Notice: its only question; its rated steps are not below zero. 0.4 × 1/1
    ("unanswered_question", "Notice: Why now?"): (40, 1),
    # 4: one of two questions. 0.4 × 1/2
    ("unanswered_question", "s4: Who pays?"): (20, 1),
    # 5: one of two pains, an action answers the other; rated −1. 0.4 × 1/2 + 0.3 × 1/2
    ("unaddressed_pain", "s5: Waiting"): (35, 1),
    # Compare: its only objection; its steps are 0, 0.5 and 0.25 low, 0.25 in the mean.
    ("unaddressed_pain", "Compare: Too dear"): (100 * (0.4 + 0.3 * 0.25), 1),
}
SUPPORTED: Figures = {
    # 7: all stale; rated 0. 0.25 × 0 + 0.1 × 0 + 0.15 × 1 + 0 + 0
    ("evidence", "s7"): (15, 1),
    # 10: both kinds of one department; rated 0. 0.1 × 1
    ("evidence", "s10"): (10, 1),
    # 11: one kind; rated 1. 0.25 × 1/2 + 0.25 × 1/2
    ("evidence", "s11"): (25, 1),
    # 12: none; rated 1.5; whether stale is unknown. (0.25 + 0.1 + 0.25 × 1.5/2) / 0.85
    ("evidence", "s12"): (100 * 0.5375 / 0.85, 0.85),
    # After: none; nothing rated, nothing dated. (0.25 + 0.1 + 0) / 0.6
    ("evidence", "After"): (100 * 0.35 / 0.6, 0.6),
    # Ann: none; nothing decided, nothing felt. (0.25 + 0.1) / 0.85
    ("evidence", "Ann"): (100 * 0.35 / 0.85, 0.85),
    # 2: one of three findings is about firms (the young savers at 1 are savers).
    # 0.6 × 1/3 + 0.4 × 1/10
    ("off_profile_evidence", "s2"): (24, 1),
    # The branch: 0.6 × 1 + 0.4 × 2/12
    ("ownership", "Branch"): (100 * (0.6 + 0.4 / 6), 1),
    # Marketing signed the review before, not the latest that is due; 2 of 12 steps.
    ("ownership", "marketing"): (100 * (0.6 * 0.5 + 0.4 / 6), 1),
    # Service signed none; 3 of 12 steps. Sales signed the latest.
    ("ownership", "service"): (100 * (0.6 + 0.4 / 4), 1),
}
DIFFERENT: Figures = {
    # 11: two members otherwise, 1 shall be 1.5. 0.5 × 2/4 + 0.5 × 0.5/4
    ("to_be", "s11"): (31.25, 1),
    # A step more: the gain is unknown. An action carries that step 8 goes.
    ("to_be", "Use"): (100, 0.5),
}
ALL: Figures = {**HANDOFFS, **FELT, **PRESENT, **SAID, **SUPPORTED, **DIFFERENT}


@pytest.fixture
def found() -> Analysis:
    here = Scene(worked(), DEFAULTS, TODAY, LINEAGE)
    return analysed(here, Scene(shall_be(), DEFAULTS, TODAY, LINEAGE), {})


def place(gap: Gap) -> str:
    """Where a gap is, as the tables above name it."""
    told, keys = gap.explanation.values, {f"as{n}": f"s{n}" for n in range(1, 13)}
    if gap.transition is not None:
        return f"{keys[str(gap.transition.from_step_id)]} {keys[str(gap.transition.to_step_id)]}"
    for name in ("touchpoint", "department" if gap.kind == "ownership" else "", "persona"):
        if name in told:
            return str(told[name])
    at = keys[str(gap.step_id)] if gap.step_id else str(told["stage"])
    return f"{at}: {told['item']}" if "item" in told else at


def test_every_gap_is_as_worked_by_hand_and_there_is_no_other(found: Analysis) -> None:
    assert {(gap.kind, place(gap)) for gap in found.gaps} == set(ALL)
    assert len(found.gaps) == len(ALL)
    for gap in found.gaps:
        worked_out = ALL[gap.kind, place(gap)]
        assert (gap.severity, gap.confidence) == pytest.approx(worked_out), (gap.kind, place(gap))


def test_a_severity_is_what_its_own_signals_say(found: Analysis) -> None:
    for gap in (*found.gaps, *found.opportunities):
        known = sum(signal.weight for signal in gap.signals)
        over = sum(signal.weight * signal.value for signal in gap.signals)
        assert gap.severity == pytest.approx(100 * over / known)


def test_the_worst_stand_first(found: Analysis) -> None:
    # Among them two of 35 by hand, one of them 58.333… × 0.6: they stand as they do on the map.
    ranks = [(-round(gap.severity * gap.confidence, 6), gap.position) for gap in found.gaps]
    assert sum(rank == -35 for rank, _ in ranks) > 1
    assert ranks == sorted(ranks)


def test_a_crossing_of_two_dimensions_is_one_gap_of_the_first(found: Analysis) -> None:
    (gap,) = (gap for gap in found.gaps if gap.kind == "department_handoff")
    assert (gap.dimensions, gap.departments) == (["department", "channel"], ["marketing", "sales"])
    assert gap.managed is False
    assert gap.unknown == ["excess_drop_off", "excess_delay"]


def test_a_private_step_is_an_opportunity_and_no_gap(found: Analysis) -> None:
    (opening,) = found.opportunities
    # Its only private step is without us; it is not rated. (0.6 × 1 + 0.2 × 0) / 0.8
    assert (opening.step_id, opening.severity, opening.confidence) == ("as3", 75, 0.8)


def test_strengths_are_highs_with_both_kinds_of_evidence_and_managed_crossings(
    found: Analysis,
) -> None:
    # 12 is the greatest high, but nothing supports it.
    told = [(one.kind, one.step_id) for one in found.strengths]
    assert told == [("high", "as1"), ("high", "as4"), ("managed_crossing", "as6")]


def test_actions_at_a_step_answer_its_gaps_and_give_them_a_priority(found: Analysis) -> None:
    at = {gap.kind: gap for gap in found.gaps if gap.step_id == "as8"}
    assert {kind: gap.action_ids for kind, gap in at.items()} == {
        "missing_touchpoint": ["drops-8"],
        "effort": ["drops-8"],
    }
    # impact × confidence / effort
    assert at["missing_touchpoint"].priority == 60 * 1 / 2
    assert at["effort"].priority == pytest.approx(60 * 0.3 / 2)
    assert all(gap.action_ids == [] for gap in found.gaps if gap.kind == "unaddressed_pain")
