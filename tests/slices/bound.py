"""Events and maps that are bound to them."""

from typing import Any

from tests.make import Client

Json = dict[str, Any]


def event(n: int, name: str = "Call Started", who: str = "ann", **members: Any) -> Json:
    """The n-th event of a day in May."""
    return {
        "type": "track",
        "messageId": f"{name} {who} {n}",
        "userId": who,
        "event": name,
        "timestamp": f"2026-05-{n + 1:02}T10:00:00Z",
        **members,
    }


async def sent(client: Client, *events: Json) -> None:
    answer = await client.post("/v1/batch", json={"batch": list(events)})
    assert answer.json().get("accepted") == len(events), answer.text


async def previewed(client: Client, **body: Any) -> Json:
    answer = await client.post("/v1/bindings/preview", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def bound(*bindings: Any, **members: Any) -> Json:
    """A map of one stage, a step for each binding."""
    steps = [{"action": f"Step {n}", "binding": one} for n, one in enumerate(bindings)]
    return {"title": "Bound", "stages": [{"name": "Stage", "steps": steps}], **members}


async def by_id(client: Client, user: str) -> str:
    found = await client.post(
        "/v1/contacts/lookup", json={"items": [{"source": "user_id", "value": user}]}
    )
    return str(found.json()["items"][0]["id"])
