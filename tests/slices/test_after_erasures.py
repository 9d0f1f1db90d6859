"""What comes once somebody was erased: nothing of them, and all of everybody else."""

import json
from typing import Any

import pytest

from service.domain.events import naming
from tests.make import Client

ANN, DEVICE = "ann@example.org", "device-1"


@pytest.fixture
async def erased(client: Client) -> Client:
    """A workspace that knew Ann and her device, and still knows Bob."""
    told = {"type": "identify", "userId": ANN, "anonymousId": DEVICE, "traits": {"name": "Ann"}}
    known = {"type": "identify", "userId": "bob", "traits": {"name": "Bob"}}
    assert await outcomes(client, {**told, "messageId": "1"}) == ["accepted"]
    people = (await client.got("/v1/contacts"))["items"]
    assert await outcomes(client, {**known, "messageId": "2"}) == ["accepted"]
    await client.made(f"/v1/contacts/{people[0]['id']}/erase", {})
    return client


async def outcomes(client: Client, *messages: dict[str, Any]) -> list[str]:
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": messages})
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()["outcomes"]]


async def identifiers(client: Client) -> list[str]:
    people = (await client.got("/v1/contacts"))["items"]
    return sorted(one["value"] for each in people for one in each["identifiers"])


def bought(by: str, name: str, **members: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Order", "userId": by, "messageId": name, **members}


@pytest.mark.parametrize("who", ["bob", "cleo"])
async def test_what_others_do_on_an_erased_persons_device_is_kept_without_the_device(
    erased: Client, who: str
) -> None:
    """Whether somebody is known or new."""
    sent = bought(who, "order", anonymousId=DEVICE)
    grouped = {**sent, "type": "group", "groupId": "acme", "messageId": "group"}
    assert await outcomes(erased, sent, grouped) == ["accepted", "accepted"]
    found = [one for one in (await erased.got("/v1/events"))["items"] if one["type"] != "identify"]
    assert [(one["user_id"], one["anonymous_id"]) for one in found] == [(who, None)] * 2
    assert await identifiers(erased) == sorted({"bob", who})


async def test_what_would_link_somebody_to_an_erased_person_is_not_taken(erased: Client) -> None:
    linking = [
        {"type": "identify", "userId": "bob", "anonymousId": DEVICE, "messageId": "3"},
        {"type": "alias", "userId": "bob", "previousId": ANN, "messageId": "4"},
        {"type": "alias", "userId": "bob", "previousId": DEVICE, "messageId": "5"},
        bought(ANN, "6"),
        {"type": "page", "anonymousId": DEVICE, "messageId": "7"},
    ]
    assert await outcomes(erased, *linking) == ["blocked"] * 5
    assert await identifiers(erased) == ["bob"]


async def test_a_bad_message_that_names_an_erased_person_is_kept_nowhere(erased: Client) -> None:
    """Wherever the id stands in it, in JSON or in what is none."""
    bad: list[dict[str, Any]] = [
        {"type": "track", "userId": ANN},
        {"type": "track", "userId": "bob", "anonymousId": DEVICE},
        {"type": "alias", "previousId": ANN, "timestamp": "never"},
        {"type": "nonsense", "userId": "bob", "context": {"userId": ANN}},
        {"type": "nonsense", "userId": "bob"},
    ]
    assert await outcomes(erased, *bad) == ["blocked"] * 4 + ["quarantined"]
    broken = f'{{"userId" : "{ANN}", "type": \n{{"userId": "bob", "type": \n'
    told = (await erased.post("/v1/events", content=broken)).json()
    assert (told["quarantined"], told["blocked"]) == (1, 1)
    assert [one["index"] for one in told["rejected"]] == [1]
    kept = [one["message"] for one in (await erased.got("/v1/quarantine"))["items"]]
    assert len(kept) == 2
    assert all("bob" in one and ANN not in one and DEVICE not in one for one in kept)


def test_ids_are_found_in_what_is_no_json() -> None:
    raw = b'{"userId": "\\u0061nn", "previousId":4.0, "anonymousId" :"\xff", "userId": 7,'
    assert naming.ids(raw) == {
        *(("user_id", "ann"), ("user_id", "7"), ("user_id", "4"), ("anonymous_id", "4")),
    }
    assert naming.ids(b'{"userId": null, "userId": "", "userId": "open') == set()
    assert len(naming.ids(b"".join(b'"userId":%d ' % n for n in range(1_000)))) == naming.MOST


async def test_a_bad_message_goes_with_the_person_whom_its_batch_names(client: Client) -> None:
    batch = {"context": {"userId": "ann-4711"}, "batch": [{"type": "track", "event": "E"}]}
    assert (await client.post("/v1/batch", json=batch)).json()["quarantined"] == 1
    assert await outcomes(client, bought("ann-4711", "1")) == ["accepted"]
    (ann,) = (await client.got("/v1/contacts"))["items"]
    receipt = await client.made(f"/v1/contacts/{ann['id']}/erase", {})
    assert receipt["counts"]["quarantine"] == 1
    told = (await client.post("/v1/batch", json=batch)).json()
    assert told == {"accepted": 0, "duplicates": 0, "quarantined": 0, "blocked": 1}
    assert (await client.got("/v1/quarantine"))["items"] == []


async def test_what_was_cut_off_still_tells_whose_a_bad_message_is(erased: Client) -> None:
    """A message that is no JSON ends where it names a sensitive trait."""
    for ending in (f'"religion": "any", "userId": "{ANN}"', f'"religion": "userId": "{ANN}"'):
        bad = f'{{"type": "identify", "traits": {{"email": "ann", {ending}}}}}'
        answer = await erased.post("/v1/batch", content=f'{{"batch": [{bad}]}}')
        assert (answer.json()["quarantined"], answer.json()["blocked"]) == (0, 1), answer.text
    assert (await erased.got("/v1/quarantine"))["items"] == []


async def test_no_message_is_mended_to_name_an_erased_person(erased: Client) -> None:
    assert await outcomes(erased, {"type": "track", "userId": "bob"}) == ["quarantined"]
    (waiting,) = (await erased.got("/v1/quarantine"))["items"]
    at = f"/v1/quarantine/{waiting['id']}"
    for named in ({"userId": ANN}, {"userId": "bob", "anonymousId": DEVICE}):
        mended = json.dumps({"type": "track", "event": "E", **named})
        answer = await erased.patch(at, json={"message": mended})
        assert answer.status_code == 422, answer.text
        (problem,) = answer.json()["errors"]
        assert (problem["pointer"], problem["code"]) == ("/message", "erased")
    assert (await erased.got(at))["message"] == waiting["message"]
    mended = json.dumps({"type": "track", "event": "E", "userId": "bob"})
    assert (await erased.patch(at, json={"message": mended})).is_success


async def test_what_was_blocked_is_taken_when_it_comes_again_once_the_block_is_lifted(
    erased: Client,
) -> None:
    """It had not been stored, so it is no duplicate; what had been stays one."""
    late, other = bought(ANN, "late"), bought("bob", "other")
    assert await outcomes(erased, late, other, late) == ["blocked", "accepted", "blocked"]
    assert await outcomes(erased, late) == ["blocked"]
    (receipt,) = (await erased.got("/v1/erasures"))["items"]
    assert (await erased.delete(f"/v1/erasures/{receipt['id']}/block")).is_success
    again = {"type": "identify", "userId": ANN, "messageId": "1"}
    assert await outcomes(erased, late, other, again) == ["accepted", "duplicate", "duplicate"]
    found = [one["message_id"] for one in (await erased.got("/v1/events"))["items"]]
    assert sorted(found) == ["2", "late", "other"]
