"""Shares, the grid of challenges and the order of a plan, computed from plain values."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import msgspec
import pytest

from service.domain.insights.escaping import marked_down
from service.domain.insights.gaps.gap import Gap, GapExplanation
from service.domain.insights.planning.challenges import Chosen, challenges
from service.domain.insights.planning.coverage import coverage
from service.domain.insights.planning.material import Material
from service.domain.insights.planning.plan import Weighed, plan
from service.domain.insights.planning.plan_words import WORDS
from service.domain.languages import Language
from service.domain.shares import proportion

STAGE = {
    **{"id": "s1", "key": "look", "name": "We look", "phase": "prospect", "funnel_stage": None},
    **{"goals": [], "decision_factors": [], "objections": []},
    "questions": [{"key": "fees", "text": "What does it cost?", "topic": "price"}],
}
STEP = {
    **{"id": "p1", "key": "call", "stage_id": "s1", "action": "Call", "private": False},
    **{"department": None, "questions": [], "touchpoint_ids": []},
    "pains": [{"key": "fees", "text": "Hidden fees"}],
}
ACTION = {
    **{"kind": "improve", "status": "planned", "department": None, "due_on": None},
    **{"effort": None, "impact": None, "cost": None, "gap_ids": [], "content_ids": []},
}


def material(**members: Any) -> Material:
    """A map of one stage with one step."""
    body = {"title": "Finding", "scope": None, "stages": [STAGE], "steps": [STEP], **members}
    return msgspec.convert(body, Material)


def action(title: str, *, at: Any = ("s1", None, None), **members: Any) -> dict[str, Any]:
    """An action for a stage, a step or a key there."""
    target = dict(zip(("stage_id", "step_id", "item_key"), at, strict=True))
    return {**ACTION, "id": title, "title": title, "targets": [target], **members}


def gap(name: str, severity: float, confidence: float, status: Any = "open", by: Any = ()) -> Gap:
    """A gap of the stage, and the actions that answer it."""
    told = GapExplanation("code", {}, f"Gap {name}")
    return Gap(
        *(name, "j1", "department_handoff", 0, severity, confidence, [], told),
        stage_id="s1",
        status=status,
        action_ids=list(by),
    )


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # R: prop.test(k, n, correct = FALSE)$conf.int
    [(8, 10, 0.4901625, 0.9433178), (1, 3, 0.0614919, 0.7923404), (50, 100, 0.4038315, 0.5961685)],
)
def test_a_share_has_wilsons_interval(k: int, n: int, low: float, high: float) -> None:
    found = proportion(k, n)
    assert found.value == k / n
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))


def test_the_ends_are_exact_and_nothing_is_no_share() -> None:
    assert proportion(0, 5).low == 0
    assert proportion(5, 5).high == 1
    nothing = proportion(0, 0)
    assert (nothing.value, nothing.low, nothing.high) == (None, None, None)
    assert nothing.reason


def test_every_share_lies_in_its_interval() -> None:
    for n in range(1, 40):
        for k in range(n + 1):
            found = proportion(k, n)
            assert found.low is not None
            assert found.high is not None
            assert 0 <= found.low <= k / n <= found.high <= 1


def test_actions_answer_where_they_say_and_rejected_ones_nowhere() -> None:
    actions = [
        action("step", at=(None, "p1", "fees")),
        action("no", at=("s1", None, "fees"), status="rejected"),
        action("gone", at=("s1", None, "nothing")),
    ]
    grid = challenges("j1", material(actions=actions), Chosen())
    question, pain = grid.items
    assert (question.empty, [one.action_id for one in pain.actions]) == (True, ["step"])
    assert [(one.action_id, one.stage_key) for one in grid.dangling] == [("gone", "look")]
    assert [(one.reason, one.count) for one in grid.excluded] == [("rejected_action", 1)]


def test_an_action_answers_a_pain_but_no_question() -> None:
    actions = [action("a", at=("s1", None, "fees")), action("b", at=(None, "p1", "fees"))]
    found = coverage("j1", material(actions=actions))
    assert found.questions.share.value == 0
    assert found.pains.share.value == 1


def test_a_finding_counts_once_for_a_stage_whatever_of_it_it_is_about() -> None:
    one = {"id": "e1", "kind": "analytical"}
    findings = [
        {**one, "stage_id": None, "step_id": "p1"},
        {**one, "stage_id": "s1", "step_id": None},
    ]
    found = coverage("j1", material(findings=findings)).evidence
    assert [(row.analytical, row.anecdotal) for row in found.per_stage] == [(1, 0)]
    assert [(row.analytical, row.anecdotal) for row in found.per_step] == [(1, 0)]
    assert found.stages.both.value == 0


def test_the_most_worthwhile_comes_first_and_what_has_no_effort_behind() -> None:
    """By hand: 0.5 ÷ 0.01 = 50, sure as it answers no open gap; 60 × 1 ÷ 3 = 20; 50 × 0.5 ÷ 2 =
    12.5, more than 20 × 1 ÷ 2; 10 ÷ 1 = 10.
    """
    gaps = [
        gap("g1", 50, 0.5, by=["by its gap"]),
        gap("g2", 20, 1, by=["by its gap", "ten", "twenty"]),
        gap("g3", 90, 1, "dismissed", by=["by its gap", "effort alone", "no gap"]),
    ]
    actions = [
        action("ten", impact=10, effort=1),
        action("twenty", impact=60, effort=3),
        action("by its gap", effort=2),
        action("large, no effort", impact=90),
        action("small, no effort", impact=1),
        action("no gap", impact=0.5, effort=0.01),
        action("nothing known", due_on="2026-01-01"),
        action("effort alone", effort=1),
        action("done", status="done", impact=1000, effort=1),
    ]
    want = ["no gap", "twenty", "by its gap", "ten", "large, no effort", "small, no effort"]
    for few in permutations(actions[:5]):
        given = material(actions=[*few, *actions[5:]])
        (stage,) = plan("j1", given, Weighed(gaps), WORDS[Language.EN]).stages
        assert [one.title for one in stage.actions] == [
            *want,
            "nothing known",
            "effort alone",
        ]
    assert [one.priority for one in stage.actions[:5]] == [50, 20, 12.5, 10, None]
    assert stage.actions[2].gap_ids == ["g1", "g2"]
    assert [one.reason for one in stage.actions[-2:]] == [
        "no_effort",
        "no_impact",
    ]


def test_a_dismissed_gap_is_counted_and_not_shown() -> None:
    gaps = [gap("g1", 50, 1), gap("g2", 20, 1, "dismissed")]
    found = plan("j1", material(), Weighed(gaps), WORDS[Language.EN])
    assert [one.gap_id for one in found.stages[0].gaps] == ["g1"]
    assert [(one.reason, one.count) for one in found.excluded] == [("dismissed_gap", 1)]


def test_currencies_are_never_mixed() -> None:
    costs = [("0.1", "EUR"), ("0.2", "EUR"), ("100", "JPY")]
    actions = [
        action(f"a{n}", cost={"amount": Decimal(amount), "currency": currency})
        for n, (amount, currency) in enumerate(costs)
    ]
    found = plan("j1", material(actions=actions), Weighed(), WORDS[Language.EN])
    assert [(one.currency, one.amount) for one in found.costs] == [
        ("EUR", Decimal("0.3")),
        ("JPY", Decimal(100)),
    ]


def test_no_word_is_missing_in_any_language() -> None:
    assert set(WORDS) == set(Language)
    assert all(all(words) for words in WORDS.values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b> & *c*", r"\<b\> \& \*c\*"),
        ("1. one", r"1\. one"),
        ("- one", r"\- one"),
        ("# one\n# two", r"\# one \# two"),
        ("a | b", r"a \| b"),
        ("https://x.org", r"https\://x.org"),
        (r"\|", r"\\\|"),
        ("2026-05-01", "2026-05-01"),
    ],
)
def test_markdown_takes_a_text_for_text(text: str, shown: str) -> None:
    assert marked_down(text) == shown
