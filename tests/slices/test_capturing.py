"""Somebody met at a fair: the contact and all they agreed to, in one call."""

from typing import Any

from tests.make import Client, pointers

CAPTURE = "/v1/contacts/capture"
MAIL = {"source": "email", "value": "ann@example.org"}


def ann(*consents: tuple[str, bool], **members: Any) -> dict[str, Any]:
    said = [{"purpose": purpose, "granted": granted} for purpose, granted in consents]
    return {"identifiers": [MAIL], "consents": said, "means": "tablet", **members}


async def people(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.got("/v1/contacts"))["items"]
    return found


async def test_one_call_makes_the_contact_and_its_consents(client: Client) -> None:
    body = ann(("email_marketing", True), ("analytics", False), traits={"name": "Ann"})
    answer = await client.post(CAPTURE, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"/v1/contacts/{made['id']}"
    assert made["traits"] == {"name": "Ann"}
    page = await client.got(f"/v1/contacts/{made['id']}/consents")
    assert {(one["purpose"], one["granted"], one["means"]) for one in page["items"]} == {
        ("email_marketing", True, "tablet"),
        ("analytics", False, "tablet"),
    }
    again = await client.post(CAPTURE, json=ann(("email_marketing", False), traits={"plan": "a"}))
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    assert again.json()["traits"] == {"name": "Ann", "plan": "a"}
    assert len(await people(client)) == 1


async def test_a_grant_in_the_call_lets_sensitive_traits_in(client: Client) -> None:
    traits = {"name": "Ann", "religion": "pastafarian"}
    refused = await client.post(CAPTURE, json=ann(("email_marketing", True), traits=traits))
    assert (refused.status_code, pointers(refused)) == (422, {"/traits/religion"})
    assert await people(client) == []
    taken = await client.post(CAPTURE, json=ann(("sensitive_data", True), traits=traits))
    assert taken.status_code == 201, taken.text
    assert taken.json()["traits"] == traits


async def test_what_is_wrong_with_a_part_stops_the_whole(client: Client) -> None:
    for body, at in (
        (ann(("analytics", True), ("nothing", True)), {"/consents/1/purpose"}),
        (ann(("analytics", True), identifiers=[]), {"/identifiers"}),
        (ann(("analytics", True), colour="red"), {"/colour"}),
        (ann(traits={"occupation": 7}), {"/traits/occupation"}),
    ):
        answer = await client.post(CAPTURE, json=body)
        assert (answer.status_code, pointers(answer)) == (422, at), answer.text
    assert await people(client) == []


async def test_identifiers_of_two_contacts_are_a_conflict(client: Client) -> None:
    other = {"source": "crm", "value": "7"}
    for one in (MAIL, other):
        await client.made("/v1/contacts", {"identifiers": [one]})
    body = ann(("analytics", True), identifiers=[MAIL, other])
    answer = await client.post(CAPTURE, json=body)
    assert answer.status_code == 409, answer.text


async def test_who_was_erased_comes_back_when_the_block_is_lifted(client: Client) -> None:
    made = await client.made(CAPTURE, ann(("analytics", True), traits={"name": "Ann"}))
    receipt = await client.made(f"/v1/contacts/{made['id']}/erase", None)
    late = [
        await client.post(CAPTURE, json=ann(("analytics", True))),
        await client.post("/v1/contacts", json={"identifiers": [MAIL]}),
        await client.put("/v1/contacts/by-external-id/email/ann@example.org", json={}),
    ]
    assert [(a.status_code, pointers(a)) for a in late] == [(422, {"/identifiers/0"})] * 3
    items = [{"identifiers": [MAIL]}, {"identifiers": [MAIL, {"source": "crm", "value": "1"}]}]
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": items})
    came = answer.json()["items"]
    assert [(one["outcome"], one["errors"][0]["code"]) for one in came] == [
        ("rejected", "erased")
    ] * 2
    assert await people(client) == []
    assert (await client.delete(f"/v1/erasures/{receipt['id']}/block")).status_code == 204
    assert (await client.post(CAPTURE, json=ann(("analytics", True)))).status_code == 201
