"""A map that asks something at every turn, and content that answers some of it."""

from typing import Any

from tests.make import Client


def asked(key: str, text: str, topic: str | None = None) -> dict[str, Any]:
    return {"key": key, "text": text, "topic": topic}


STAGES = [
    {
        "key": "look",
        "name": "We look around",
        "phase": "prospect",
        "funnel_stage": "consideration",
        "goals": ["Somebody to trust"],
        "decision_factors": ["A fee they can see"],
        "questions": [asked("who", "Who is there?", "information")],
        "objections": [asked("later", "Not now", "effort")],
        "steps": [
            {
                "key": "call",
                "action": "Call the adviser",
                "department": "service",
                "questions": [asked("fees", "What does it cost?", "price")],
                "pains": [asked("queue", "Waiting", "speed")],
                "touchpoints": [{"key": "hotline"}],
            },
            {"key": "talk", "action": "Talk it over", "private": True},
        ],
    },
    {
        "key": "decide",
        "name": "We decide",
        "phase": "engagement",
        "steps": [{"key": "sign", "action": "Sign", "pains": [asked("paper", "Paper", "ux")]}],
    },
    {"key": "after", "name": "Afterwards", "phase": "after_sale"},
]


async def mapped(client: Client, **members: Any) -> dict[str, Any]:
    """A map with a touchpoint at which something is planned."""
    activity = {"name": "Evening", "cost": {"amount": 1000.25, "currency": "EUR"}}
    hotline = {"key": "hotline", "name": "Hotline", "channel": "phone", "department": "sales"}
    await client.made("/v1/touchpoints", hotline | {"activities": [activity]})
    await client.made("/v1/touchpoints", {"key": "fair", "name": "Fair", "department": "events"})
    return await client.made("/v1/journeys", {"title": "Finding", "stages": STAGES, **members})


async def written(client: Client, made: dict[str, Any], title: str, *keys: str) -> dict[str, Any]:
    """Content that answers these items of the step `call`, or of the stage `look`."""
    places = {"who": "stage_key", "later": "stage_key"}
    answers = [
        {
            "journey_id": made["id"],
            places.get(key, "step_key"): "look" if key in places else "call",
            "item_key": key,
        }
        for key in keys
    ]
    return await client.made("/v1/content", {"title": title, "answers": answers})
