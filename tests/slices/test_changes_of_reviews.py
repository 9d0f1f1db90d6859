"""Changes of reviews: what stays as it was looked at, and who is asked no more."""

import asyncio
from typing import Any

import pytest

from tests.make import Client, journey, pointers
from tests.slices.test_reviews import reviewed, signed


@pytest.mark.parametrize("method", ["patch", "put"])
async def test_a_review_stays_with_its_map(client: Client, method: str) -> None:
    made = await reviewed(client)
    await signed(client, made, "service")
    other = await client.made("/v1/journeys", journey(1, 1))
    at = f"/v1/reviews/{made['id']}"
    answer = await client.request(method, at, json={"journey_id": other["id"]})
    assert (answer.status_code, pointers(answer)) == (422, {"/journey_id"})
    assert [error["code"] for error in answer.json()["errors"]] == ["fixed"]
    same = await client.patch(at, json={"journey_id": made["journey_id"], "cadence": "weekly"})
    assert (same.status_code, same.json()["cadence"]) == (200, "weekly")
    stale = await client.request(
        method, at, json={"journey_id": made["journey_id"]}, headers={"If-Match": '"1"'}
    )
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("cadence", "weekly"),
        ("due_on", "2999-01-01"),
        ("departments", ["marketing"]),
        ("departments", []),
        ("answers", {"changed": "Nothing"}),
    ],
)
async def test_a_completed_review_stays_as_it_is(client: Client, member: str, value: Any) -> None:
    made = await reviewed(client)
    at = f"/v1/reviews/{made['id']}"
    done = (await client.post(f"{at}/complete", json={})).json()
    for answer in (
        await client.patch(at, json={member: value}),
        await client.put(at, json={**done, member: value}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "review_completed")
    assert await client.got(at) == done


async def test_other_systems_may_name_a_completed_review(client: Client) -> None:
    made = await reviewed(client)
    at = f"/v1/reviews/{made['id']}"
    done = (await client.post(f"{at}/complete", json={})).json()
    assert (await client.put(at, json=done)).status_code == 200
    names = [{"source": "crm", "id": "R-1"}]
    named = await client.patch(at, json={"external_ids": names})
    assert (named.status_code, named.json()["external_ids"]) == (200, names)
    stale = await client.patch(at, json={"cadence": "weekly"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


@pytest.mark.parametrize("method", ["patch", "put"])
async def test_a_review_that_asks_only_those_who_have_signed_is_completed(
    client: Client, method: str
) -> None:
    into = await client.made("/v1/vocabulary", {"kind": "department", "slug": "service"})
    alias = {"kind": "department", "slug": "helpdesk", "alias_of": into["id"]}
    await client.made("/v1/vocabulary", alias)
    made = await reviewed(client, cadence="weekly", due_on="2999-01-01")
    at = f"/v1/reviews/{made['id']}"
    first = (await signed(client, made, "service")).json()
    kept = {"journey_id": made["journey_id"], "cadence": "weekly", "due_on": "2999-01-02"}
    done = await client.request(method, at, json={**kept, "departments": ["helpdesk"]})
    assert done.status_code == 200, done.text
    found = done.json()
    assert (found["status"], found["missing"]) == ("completed", [])
    assert (found["departments"], found["version"]) == (["service"], first["version"] + 1)
    (following,) = (await client.got("/v1/reviews", params={"status": "open"}))["items"]
    assert (following["due_on"], following["departments"]) == ("2999-01-09", ["service"])


async def test_a_review_that_nobody_has_signed_is_not_completed_by_asking_fewer(
    client: Client,
) -> None:
    made = await reviewed(client)
    at = f"/v1/reviews/{made['id']}"
    for asked in (["branch"], []):
        left = (await client.patch(at, json={"departments": asked})).json()
        assert (left["missing"], left["completed_at"]) == (asked, None)


async def test_of_series_begun_at_once_a_map_gets_one(client: Client) -> None:
    for _ in range(3):
        made = await client.made("/v1/journeys", journey(1, 1))
        body = {"journey_id": made["id"], "cadence": "monthly"}
        answers = await asyncio.gather(*(client.post("/v1/reviews", json=body) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
        other = await client.made("/v1/journeys", journey(1, 1))
        once = [await client.made("/v1/reviews", {"journey_id": other["id"]}) for _ in range(4)]
        cadence = {"cadence": "weekly"}
        begun = [client.patch(f"/v1/reviews/{one['id']}", json=cadence) for one in once]
        both = [*begun, client.post("/v1/reviews", json={**body, "journey_id": other["id"]})]
        answers = await asyncio.gather(*both)
        assert sorted(answer.is_success for answer in answers) == [*[False] * 4, True]
        codes = {answer.json()["code"] for answer in answers if not answer.is_success}
        assert codes == {"already_scheduled"}
