"""What goes with a part of a map, or with the map: over HTTP, and as it is told."""

from tests.make import Client
from tests.slices.test_actions import mapped


async def test_what_an_action_answers_goes_with_it_and_the_action_stays(client: Client) -> None:
    whole = await mapped(client)
    at = f"/v1/journeys/{whole['id']}"
    stage, other = whole["stages"]
    steps = [step["id"] for step in stage["steps"]]
    targets = [{"step_id": steps[0]}, {"step_id": steps[1]}, {"stage_id": other["id"]}]
    made = await client.made("/v1/actions", {"title": "Act", "targets": targets})
    del whole["stages"][0]["steps"][0]
    for gone, left in (
        (client.put(at, json={**whole, "transitions": []}), [steps[1], None]),
        (client.delete(f"/v1/steps/{steps[1]}"), [None]),
        (client.delete(f"/v1/stages/{other['id']}"), []),
    ):
        before = await client.got(f"/v1/actions/{made['id']}")
        start = await client.now()
        assert (await gone).status_code in (200, 204)
        after = await client.got(f"/v1/actions/{made['id']}")
        assert [target["step_id"] for target in after["targets"]] == left
        assert after["version"] == before["version"] + 1
        told = await client.changed(start, kind="action")
        assert [(one["id"], one["version"]) for one in told] == [(made["id"], after["version"])]


async def test_with_a_map_goes_what_is_said_of_it_and_all_of_it_is_told(client: Client) -> None:
    whole = await mapped(client)
    body = {"title": "Act", "targets": [{"journey_id": whole["id"]}]}
    action = await client.made("/v1/actions", body)
    review = await client.made("/v1/reviews", {"journey_id": whole["id"]})
    about = {"target": {"kind": "journey", "id": whole["id"]}, "text": "Look"}
    comment = await client.made("/v1/comments", about)
    start = await client.now()
    assert (await client.delete(f"/v1/journeys/{whole['id']}")).status_code == 204
    told = await client.changed(start, kind="action,review,comment")
    assert {(one["id"], one["op"]) for one in told} == {
        (action["id"], "upsert"),
        (review["id"], "erase"),
        (comment["id"], "erase"),
    }
    left = await client.got(f"/v1/actions/{action['id']}")
    assert (left["targets"], left["version"]) == ([], 2)
