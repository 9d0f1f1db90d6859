"""The map that the events are laid on, and what its page asks for."""

from collections.abc import Mapping

from benchmarks.load import request
from benchmarks.maps import Members, step
from benchmarks.measures.made import NAMES

CHANNELS = ("web", "mail", "ad", "social")
FUNNEL = ("awareness", "interest", "consideration", "intent", "purchase")
FIGURES = {
    "map": "map",
    "curve": "emotion-curve?traffic=true",
    "gaps": "gaps",
    "KPIs": "kpis",
    "funnel": "funnel?by=stage",
}
BESIDE = {"sales funnel": "sales-funnel"}
"""What is not of every page, and is measured all the same."""


def journey() -> Members:
    """A stage for each event, a step for each channel: 20 steps that take all events."""
    stages = [_stage(n, name) for n, name in enumerate(NAMES)]
    return {"title": "From seeing to buying", "goal": NAMES[-1], "stages": stages}


def _stage(n: int, name: str) -> Members:
    steps = [_step(n, m, name, channel) for m, channel in enumerate(CHANNELS)]
    return {"name": name, "funnel_stage": FUNNEL[n], "steps": steps}


def _step(n: int, m: int, name: str, channel: str) -> Members:
    tests = [("event", name), ("channel", channel)]
    binding = {"all": [{"field": f, "op": "eq", "value": value} for f, value in tests]}
    named = step(f"{name} by {channel}")
    return {**named, "channel": channel, "emotion": ((n * 4 + m) % 9 - 4) / 2, "binding": binding}


def requests(journey_id: str, key: str) -> Mapping[str, bytes]:
    """What is asked of the map, by name."""
    at = f"/v1/journeys/{journey_id}"
    every = {**FIGURES, **BESIDE}
    return {name: request("GET", f"{at}/{figure}", key) for name, figure in every.items()}


def event(key: str, number: int) -> bytes:
    """Somebody does something once more."""
    told = {"type": "track", "event": NAMES[0], "channel": CHANNELS[0]}
    who = {"anonymousId": "somebody", "messageId": f"came {number}"}
    return request("POST", "/v1/track", key, {**told, **who})
