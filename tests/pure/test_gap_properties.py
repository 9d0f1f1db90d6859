"""What holds of the gaps of any map."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from service.domain.insights.gaps.analysis import analysed
from service.domain.insights.gaps.gap import Gap, weighed
from service.domain.insights.gaps.handoffs import handoffs
from service.domain.insights.gaps.map import (
    Finding,
    Item,
    Map,
    Met,
    Persona,
    Review,
    Stage,
    Step,
    Touchpoint,
    Transition,
)
from service.domain.insights.gaps.scene import Scene
from service.domain.preferences import DEFAULTS, GapLimits, HandoffWeights
from tests.pure.worked_map import JOURNEY, LINEAGE, TODAY

RATINGS = some.sampled_from([None, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2])
MAYBE = some.sampled_from([None, "a", "b", "c"])
ITEMS = some.lists(some.sampled_from("xyz"), max_size=2, unique=True)


@some.composite
def steps(draw: Any) -> Step:
    items = [Item(key, key) for key in draw(ITEMS)]
    return Step(
        draw(some.uuids(version=4).map(str)),
        "",
        f"stage{draw(some.integers(0, 2))}",
        "Something",
        private=draw(some.booleans()),
        emotion=draw(RATINGS),
        channel=draw(MAYBE),
        device=draw(MAYBE),
        department=draw(MAYBE),
        waited_seconds=draw(some.sampled_from([None, 0, 301, 10**6])),
        form_fields=draw(some.sampled_from([None, 0, 11])),
        decision_moment=draw(some.booleans()),
        expected=True,
        actual=True,
        outcome_met=draw(some.sampled_from([None, "met", "partly", "missed"])),
        questions=items,
        pains=items,
    )


@some.composite
def maps(draw: Any) -> Map:
    """Some map: up to eight steps in three stages, tied, met and found about at will."""
    found = draw(some.lists(steps(), min_size=2, max_size=8, unique_by=lambda step: step.id))
    found.sort(key=lambda step: step.stage_id)
    for n, step in enumerate(found):
        step.key = f"s{n}"
    which = some.sampled_from([step.id for step in found])
    ends = draw(some.lists(some.tuples(which, which), max_size=10, unique=True))
    told = some.sampled_from([None, "the file"])
    ties = [
        Transition(f"t{n}", one, other, expected_seconds=10**7, hands_over=draw(told))
        for n, (one, other) in enumerate(ends)
    ]
    ties = [replace(one, received_by=draw(MAYBE)) for one in ties]
    catalogue = [Touchpoint(f"p{n}", f"p{n}", "Place", draw(MAYBE)) for n in range(3)]
    places = some.sampled_from([one.id for one in catalogue])
    targets = some.one_of(which, places, some.sampled_from(["stage0", JOURNEY, "ann"]))
    kinds = some.sampled_from(["analytical", "anecdotal"])
    profiles = some.sampled_from([None, *LINEAGE])
    about = draw(some.lists(some.tuples(targets, kinds, MAYBE, profiles), max_size=8))
    return Map(
        JOURNEY,
        "A map",
        1,
        "as_is",
        None,
        None,
        [Stage(f"stage{n}", f"stage{n}", f"Stage {n}") for n in range(3)],
        found,
        [Met(*pair) for pair in draw(some.lists(some.tuples(which, places), max_size=6))],
        catalogue,
        ties,
        [Finding(at, kind, who, TODAY, whose) for at, kind, who, whose in about],
        [],
        [],
        [Review(TODAY, True, ["a"])],
        [Persona("ann", "Ann", "p1", ["age"])],
        [],
    )


def gaps(one: Map, limits: GapLimits = DEFAULTS) -> list[Gap]:
    found = analysed(Scene(one, limits, TODAY, LINEAGE), None, {})
    return [*found.gaps, *found.opportunities]


def changed(one: Map, **members: Any) -> Map:
    """Another map, with steps of its own: laying it out fills them in."""
    return replace(one, **{"steps": [replace(step) for step in one.steps], **members})


@settings(max_examples=50)
@given(maps())
def test_severities_and_confidences_are_bounded_and_ids_are_its_own(one: Map) -> None:
    found = gaps(one)
    for gap in found:
        assert 0 <= gap.severity <= 100
        assert 0 < gap.confidence <= 1
        assert all(0 <= signal.value <= 1 for signal in gap.signals)
    assert len({gap.id for gap in found}) == len(found)


@settings(max_examples=50)
@given(maps(), some.randoms(use_true_random=False))
def test_the_order_of_what_is_read_changes_nothing(one: Map, chance: random.Random) -> None:
    before = gaps(changed(one))
    lists = {name: list(getattr(one, name)) for name in ("transitions", "findings", "touchpoints")}
    for shuffled in lists.values():
        chance.shuffle(shuffled)
    after = gaps(changed(one, **lists))
    told = [
        sorted((g.id, round(g.severity, 9), round(g.confidence, 9)) for g in found)
        for found in (before, after)
    ]
    assert told[0] == told[1]
    assert [gap.id for gap in gaps(changed(one))] == [gap.id for gap in before]


@settings(max_examples=50)
@given(maps())
def test_a_managed_crossing_is_less_severe_and_stays_the_same_gap(one: Map) -> None:
    loose = [replace(t, hands_over=None) for t in one.transitions]
    tight = [replace(t, hands_over="the file", received_by="a") for t in one.transitions]
    before, after = (
        {gap.id: gap for gap in handoffs(Scene(changed(one, transitions=ties), DEFAULTS, TODAY))}
        for ties in (loose, tight)
    )
    assert before.keys() == after.keys()
    for which, gap in before.items():
        assert after[which].severity < gap.severity
        assert after[which].confidence == gap.confidence
        assert (gap.managed, after[which].managed) == (False, True)


@settings(max_examples=50)
@given(maps())
def test_a_rating_that_is_taken_away_changes_the_confidence_not_what_is_known(one: Map) -> None:
    unrated = changed(one)
    for step in unrated.steps:
        step.emotion = None
    before, after = (
        {gap.id: gap for gap in handoffs(Scene(which, DEFAULTS, TODAY))}
        for which in (changed(one), unrated)
    )
    assert before.keys() == after.keys()
    for which, gap in after.items():
        assert [signal.name for signal in gap.signals] == ["crossing"]
        assert gap.signals[0] == before[which].signals[0]
        assert gap.confidence <= before[which].confidence
        rated = any(signal.name != "crossing" for signal in before[which].signals)
        assert (gap.confidence < before[which].confidence) is rated


@settings(max_examples=50)
@given(maps(), some.lists(some.floats(0.01, 9), min_size=5, max_size=5))
def test_only_the_proportion_of_weights_counts(one: Map, weights: list[float]) -> None:
    twice = [2 * weight for weight in weights]
    limits = [GapLimits(handoff_weights=HandoffWeights(*w)) for w in (weights, twice)]
    first, second = ({g.id: g for g in gaps(changed(one), limit)} for limit in limits)
    for which, gap in first.items():
        assert abs(gap.severity - second[which].severity) < 1e-9
        assert abs(gap.confidence - second[which].confidence) < 1e-9


SIGNALS = some.lists(
    some.tuples(
        some.sampled_from("abcdef"),
        some.one_of(some.none(), some.floats(0, 1)),
        some.floats(0, 10),
        some.none(),
    ),
    max_size=6,
)


@given(SIGNALS)
def test_what_is_weighed_is_bounded_and_its_order_is_nothing(signals: list[Any]) -> None:
    severity, confidence, known, unknown = weighed(signals)
    assert 0 <= severity <= 100
    assert 0 <= confidence <= 1
    assert len(known) + len(unknown) == len(signals)
    again = weighed(reversed(signals))
    assert abs(again[0] - severity) < 1e-6
    assert abs(again[1] - confidence) < 1e-6


def test_nothing_known_is_nothing_severe() -> None:
    assert weighed([("a", None, 1, None)]) == (0.0, 0.0, [], ["a"])
