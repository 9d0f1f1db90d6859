"""A published map with all that hangs on one, and edits wherever what is computed looks."""

from typing import Any

from tests.make import Client, journey
from tests.slices.challenged import STAGES, written

Json = dict[str, Any]
EDITS = (
    ("step", {"touchpoints": [], "department": "sales", "emotion": 2, "questions": []}),
    ("stage", {"name": "Renamed", "questions": [], "goals": [], "phase": "after_sale"}),
    ("map", {"persona_ids": [], "title": "Otherwise", "scope": None}),
)


async def hung_upon(client: Client) -> Json:
    """A map with all that hangs on one, published."""
    profile = await client.made("/v1/profiles", {"name": "Savers"})
    ann = await client.made("/v1/personas", {"name": "Ann", "profile_id": profile["id"]})
    hotline = {"key": "hotline", "name": "Hotline", "channel": "phone", "department": "service"}
    at = await client.made("/v1/touchpoints", hotline)
    await client.made("/v1/touchpoints", {"key": "desk", "name": "Desk", "department": "sales"})
    inner = await client.made("/v1/journeys", journey(1, 1, title="Inner"))
    stages: list[Json] = [dict(stage) for stage in STAGES]
    stages[1] = {**stages[1], "steps": [dict(stages[1]["steps"][0])]}  # type: ignore[index]
    stages[1]["steps"][0] |= {"department": "legal", "emotion": -2, "journey_id": inner["id"]}
    body = {"title": "Finding", "stages": stages, "persona_ids": [ann["id"]]}
    made = await client.made("/v1/journeys", body | {"scope": {"from": "look", "to": "decide"}})
    call = made["stages"][0]["steps"][0]
    story = {"kind": "anecdotal", "source_kind": "interview", "text": "They waited"}
    for target in ({"step_id": call["id"]}, {"touchpoint_id": at["id"]}, {"persona_id": ann["id"]}):
        await client.made("/v1/evidence", story | {"targets": [target]})
    await written(client, made, "Fees", "fees")
    met = {"title": "Met", "touchpoint_ids": [at["id"]]}
    hers = {"title": "Hers", "stage": "prospect", "audience": {"persona_ids": [ann["id"]]}}
    for body in (met, hers):
        await client.made("/v1/content", body)
    aimed = {"targets": [{"step_id": call["id"], "item_key": "queue"}], "effort": 2}
    await client.made("/v1/actions", {"title": "Hurry", "kind": "improve"} | aimed)
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    return made


async def edited(client: Client, of: Json) -> None:
    """Change it wherever what is computed looks, but keep the parts that something is about."""
    stage = of["stages"][0]
    paths = {"step": f"steps/{stage['steps'][0]['id']}", "stage": f"stages/{stage['id']}"}
    for which, change in EDITS:
        path = paths.get(which, f"journeys/{of['id']}")
        answer = await client.patch(f"/v1/{path}", json=change)
        assert answer.status_code == 200, answer.text
    for stage in of["stages"][1:]:
        assert (await client.delete(f"/v1/stages/{stage['id']}")).status_code == 204
