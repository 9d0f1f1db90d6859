"""Identifiers that were taken off a contact: nobody's name, and still the way to the person."""

from typing import Any

from tests.make import Client

PATH = "/v1/contacts"
PHONE, MAIL = ({"source": "user_id", "value": v} for v in ("phone-4711", "ann@harbour.example"))


async def sent(client: Client, user_id: str, message_id: str) -> dict[str, Any]:
    message = {"type": "track", "event": "Seen", "userId": user_id, "messageId": message_id}
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": [message]})
    return dict(answer.json()["outcomes"][0])


async def seen(client: Client, who: dict[str, Any]) -> list[str]:
    found = await client.got("/v1/events", params={"contact_id": who["id"]})
    return [one["message_id"] for one in found["items"]]


async def ann_without_phone(client: Client) -> dict[str, Any]:
    """A contact that did something under a name that it has no more."""
    made = await client.made(PATH, {"identifiers": [PHONE, MAIL]})
    await sent(client, "phone-4711", "first")
    for _ in range(2):
        answer = await client.patch(f"{PATH}/{made['id']}", json={"identifiers": [MAIL]})
        assert answer.json()["identifiers"] == [MAIL]
    assert answer.json()["version"] == 2
    return made


async def test_an_erasure_reaches_what_was_done_under_a_removed_identifier(client: Client) -> None:
    ann = await ann_without_phone(client)
    assert (await sent(client, "phone-4711", "second"))["outcome"] == "accepted"
    assert sorted(await seen(client, ann)) == ["first", "second"]
    assert len((await client.got(PATH))["items"]) == 1
    receipt = await client.post(f"{PATH}/{ann['id']}/erase")
    assert receipt.json()["counts"]["events"] == 2
    assert receipt.json()["identifiers"] == 2
    assert (await sent(client, "phone-4711", "third"))["outcome"] == "blocked"
    item = {"identifiers": [PHONE]}
    again = await client.post(f"{PATH}/batch/upsert", json={"items": [item]})
    assert again.json()["items"][0]["errors"][0]["code"] == "erased"


async def test_a_removed_identifier_finds_nobody_and_may_be_given_again(client: Client) -> None:
    ann = await ann_without_phone(client)
    by = f"{PATH}/by-external-id/user_id/phone-4711"
    assert (await client.get(by)).status_code == 404
    given = {"identifiers": [PHONE, MAIL]}
    assert (await client.patch(f"{PATH}/{ann['id']}", json=given)).is_success
    shown = await client.got(by)
    assert shown["id"] == ann["id"]
    assert sorted(one["value"] for one in shown["identifiers"]) == [MAIL["value"], PHONE["value"]]


async def test_who_gets_a_removed_identifier_gets_its_events(client: Client) -> None:
    ann = await ann_without_phone(client)
    bob = await client.made(PATH, {"identifiers": [PHONE]})
    assert (await seen(client, ann), await seen(client, bob)) == ([], ["first"])
    receipt = await client.post(f"{PATH}/{ann['id']}/erase")
    assert (receipt.json()["counts"]["events"], receipt.json()["identifiers"]) == (0, 1)
    assert (await sent(client, "phone-4711", "second"))["outcome"] == "accepted"
    assert sorted(await seen(client, bob)) == ["first", "second"]
