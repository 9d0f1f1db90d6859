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
