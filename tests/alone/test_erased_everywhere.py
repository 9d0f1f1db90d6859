"""Of somebody erased nothing is left anywhere."""

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from service.domain.contacts import identity
from service.domain.ids import new_id
from service.domain.work import Caller
from service.settings import Settings
from tests.looking import found_in, told_as
from tests.make import Client


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


async def lived(client: Client, ann: Mapping[str, str]) -> list[str]:
    """What becomes of somebody whom everybody has written of; the ids of the contacts."""

    async def post(path: str, body: object, key: str | None = None) -> dict[str, object]:
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code < 300, (path, answer.text)
        shown: dict[str, object] = answer.json()
        return shown

    def named(*sources: str) -> list[dict[str, str]]:
        return [{"source": source, "value": ann[source]} for source in sources]

    traits = {"name": ann["name"], "email": ann["email"], "notes": {"met": [ann["name"]]}}
    batch = {"items": [{"identifiers": named("crm", "email"), "traits": traits}]}
    await post("/v1/contacts/batch/upsert", batch, ann["email"])
    agreed = {"consents": [{"purpose": "sensitive_data", "granted": True, "means": "fair"}]}
    believing = {"traits": {"religion": ann["name"]}}
    await post(
        "/v1/contacts/capture", {"identifiers": named("phone"), **agreed, **believing}, "fair"
    )
    seen = {"type": "track", "event": "Seen", "properties": {"of": ann["name"]}}
    known = {"userId": ann["user_id"], "anonymousId": ann["anonymous_id"]}
    messages = [
        {**seen, "messageId": "1", "anonymousId": ann["anonymous_id"]},
        {"type": "identify", "messageId": "2", **known, "traits": {"email": ann["email"]}},
        {**seen, "messageId": "3", "userId": ann["user_id"], "context": {"ip": ann["name"]}},
        {"type": "alias", "messageId": "4", "userId": ann["user_id"], "previousId": ann["alias"]},
        {"type": "track", "messageId": "5", "userId": ann["user_id"]},
        {"type": "nonsense", "messageId": "6", "anonymousId": ann["anonymous_id"]},
        # Somebody else, at the same device.
        {"type": "page", "messageId": "7", "userId": "bob", "anonymousId": ann["anonymous_id"]},
    ]
    came = await post("/v1/batch", {"batch": messages})
    assert (came["accepted"], came["quarantined"]) == (5, 2)
    lines = b'{"userId": "' + ann["user_id"].encode() + b'", "type": \xff}\n'
    assert (await client.post("/v1/events", content=lines)).json()["quarantined"] == 1
    sources = ("crm", "phone", "user_id", "anonymous_id")
    items = (await post("/v1/contacts/lookup", {"items": named(*sources)}, "looked up"))["items"]
    first, second, third, same = [row["id"] for row in items]  # type: ignore[attr-defined]
    assert third == same
    merge = {"winner_id": first, "loser_id": second}
    undone = await post("/v1/contacts/merge", merge, "merged")
    await post(f"/v1/merges/{undone['id']}/undo", None)
    await post("/v1/contacts/merge", merge)
    await post("/v1/contacts/merge", {"winner_id": third, "loser_id": first})
    for who in (first, second, third):
        said = {"purpose": "email_marketing", "granted": True, "means": "form"}
        await post(f"/v1/contacts/{who}/consents", said, f"consent of {who}")
    finding = {"kind": "anecdotal", "source_kind": "interview", "text": f"{ann['name']} waited"}
    await post("/v1/evidence", {**finding, "subject": {"contact_id": second}}, "evidence")
    filter_ = {"field": "traits.email", "op": "eq", "value": ann["email"]}
    await post("/v1/contacts/search", {"filter": filter_}, "searched")
    changed = await client.patch(f"/v1/contacts/{first}", json={"traits": {"plan": ann["name"]}})
    assert changed.status_code == 200, changed.text
    quarantined = (await client.got("/v1/quarantine"))["items"]
    for one in quarantined:
        await client.post(f"/v1/quarantine/{one['id']}/replay")
    await post(f"/v1/contacts/{third}/restrict", None, "restricted")
    return [first, second, third]


async def test_of_somebody_erased_no_column_of_any_table_tells(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    """Neither identifiers nor their plain hashes, in text, JSON and bytes, after a long history."""
    once = new_id().hex[-12:]
    ann = {
        "crm": f"ann of 50% / {once}",
        "email": f"ann+{once}@example.org",
        "phone": f'+43 "{once}" \\ 1',
        "user_id": f"añn–{once}",
        "anonymous_id": f"客户 {once}",
        "alias": f"before-{once}",
        "name": f"Ann of {once}",
    }
    needles = [
        way
        for source, value in ann.items()
        for way in told_as(workspace.workspace_id, source, value)
    ]
    needles.append(str(identity(workspace.workspace_id, "anonymous_id", ann["alias"])))
    contact_ids = await lived(client, ann)
    before = {place.split()[0].removeprefix("waypost.") for place in await found_in(owner, needles)}
    assert before >= {
        *("contacts", "contact_identifiers", "evidence", "idempotency_keys", "quarantine"),
    }
    assert any("events" in place for place in before)
    receipt = await client.made(f"/v1/contacts/{contact_ids[1]}/erase", None)
    assert await found_in(owner, needles) == set()
    counts = receipt["counts"]
    assert (counts["contacts"], counts["contact_identifiers"], counts["events"]) == (5, 7, 4)
    assert (counts["consents"], counts["evidence"], counts["quarantine"]) == (4, 1, 3)
    assert await found_in(owner, [once]) == set()
    # What comes again is not taken in again.
    items = [{"identifiers": [{"source": "email", "value": ann["email"]}]}]
    again = await client.post("/v1/contacts/batch/upsert", json={"items": items})
    assert again.json()["items"][0]["errors"][0]["code"] == "erased"
    late = {"type": "track", "event": "Seen", "userId": ann["user_id"], "messageId": "late"}
    answer = await client.post("/v1/batch", json={"batch": [late]})
    assert answer.json()["accepted"] == 0
    assert await found_in(owner, needles) == set()
