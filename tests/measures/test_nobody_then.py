"""A map and its people then and now, where at one of the times nobody was there."""

import json
from datetime import timedelta

from tests.make import Client, pointers
from tests.measures.followed import bound, told
from tests.measures.test_then_and_now import ASKED, AT, NOW, STAGES, iso, sent


async def test_of_a_side_without_events_nobody_is_counted(client: Client) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    await sent(client, [("u", "a", NOW - timedelta(days=9))])
    found = await told(client, made["id"], AT, **ASKED)
    assert (found["base"]["contacts"], found["base"]["contacts_reason"]) == (None, "no_event")
    assert found["with"]["contacts"] == 1
    assert "contacts_reason" not in found["with"]
    late = {"effective_from": iso(NOW - timedelta(days=60))}
    await client.made(f"/v1/journeys/{made['id']}/publish", late)
    found = await told(client, made["id"], AT, **ASKED)
    assert (found["base"]["contacts"], found["base"]["contacts_reason"]) == (None, "not_in_force")
    gone = {"field": "member_of", "op": "eq", "value": made["id"]}
    query = {"filter": json.dumps({"all": [gone]})}
    answer = await client.get(f"/v1/journeys/{made['id']}/{AT}", params=query)
    assert (answer.status_code, pointers(answer)) == (422, {"/query/filter/all/0/value"})
    assert answer.json()["errors"][0]["code"] == "unknown_reference"
