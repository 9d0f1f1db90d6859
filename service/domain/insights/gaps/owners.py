"""Who answers for what: touchpoints without an owner, departments that have not reviewed."""

from collections.abc import Iterator

from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.scene import Scene


def unowned(scene: Scene) -> Iterator[Gap]:
    """A touchpoint of ours without a department.

    Signals: `unowned` = 1, weight 0.6; `use` = steps that meet it / steps, weight 0.4.
    """
    for touchpoint_id, steps in scene.used.items():
        one = scene.touchpoint[touchpoint_id]
        if one.ours and not one.department:
            yield scene.gap(
                "ownership",
                "touchpoint_without_owner",
                (
                    ("unowned", 1.0, 0.6, 1),
                    ("use", len(steps) / len(scene.steps), 0.4, len(steps)),
                ),
                {"touchpoint": one.name, "steps": len(steps)},
                step=steps[0],
                keyed=False,
                slice_=f"touchpoint\n{one.key}",
            )


def unreviewed(scene: Scene) -> Iterator[Gap]:
    """A department of the map that has not reviewed.

    Signals: `unreviewed` = 1 when it signed off no review of the journey, 0.5 when an earlier one
    but not the latest that is completed or due, weight 0.6; `use` = its steps / steps, weight 0.4.
    """
    used: dict[str, int] = {}
    for step in scene.steps:
        if step.department:
            used[step.department] = used.get(step.department, 0) + 1
    past = [one for one in scene.map.reviews if one.completed or one.due_on <= scene.today]
    latest = set(past[-1].signed_by) if past else None
    ever = {name for one in scene.map.reviews for name in one.signed_by}
    for department, steps in used.items():
        if department in (ever if latest is None else latest):
            continue
        known = department in ever
        yield scene.gap(
            "ownership",
            "department_missed_review" if known else "department_never_reviewed",
            (
                ("unreviewed", 0.5 if known else 1.0, 0.6, len(scene.map.reviews)),
                ("use", steps / len(scene.steps), 0.4, steps),
            ),
            {"department": department, "steps": steps},
            slice_=f"department\n{department}",
            departments=[department],
        )
