"""A journey of twelve steps, worked by hand: what stands where, for the arithmetic in the tests."""

from datetime import date

from service.domain.insights.gaps.map import (
    Aim,
    Answer,
    Finding,
    Item,
    Line,
    Map,
    Met,
    Persona,
    Review,
    Stage,
    Step,
    Touchpoint,
    Transition,
)

TODAY = date(2026, 11, 22)
DAY = 86_400
JOURNEY = "0198c7f0-0000-7000-8000-000000000040"
TO_BE = "0198c7f0-0000-7000-8000-000000000041"
LINEAGE = {
    "p1": Line("p1", "Savers", ["p1"]),
    "p1a": Line("p1a", "Young savers", ["p1a", "p1"]),
    "p2": Line("p2", "Firms", ["p2"]),
}


def worked() -> Map:
    """The map as it is.

    Stages: Notice 1–3, Compare 4–6, Decide 7–9, Use 10–12, After without steps. Ratings:
    1, 0.5, none, 1, −1, −0.5, 0, 0.5, −1.5, 0, 1, 1.5. Step 3 is private, 9 the decision.
    """
    return Map(
        id=JOURNEY,
        title="Finding an adviser",
        version=1,
        perspective="as_is",
        as_is_id=None,
        scope={"from": "Notice", "to": "Elsewhere"},
        stages=stages("a"),
        steps=steps("a"),
        met=met("a"),
        touchpoints=[
            Touchpoint("t1", "t1", "Website", "web", None, "marketing"),
            Touchpoint("t2", "t2", "Branch", "branch"),
            Touchpoint("t3", "t3", "Another firm", party="competitor"),
        ],
        transitions=transitions("a"),
        findings=findings(),
        answers=[Answer(None, "s4", "q1"), Answer("c", None, "o1")],
        aims=[
            Aim("answers-p2", None, "as5", "p2"),
            Aim("drops-8", None, "as8", None, impact=60, effort=2),
        ],
        reviews=[
            Review(date(2026, 6, 1), True, ["marketing", "sales"]),
            Review(date(2026, 11, 1), False, ["sales"]),
            Review(date(2027, 6, 1), False, []),
        ],
        personas=[Persona("ann", "Ann", "p1", ["age"])],
        states=[],
    )


def shall_be() -> Map:
    """The map as it shall be: without step 8, step 11 easier and rated 1.5, a step more."""
    twin = worked()
    twin.id, twin.title, twin.perspective, twin.as_is_id = TO_BE, "Better", "to_be", JOURNEY
    twin.stages, twin.met = stages("b"), [one for one in met("b") if one.step_id != "bs8"]
    twin.steps = [step for step in steps("b") if step.key != "s8"]
    eleventh = next(step for step in twin.steps if step.key == "s11")
    eleventh.form_fields, eleventh.emotion = 5, 1.5
    twin.steps.append(Step("bs13", "s13", "bd", "Get thanked", emotion=2))
    twin.transitions, twin.findings, twin.aims = [], [], []
    return twin


def stages(which: str) -> list[Stage]:
    return [
        Stage(f"{which}a", "a", "Notice", questions=[Item("qa", "Why now?")]),
        Stage(f"{which}b", "b", "Compare", objections=[Item("o2", "Too dear")]),
        Stage(f"{which}c", "c", "Decide", objections=[Item("o1", "Not now")]),
        Stage(f"{which}d", "d", "Use"),
        Stage(f"{which}e", "e", "After"),
    ]


def steps(which: str) -> list[Step]:
    def at(n: int, stage: str, emotion: float | None, *own: str | None) -> Step:
        channel, device, department = (*own, None, None, None)[:3]
        return Step(
            f"{which}s{n}",
            f"s{n}",
            which + stage,
            f"Step {n}",
            emotion=emotion,
            channel=channel,
            device=device,
            department=department,
        )

    found = [
        at(1, "a", 1, "web", "mobile", "marketing"),
        at(2, "a", 0.5, "web", "desktop", "marketing"),
        at(3, "a", None),
        at(4, "b", 1, "phone", "desktop", "sales"),
        at(5, "b", -1, "phone", None, "sales"),
        at(6, "b", -0.5, "branch", None, "sales"),
        at(7, "c", 0, "branch", None, "sales"),
        at(8, "c", 0.5, "branch", None, "sales"),
        at(9, "c", -1.5, "branch"),
        at(10, "d", 0, "web", None, "service"),
        at(11, "d", 1, "web", None, "service"),
        at(12, "d", 1.5, "web", None, "service"),
    ]
    found[2].private = found[8].decision_moment = True
    found[3].questions = [Item("q1", "What does it cost?"), Item("q2", "Who pays?")]
    found[4].pains = [Item("p1", "Waiting"), Item("p2", "Jargon")]
    found[5].expected = found[5].actual = True
    found[5].outcome_met = "partly"
    found[7].waited_seconds = 600
    found[10].waited_seconds, found[10].form_fields = 60, 25
    return found


def met(which: str) -> list[Met]:
    pairs = ((1, 1), (2, 1), (4, 1), (5, 1), (6, 2), (7, 2), (9, 3), (10, 1), (11, 1), (12, 1))
    return [Met(f"{which}s{n}", f"t{t}") for n, t in pairs]


def transitions(which: str) -> list[Transition]:
    """Neighbours, a day apart; 20 days from 7 to 8, unknown from 8 to 9; and a way from 2 to 4."""
    times: dict[int, float | None] = {7: 20 * DAY, 8: None}
    found = [
        Transition(
            f"{which}t{n}",
            f"{which}s{n}",
            f"{which}s{n + 1}",
            expected_seconds=times.get(n, DAY),
            hands_over="the file" if n == 5 else None,
            received_by="sales" if n == 5 else None,
        )
        for n in range(1, 12)
    ]
    return [*found, Transition(f"{which}t24", f"{which}s2", f"{which}s4", "alternative")]


def findings() -> list[Finding]:
    """Both kinds, of two departments, three weeks old, at most steps; and what is told below."""
    fresh, old = date(2026, 11, 1), date(2026, 1, 1)
    found = [
        Finding(f"as{n}", kind, department, old if n == 7 else fresh)
        for n in (1, 2, 3, 4, 5, 6, 7, 8, 9)
        for kind, department in (("analytical", "sales"), ("anecdotal", "service"))
    ]
    return [
        *found,
        Finding("as1", "anecdotal", "sales", fresh, "p1a"),
        Finding("as2", "anecdotal", "sales", fresh, "p2"),
        Finding("as10", "analytical", "sales", fresh),
        Finding("as10", "anecdotal", "sales", fresh),
        Finding("as11", "analytical", "sales", fresh),
        Finding("as11", "analytical", "service", fresh),
        Finding("t1", "analytical", "marketing", fresh),
    ]
