"""Documents of maps as they are read, small."""

from itertools import pairwise
from typing import Any

Json = dict[str, Any]
EDGE = {
    "kind": "planned",
    **dict.fromkeys(("condition", "probability", "expected_seconds", "hands_over", "received_by")),
}


def step(key: str, **members: Any) -> Json:
    return {
        "id": f"id of {key}",
        "stage_id": "a stage's",
        "key": key,
        "action": f"Do {key}",
        "emotion": None,
        "emotions": [],
        "thoughts": [],
        "touchpoints": [],
        "department": None,
        "journey_id": None,
        "version": 1,
        "updated_at": "then",
        **members,
    }


def document(*stages: tuple[str, str], drawn: Any = None, **members: Any) -> Json:
    """A map of (key, keys of its steps with blanks between); its neighbours tied, or `drawn`."""
    keys = [key for _, held in stages for key in held.split()]
    ties = [{"from": a, "to": b, **EDGE} for a, b in pairwise(keys)]
    return {
        "id": "a map",
        "title": "A map",
        "tags": [],
        "as_is_id": None,
        "variant_of": None,
        "version": 1,
        **members,
        "stages": [
            {
                "id": f"id of {key}",
                "key": key,
                "name": f"Stage {key}",
                "goals": [],
                "steps": [step(one) for one in held.split()],
            }
            for key, held in stages
        ],
        "transitions": ties if drawn is None else drawn,
    }


def edge(from_: str, to: str, **members: Any) -> Json:
    return {"from": from_, "to": to, **EDGE, **members}
