"""What a contact may be told to have."""

from tests.make import Client


async def test_a_contact_has_as_many_traits_as_an_export_has_columns(client: Client) -> None:
    traits = {f"column_{n}": n for n in range(500)}
    item = {"identifiers": [{"source": "crm", "value": "wide"}], "traits": traits}
    body = {"items": [item, {**item, "traits": {**traits, "one": 1}}]}
    outcomes = (await client.post("/v1/contacts/batch/upsert", json=body)).json()["items"]
    assert [one["outcome"] for one in outcomes] == ["created", "rejected"]
    assert outcomes[1]["errors"][0]["code"] == "too_many"
    batch = [{"type": "identify", "userId": "wide", "messageId": "m", "traits": traits}]
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": batch})
    assert "code" not in answer.json()["outcomes"][0]


async def test_an_upsert_names_somebody_and_was_not_changed_tomorrow(client: Client) -> None:
    ann = {"identifiers": [{"source": "crm", "value": "ann"}]}
    late = {**ann, "source_updated_at": "9999-12-31T00:00:00Z"}
    body = {"items": [{}, {"identifiers": [], "traits": {"a": 1}}, late, ann]}
    items = (await client.post("/v1/contacts/batch/upsert", json=body)).json()["items"]
    assert [one["outcome"] for one in items] == ["rejected"] * 3 + ["created"]
    assert [one["errors"][0]["code"] for one in items[:3]] == ["required", "required", "in_future"]
    assert items[2]["errors"][0]["pointer"] == "/items/2/source_updated_at"
    path = "/v1/contacts/by-external-id/crm/ann"
    answer = await client.put(path, json={"source_updated_at": "9999-12-31T00:00:00Z"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_future")
    assert (await client.got("/v1/contacts?count=true"))["total"] == 1
