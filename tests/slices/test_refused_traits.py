"""Traits that were refused of messages that count: told, kept, mended and taken."""

import json
from typing import Any

from tests.make import Client

WRONG = {"age_range": "forty", "plan": "gold", "religion": "any"}
ANN = {"type": "identify", "userId": "ann", "messageId": "m1"}


async def sent(client: Client, **message: Any) -> dict[str, Any]:
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": [message]})
    return dict(answer.json())


async def aside(client: Client) -> list[dict[str, Any]]:
    return list((await client.got("/v1/quarantine"))["items"])


async def test_refused_traits_are_put_aside_and_the_message_counts(client: Client) -> None:
    """Sensitive ones without their values; what is sent again stands once."""
    for accepted, outcome in ((1, "accepted"), (0, "duplicate")):
        came = await sent(client, **ANN, anonymousId="a", traits=WRONG)
        assert (came["accepted"], came["quarantined"]) == (accepted, 0)
        assert came["outcomes"][0]["outcome"] == outcome
    (one,) = await aside(client)
    assert (one["code"], one["pointer"]) == ("wrong_type", "/traits/age_range")
    assert "not kept, and have to be sent again: religion" in one["detail"]
    message = json.loads(one["message"])
    assert message.pop("timestamp")
    assert message == {"type": "identify", "userId": "ann", "traits": {"age_range": "forty"}}


async def test_refused_traits_of_an_organisation_are_put_aside_too(client: Client) -> None:
    group = {"type": "group", "userId": "ann", "groupId": "g", "traits": {"x" * 65: 1, "size": 3}}
    assert (await sent(client, **group))["accepted"] == 1
    (one,) = await aside(client)
    message = json.loads(one["message"])
    assert (message["groupId"], message["traits"]) == ("g", {"x" * 65: 1})


async def test_nothing_more_is_kept_of_somebody_restricted_or_erased(client: Client) -> None:
    await sent(client, **ANN, traits=WRONG)
    who = await client.got("/v1/contacts/by-external-id/user_id/ann")
    assert (await client.post(f"/v1/contacts/{who['id']}/restrict")).is_success
    came = await sent(client, **ANN | {"messageId": "m2"}, traits={"plan": "free"})
    assert came["outcomes"][0]["code"] == "restricted"
    assert len(await aside(client)) == 1
    assert (await client.post(f"/v1/contacts/{who['id']}/erase")).is_success
    assert await aside(client) == []
