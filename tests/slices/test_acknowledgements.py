"""Every department whose steps a publishing changed takes note of it."""

import asyncio
from typing import Any

import asyncpg

from service.settings import Settings
from tests.contract.furnishing import workspace_of
from tests.make import Client, pointers
from tests.slices.words import word

Json = dict[str, Any]
ANN = {"Waypost-Actor": "Ann <ann@example.org>"}


async def drawn(client: Client) -> Json:
    """A map whose steps belong to several departments, one of them by a touchpoint's; from then on
    it is Ann who calls.
    """
    portal = await client.made("/v1/touchpoints", {"name": "Portal", "department": "it"})
    steps = [
        {"key": "ask", "action": "Ask", "department": "desk"},
        {"key": "sign", "action": "Sign", "department": "sales"},
        {"key": "log-in", "action": "Log in", "touchpoints": [{"touchpoint_id": portal["id"]}]},
    ]
    edges = [{"from": "ask", "to": "sign", "received_by": "sales"}]
    stages = [{"name": "All", "steps": steps}]
    body = {"title": "Map", "stages": stages, "transitions": edges}
    made = await client.made("/v1/journeys", body)
    client.headers.update(ANN)
    return made


async def publish(client: Client, of: Json) -> Json:
    return await client.made(f"/v1/journeys/{of['id']}/publish", {})


async def test_the_first_publishing_concerns_all_and_a_second_those_it_changes(
    client: Client,
) -> None:
    made = await drawn(client)
    assert (await publish(client, made))["departments"] == ["desk", "it", "sales"]
    assert (await publish(client, made))["departments"] == []
    ask, sign, log_in = made["stages"][0]["steps"]
    await client.patch(f"/v1/steps/{ask['id']}", json={"emotion": -1})
    assert (await publish(client, made))["departments"] == ["desk"]
    await client.patch(f"/v1/steps/{sign['id']}", json={"department": "legal"})
    assert (await publish(client, made))["departments"] == ["legal", "sales"]
    await client.delete(f"/v1/steps/{log_in['id']}")
    assert (await publish(client, made))["departments"] == ["it"]
    edge = made["transitions"][0]["id"]
    await client.patch(f"/v1/transitions/{edge}", json={"received_by": "vault"})
    assert (await publish(client, made))["departments"] == ["desk", "legal", "sales", "vault"]
    await client.patch(f"/v1/journeys/{made['id']}", json={"title": "Other"})
    assert (await publish(client, made))["departments"] == []


async def test_a_department_takes_note_once(client: Client) -> None:
    made = await drawn(client)
    await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    items = (await client.got(at))["items"]
    assert [(one["department"], one["status"]) for one in items] == [
        ("desk", "pending"),
        ("it", "pending"),
        ("sales", "pending"),
    ]
    body = {"department": "it", "note": "We know."}
    answer = await client.post(at, json=body, headers=ANN)
    assert answer.status_code == 200, answer.text
    (it,) = (one for one in answer.json()["items"] if one["department"] == "it")
    assert (it["status"], it["person"], it["note"]) == (
        "acknowledged",
        "Ann <ann@example.org>",
        "We know.",
    )
    assert it["acknowledged_at"]
    again = await client.post(at, json={"department": "it", "note": "Once more."})
    assert again.json() == answer.json() == await client.got(at)
    both = [client.post(at, json={"department": "desk"}) for _ in range(4)]
    assert {answer.status_code for answer in await asyncio.gather(*both)} == {200}
    statuses = {one["department"]: one["status"] for one in (await client.got(at))["items"]}
    assert statuses == {"desk": "acknowledged", "it": "acknowledged", "sales": "pending"}


async def test_a_note_of_nobody_concerned_is_refused(client: Client) -> None:
    made = await drawn(client)
    await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    for body in ({"department": "press"}, {"department": ""}, {"note": "Hello"}):
        answer = await client.post(at, json=body)
        assert (answer.status_code, pointers(answer)) == (422, {"/department"})
    gone = f"/v1/journeys/{made['id']}/revisions/2/acknowledgements"
    assert (await client.post(gone, json={"department": "it"})).status_code == 404


