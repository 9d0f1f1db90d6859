"""Refused traits, put through again: they wait until they can be taken, and come in once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from service.batches import Batch
from service.database import Database
from service.domain import access, events
from service.domain.events import Sorted
from service.domain.work import Caller
from service.flushing import Flush
from service.placing import Leaves, Places
from tests.contract.furnishing import workspace_of
from tests.make import Client

ANN = {"type": "identify", "userId": "ann", "messageId": "m1"}
SENSITIVE = {"purpose": "sensitive_data", "granted": True}
Replay = Callable[[Client, str], Awaitable[dict[str, Any]]]


async def sent(client: Client, **message: Any) -> None:
    answer = await client.post("/v1/batch", json={"batch": [message]})
    assert answer.json()["accepted"] == 1, answer.text


async def rests(client: Client) -> list[dict[str, Any]]:
    query = {"replayed": "false", "sort": "created_at"}
    return list((await client.got("/v1/quarantine", params=query))["items"])


async def one_of(client: Client, which: str) -> dict[str, Any]:
    """By itself."""
    answer = await client.post(f"/v1/quarantine/{which}/replay")
    assert answer.is_success, answer.text
    return dict(answer.json())


async def one_of_all(client: Client, which: str) -> dict[str, Any]:
    """With all that wait."""
    before = len(await rests(client))
    answer = await client.post("/v1/quarantine/replay", json={})
    assert answer.is_success, answer.text
    told = answer.json()
    assert told["accepted"] + told["quarantined"] + told["duplicates"] == before
    return await client.got(f"/v1/quarantine/{which}")


@pytest.fixture(params=[one_of, one_of_all])
def replayed(request: pytest.FixtureRequest) -> Replay:
    """Puts a message through again, by itself or with all that wait; it as it is then."""
    found: Replay = request.param
    return found


async def mended(client: Client, which: str, **traits: Any) -> None:
    kept = await client.got(f"/v1/quarantine/{which}")
    text = json.dumps(json.loads(kept["message"]) | {"traits": traits})
    answer = await client.patch(f"/v1/quarantine/{which}", json={"message": text})
    assert answer.is_success, answer.text


async def traits(client: Client, who: str = "ann") -> Any:
    return (await client.got(f"/v1/contacts/by-external-id/user_id/{who}"))["traits"]


async def stored(client: Client) -> int:
    return len((await client.got("/v1/events"))["items"])


async def test_what_is_refused_again_waits_however_often_until_its_attribute_lets_it_in(
    client: Client, replayed: Replay
) -> None:
    declared = {"key": "size", "label": "Size", "type": "number"}
    attribute = await client.made("/v1/profile-attributes", declared)
    await sent(client, **ANN, traits={"size": "large", "plan": "gold"})
    (rest,) = await rests(client)
    for _ in range(3):
        told = await replayed(client, rest["id"])
        assert told["replayed_at"] is None
        assert (told["outcome"]["outcome"], told["outcome"]["code"]) == (
            "quarantined",
            "wrong_type",
        )
        assert told["outcome"]["pointer"] == "/traits/size"
        # What is as it was is not written again.
        assert (told["version"], told["message"]) == (2, rest["message"])
    assert await stored(client) == 1
    assert (await client.delete(f"/v1/profile-attributes/{attribute['id']}")).is_success
    told = await replayed(client, rest["id"])
    assert (told["outcome"]["outcome"], told["outcome"]["code"]) == ("accepted", None)
    assert told["replayed_at"] is not None
    assert await traits(client) == {"size": "large", "plan": "gold"}
    assert (await one_of(client, rest["id"]))["outcome"]["outcome"] == "duplicate"
    assert (await stored(client), await rests(client)) == (2, [])


async def test_mended_traits_are_taken_once(client: Client, replayed: Replay) -> None:
    await sent(client, **ANN, traits={"age_range": "forty"})
    (rest,) = await rests(client)
    for wrong in ("four", "forty"):
        await mended(client, rest["id"], age_range=wrong)
        told = await replayed(client, rest["id"])
        assert (told["replayed_at"], told["outcome"]["code"]) == (None, "wrong_type")
    await mended(client, rest["id"], age_range=44)
    assert (await replayed(client, rest["id"]))["outcome"]["outcome"] == "accepted"
    assert await traits(client) == {"age_range": 44}
    assert (await one_of(client, rest["id"]))["outcome"]["outcome"] == "duplicate"
    assert (await stored(client), await rests(client)) == (2, [])


async def test_sensitive_ones_come_in_once_they_are_granted_and_sent_again(
    client: Client, replayed: Replay
) -> None:
    """No value is kept that nothing lets in."""
    await sent(client, **ANN, traits={"religion": "secret", "diet": "any"})
    (rest,) = await rests(client)
    assert "not kept, and have to be sent again: religion" in rest["detail"]
    told = await replayed(client, rest["id"])
    assert told["replayed_at"] is None
    assert (told["outcome"]["outcome"], told["outcome"]["code"]) == (
        "quarantined",
        "value_not_kept",
    )
    who = (await client.got("/v1/contacts/by-external-id/user_id/ann"))["id"]
    await client.made(f"/v1/contacts/{who}/consents", SENSITIVE)
    told = await replayed(client, rest["id"])
    assert (told["replayed_at"], told["outcome"]["code"]) == (None, "value_not_kept")
    assert "secret" not in json.dumps(told)
    again = ANN | {"messageId": "m2", "traits": {"religion": "secret"}}
    await sent(client, **again)
    assert await traits(client) == {"religion": "secret", "diet": "any"}
    assert (await stored(client), len(await rests(client))) == (2, 1)


async def test_what_is_taken_in_part_leaves_a_rest_of_its_own(
    client: Client, replayed: Replay
) -> None:
    """Also where that says what it said before."""
    await sent(client, **ANN, traits={"age_range": "forty"})
    (rest,) = await rests(client)
    await mended(client, rest["id"], age_range="forty", plan="gold")
    told = await replayed(client, rest["id"])
    assert (told["outcome"]["outcome"], told["outcome"]["code"]) == ("accepted", "wrong_type")
    assert told["replayed_at"] is not None
    (left,) = await rests(client)
    assert left["id"] != rest["id"]
    assert json.loads(left["message"])["traits"] == {"age_range": "forty"}
    assert (await replayed(client, left["id"]))["replayed_at"] is None
    await mended(client, left["id"], age_range=44)
    await replayed(client, left["id"])
    assert await traits(client) == {"plan": "gold", "age_range": 44}
    assert (await stored(client), await rests(client)) == (3, [])


async def test_a_rest_that_reads_as_its_whole_message_is_no_duplicate(
    client: Client, replayed: Replay
) -> None:
    declared = {"key": "size", "label": "Size", "type": "number"}
    attribute = await client.made("/v1/profile-attributes", declared)
    at = "2026-05-01T10:00:00+00:00"
    whole = {"type": "identify", "timestamp": at, "userId": "ann", "traits": {"size": "large"}}
    await sent(client, **whole)
    (rest,) = await rests(client)
    assert json.loads(rest["message"]) == whole
    assert (await client.delete(f"/v1/profile-attributes/{attribute['id']}")).is_success
    assert (await replayed(client, rest["id"]))["outcome"]["outcome"] == "accepted"
    assert await traits(client) == {"size": "large"}


async def test_a_rest_of_somebody_restricted_waits_until_that_is_over(
    client: Client, replayed: Replay
) -> None:
    await sent(client, **ANN, traits={"age_range": "forty"})
    (rest,) = await rests(client)
    await mended(client, rest["id"], age_range=44)
    who = (await client.got("/v1/contacts/by-external-id/user_id/ann"))["id"]
    assert (await client.post(f"/v1/contacts/{who}/restrict")).is_success
    told = await replayed(client, rest["id"])
    assert (told["replayed_at"], told["outcome"]["code"]) == (None, "restricted")
    assert (await client.delete(f"/v1/contacts/{who}/restrict")).is_success
    assert (await replayed(client, rest["id"]))["outcome"]["code"] is None
    assert await traits(client) == {"age_range": 44}


async def test_of_many_each_goes_by_itself(client: Client) -> None:
    """Those that say the same too: all of them wait, or one of them counts."""
    for who in ("ann", "ben", "cleo"):
        said = {"type": "identify", "userId": who, "timestamp": "2026-05-01T10:00:00Z"}
        await sent(client, **said, traits={"age_range": "forty"})
    kept = {json.loads(one["message"])["userId"]: one["id"] for one in await rests(client)}
    await mended(client, kept["ann"], age_range=44)
    text = (await client.got(f"/v1/quarantine/{kept['ben']}"))["message"]
    assert (await client.patch(f"/v1/quarantine/{kept['cleo']}", json={"message": text})).is_success
    for accepted in (1, 0):
        came = (await client.post("/v1/quarantine/replay", json={})).json()
        assert (came["accepted"], came["quarantined"], came["duplicates"]) == (accepted, 2, 0)
    for which in (kept["ben"], kept["cleo"]):
        await mended(client, which, age_range=45)
    came = (await client.post("/v1/quarantine/replay", json={})).json()
    assert (came["accepted"], came["quarantined"], came["duplicates"]) == (1, 0, 1)
    assert (await traits(client), await traits(client, "ben")) == (
        {"age_range": 44},
        {"age_range": 45},
    )


async def test_many_who_put_one_through_at_once_bring_it_in_once(client: Client) -> None:
    await sent(client, **ANN, traits={"age_range": "forty"})
    (rest,) = await rests(client)
    await asyncio.gather(*(one_of(client, rest["id"]) for _ in range(4)))
    assert [one["id"] for one in await rests(client)] == [rest["id"]]
    await mended(client, rest["id"], age_range=44)
    await asyncio.gather(*(one_of(client, rest["id"]) for _ in range(4)))
    assert (await stored(client), await rests(client)) == (2, [])
    assert await traits(client) == {"age_range": 44}


async def test_traits_of_an_organisation_wait_for_an_id_that_it_may_have(
    client: Client, replayed: Replay
) -> None:
    traits = {"name": "Bank", "size": 3}
    await sent(client, type="group", userId="ann", groupId="g" * 201, traits=traits)
    (rest,) = await rests(client)
    assert json.loads(rest["message"])["traits"] == traits
    told = await replayed(client, rest["id"])
    assert (told["replayed_at"], told["outcome"]["code"]) == (None, "too_long")
    text = json.dumps(json.loads(rest["message"]) | {"groupId": "g"})
    at = f"/v1/quarantine/{rest['id']}"
    assert (await client.patch(at, json={"message": text})).is_success
    assert (await replayed(client, rest["id"]))["outcome"]["code"] is None
    (bank,) = (await client.got("/v1/accounts"))["items"]
    assert (bank["name"], bank["traits"]) == ("Bank", traits)


async def test_however_many_put_one_through_together_it_is_tried_twice(
    client: Client, database: Database
) -> None:
    """What one finds out counts for all who put the same through in one transaction."""
    await sent(client, **ANN, traits={"age_range": "forty"})
    (rest,) = await rests(client)
    caller = Caller(workspace_of(client), None, frozenset(access.GRANTED))
    async with database.write(caller) as work:
        (again,) = await events.QUARANTINE.again(work, [UUID(rest["id"])])
    found = Sorted(again.found.messages[:], [], waiting=True)
    batches = [Batch(caller, found, work.now) for _ in range(5)]
    said: list[str] = []
    driver = await database.apart()
    driver.add_query_logger(lambda query: said.append(query.query))
    await Flush(driver, batches, work.now, None).run(Leaves(), Places(), asking=False)
    await driver.close()
    assert (said.count("ROLLBACK"), said.count("COMMIT")) == (1, 1)
    assert [one.outcomes for one in batches] == [["quarantined"]] * 5
    assert {one.untaken[0].code for one in batches} == {"wrong_type"}
    assert await stored(client) == 1


async def test_a_rest_that_the_database_cannot_hold_waits_as_it_is(
    client: Client, replayed: Replay
) -> None:
    await sent(client, **ANN, traits={"age_range": "forty"})
    (rest,) = await rests(client)
    mended = {"traits": {"age_range": 44}, "properties": {"n": "small"}}
    text = json.dumps(json.loads(rest["message"]) | mended).replace('"small"', "1e-20000")
    at = f"/v1/quarantine/{rest['id']}"
    assert (await client.patch(at, json={"message": text})).is_success
    told = await replayed(client, rest["id"])
    assert (told["replayed_at"], told["outcome"]["code"]) == (None, "not_storable")
    assert [one["id"] for one in await rests(client)] == [rest["id"]]
