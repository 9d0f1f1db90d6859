"""The map that is measured: seven stages of five steps, filled in as people fill them in."""

from collections.abc import Sequence
from typing import Any

from benchmarks.load import SERIAL

Members = dict[str, Any]

TOUCHPOINTS = ("search", "website", "branch", "telephone", "e-mail", "portal", "letter", "review")
PERSONAS = ("One who decides", "One who uses it")
_STAGES = ("Notice", "Explore", "Compare", "Decide", "Begin", "Use", "Recommend")
_ACTIONS = (
    "Looks for somebody who can explain the options",
    "Reads what others have written about their experience",
    "Asks for an appointment and waits for the answer",
    "Fills in the form and sends the papers that are asked for",
    "Checks what was agreed and keeps it for later",
)
_CHANNELS = ("web", "branch", "phone", "email", "portal")
_DEVICES = ("mobile", "desktop", None)
_DEPARTMENTS = ("marketing", "advice", "service desk")


def touchpoint(key: str) -> Members:
    """An entry of the catalogue."""
    return {"key": key, "name": key.capitalize(), "channel": "web", "status": "confirmed"}


def persona(name: str) -> Members:
    """Somebody a map is about."""
    return {"name": name, "goals": ["A decision that holds"], "channels": ["web", "phone"]}


def journey(persona_ids: Sequence[str]) -> Members:
    """The body that makes the map."""
    return {
        "title": "Finding an adviser",
        "scenario": "A household wants advice on a decision that binds it for years.",
        "occasion": "A letter about a change in price.",
        "status": "published",
        "tags": ["advice", "household"],
        "persona_ids": list(persona_ids),
        "stages": [_stage(n, persona_ids) for n in range(len(_STAGES))],
    }


def _stage(n: int, persona_ids: Sequence[str]) -> Members:
    return {
        "name": _STAGES[n],
        "description": f"What happens until they {_STAGES[n].lower()}.",
        "phase": "prospect" if n < 4 else "engagement",
        "goals": ["Know what there is to choose from"],
        "questions": ["What will it cost in the end?"],
        "feelings": ["hopeful"],
        "steps": [_step(n, m, persona_ids) for m in range(len(_ACTIONS))],
    }


def _step(n: int, m: int, persona_ids: Sequence[str]) -> Members:
    return {
        **step(f"{_ACTIONS[m]} ({_STAGES[n].lower()})"),
        "emotion": ((n * 5 + m) % 9 - 4) / 2,
        "emotions": [{"persona_id": which, "rating": (m - 2) / 2} for which in persona_ids],
        "touchpoints": [{"key": TOUCHPOINTS[(n + m) % len(TOUCHPOINTS)], "use": "does"}],
        "channel": _CHANNELS[m],
        "device": _DEVICES[(n + m) % 3],
        "department": _DEPARTMENTS[n % 3],
        "moment_of_truth": m == 2,
    }


def grown(stages: int = 12, steps: int = 20) -> Members:
    """The body of a map as large as they come."""
    drawn = [
        {
            "key": f"stage-{n}",
            "name": f"{_STAGES[n % len(_STAGES)]} {n}",
            "goals": ["Know what there is to choose from"],
            "steps": [
                {**step(f"{_ACTIONS[m % len(_ACTIONS)]} {n}.{m}"), "emotion": (n + m) % 5 - 2}
                for m in range(steps)
            ],
        }
        for n in range(stages)
    ]
    return {"title": "A whole relation", "stages": drawn}


def edited(stages: list[Members]) -> list[Members]:
    """The stages a while later: in each a step moved, one reworded, one gone, one new."""
    return [
        {**stage, "steps": [*kept, moved, {**changed, "emotion": 1.5}, step("Something new")]}
        for stage in stages
        for moved, changed, _, *kept in [stage["steps"]]
    ]


def step(action: str) -> Members:
    """A step without links to other rows."""
    return {
        "action": action,
        "actors": ["client"],
        "thoughts": ["I do not want to do this twice.", "Who can tell me whether this is right?"],
        "questions": ["How long will it take?"],
        "feelings": ["unsure"],
        "expected_outcome": "A clear answer within the week.",
        "pains": ["Has to repeat what was said before."],
        "channel": "web",
        "department": "advice",
        "backstage": ["The request is sorted by hand."],
        "systems": ["crm"],
    }


NEW_STEP = step(f"Asks again by telephone {SERIAL.decode()}")
CHANGED_STEP: Members = {
    "emotion": 1.5,
    "thoughts": [f"Call {SERIAL.decode()} was answered at once."],
    "channel": "phone",
}