async def test_whoever_follows_hears_of_it_once(client: Client) -> None:
    made = await drawn(client)
    revision = await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    start = await client.now()
    for _ in range(2):
        await client.post(at, json={"department": "it"})
    items = await client.changed(start)
    assert [(one["kind"], one["id"], one["whole_id"]) for one in items] == [
        ("revision", revision["id"], made["id"])
    ]


async def test_the_trail_says_who_published_restored_and_took_note(
    client: Client, settings: Settings
) -> None:
    made = await drawn(client)
    at = f"/v1/journeys/{made['id']}"
    await client.post(f"{at}/publish", json={}, headers=ANN)
    known = f"{at}/revisions/1/acknowledgements"
    await client.post(known, json={"department": "it"}, headers=ANN)
    await client.post(f"{at}/restore", json={"revision": 1}, headers=ANN)
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        rows = await owner.fetch(
            "SELECT kind FROM waypost.audit WHERE workspace_id = $1 AND person = $2 ORDER BY id",
            workspace_of(client),
            ANN["Waypost-Actor"],
        )
    finally:
        await owner.close()
    assert {row["kind"] for row in rows} == {
        "journey.revision.published",
        "revision.acknowledged",
        "revision.created",
        "journey.updated",
        "journey.restored",
    }


async def renamed(client: Client, old: str, new: str) -> None:
    which = await word(client, "department", old)
    answer = await client.patch(f"/v1/vocabulary/{which['id']}", json={"slug": new})
    assert answer.status_code == 200, answer.text


async def noted(client: Client, at: str) -> list[tuple[str, str, str | None]]:
    items = (await client.got(at))["items"]
    return [(one["department"], one["status"], one["note"]) for one in items]


async def test_a_department_takes_note_under_any_of_its_names(client: Client) -> None:
    made = await drawn(client)
    revision = await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    await client.post(at, json={"department": "it", "note": "First"})
    await renamed(client, "it", "platform")
    await renamed(client, "desk", "counter")
    assert await noted(client, at) == [
        ("counter", "pending", None),
        ("platform", "acknowledged", "First"),
        ("sales", "pending", None),
    ]
    start = await client.now()
    for name, note in (("platform", "Again"), ("counter", "New"), ("desk", "Old")):
        answer = await client.post(at, json={"department": name, "note": note})
        assert answer.status_code == 200, answer.text
    assert await noted(client, at) == [
        ("counter", "acknowledged", "New"),
        ("platform", "acknowledged", "First"),
        ("sales", "pending", None),
    ]
    assert len(await client.changed(start)) == 1
    # The revision is what it was.
    kept = await client.got(f"/v1/journeys/{made['id']}/revisions/1")
    assert kept["departments"] == revision["departments"] == ["desk", "it", "sales"]


async def test_departments_that_become_one_have_taken_note_once(client: Client) -> None:
    made = await drawn(client)
    await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    for name in ("sales", "desk"):
        await client.post(at, json={"department": name, "note": name})
    desk, sales = [await word(client, "department", one) for one in ("desk", "sales")]
    merged = await client.post(f"/v1/vocabulary/{sales['id']}/merge", json={"into": desk["id"]})
    assert merged.status_code == 200, merged.text
    assert await noted(client, at) == [
        ("desk", "acknowledged", "sales"),
        ("it", "pending", None),
    ]


async def test_taking_note_leaves_the_map_unread(client: Client) -> None:
    made = await drawn(client)
    await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    before = await client.statements()
    assert (await client.post(at, json={"department": "it"})).status_code == 200
    assert await client.statements() - before == 3
    before = await client.statements()
    assert (await client.post(at, json={"department": "it"})).status_code == 200
    assert await client.statements() - before == 2


async def test_nobody_takes_note_namelessly(client: Client) -> None:
    made = await drawn(client)
    await publish(client, made)
    at = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    client.headers["Waypost-Actor"] = " "
    answer = await client.post(at, json={"department": "it"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "person_required")
    answer = await client.post(at, json={"department": "moon"})
    assert pointers(answer) == {"/header/Waypost-Actor", "/department"}
    assert {one["status"] for one in (await client.got(at))["items"]} == {"pending"}
