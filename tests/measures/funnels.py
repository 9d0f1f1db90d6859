"""What tests of funnels ask, and what people did."""

from typing import Any

from tests.make import Client
from tests.measures.logs import Json

PATH = "/v1/funnels/query"


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def units(found: Json) -> list[int]:
    return [one["units"] for one in found["steps"]]


def steps(*names: str) -> list[Json]:
    return [{"any_of": [name]} for name in names]


async def did(client: Client, user: str, *events: tuple[str, str], **told: Any) -> None:
    """Events of one day, by time of day and name, in the order they are sent."""
    batch = [
        {
            "type": "track",
            "event": event,
            "userId": user,
            "messageId": f"{user} {time} {n}",
            "timestamp": f"2026-05-01T{time}Z",
            "properties": told,
        }
        for n, (time, event) in enumerate(events)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch)
