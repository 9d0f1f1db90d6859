"""Actions over HTTP: what they answer, what they are asked for by, and what they changed."""

from typing import Any

import asyncpg
import pytest

from service.domain.ids import new_id
from service.settings import Settings
from tests.contract.furnishing import workspace_of
from tests.make import Client, journey, pointers

FULL: dict[str, Any] = {
    "title": "Answer the fees on the first page",
    "description": "A table, 费用",
    "kind": "content",
    "status": "planned",
    "department": "marketing",
    "due_on": "2020-01-31",
    "effort": 5,
    "impact": 40,
    "cost": {"amount": 1250.5, "currency": "EUR"},
    "gap_ids": [str(new_id())],
    "metric": {
        "name": "Calls",
        "unit": "percent",
        "better": "higher",
        "before": 61.5,
        "after": 74.1,
        "measured_before_on": "2026-05-01",
        "measured_after_on": "2026-08-01",
    },
    "external_ids": [{"source": "crm", "id": "7"}],
}


async def mapped(client: Client) -> dict[str, Any]:
    """A map with a stage and a step that have something to answer."""
    body = journey(2, 2)
    body["stages"][0] |= {"questions": [{"key": "why", "text": "Why?"}]}
    body["stages"][0]["steps"][0] |= {"pains": [{"key": "queue", "text": "Waiting"}]}
    return await client.made("/v1/journeys", body)


async def test_an_action_is_read_as_it_was_sent_and_can_be_sent_back(client: Client) -> None:
    whole = await mapped(client)
    stage = whole["stages"][0]
    step = stage["steps"][0]
    targets = [
        {"stage_id": stage["id"], "item_key": "why"},
        {"journey_id": whole["id"], "step_id": step["id"], "item_key": "queue"},
        {"journey_id": whole["id"]},
    ]
    made = await client.made("/v1/actions", {**FULL, "targets": targets})
    nothing = {"stage_id": None, "step_id": None, "item_key": None}
    assert made["targets"] == [
        {**nothing, "journey_id": whole["id"], **target} for target in targets
    ]
    assert made["priority"] == 8
    assert made["metric"] == {**FULL["metric"], "kpi": None, "change": 12.6, "reason": None}
    for name in set(FULL) - {"metric"}:
        assert made[name] == FULL[name], name
    again = await client.put(f"/v1/actions/{made['id']}", json=made)
    ignored = {"version", "updated_at"}
    assert {n: v for n, v in again.json().items() if n not in ignored} == {
        n: v for n, v in made.items() if n not in ignored
    }
    patched = await client.patch(f"/v1/actions/{made['id']}", json={"metric": {"after": None}})
    assert patched.json()["metric"]["reason"] == "no_after"
    assert patched.json()["targets"] == made["targets"]
    emptied = await client.patch(
        f"/v1/actions/{made['id']}", json={"targets": None, "effort": None}
    )
    assert (emptied.json()["targets"], emptied.json()["priority"]) == ([], None)


async def test_what_an_action_uses_is_named_and_must_be_there(
    client: Client, stranger: Client, settings: Settings
) -> None:
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        mine, theirs = [await used(owner, one) for one in (client, stranger)]
    finally:
        await owner.close()
    body = {"title": "Act", "evidence_ids": [mine[0]], "content_ids": [mine[1], mine[1]]}
    made = await client.made("/v1/actions", body)
    assert (made["evidence_ids"], made["content_ids"]) == ([mine[0]], [mine[1]])
    body = {"title": "Act", "evidence_ids": [mine[0], theirs[0]], "content_ids": [theirs[1]]}
    refused = await client.post("/v1/actions", json=body)
    assert refused.status_code == 422
    assert pointers(refused) == {"/evidence_ids/1", "/content_ids/0"}
    assert (await client.got("/v1/actions", params={"count": "true"}))["total"] == 1


async def used(owner: asyncpg.Connection, client: Client) -> tuple[str, str]:
    """A finding and an item of content of a client's workspace."""
    evidence_id, content_id, workspace = new_id(), new_id(), workspace_of(client)
    await owner.execute(
        "INSERT INTO waypost.evidence (workspace_id, id, created_at, updated_at, kind, "
        "source_kind, status) VALUES ($1, $2, now(), now(), 'anecdotal', 'interview', 'observed')",
        workspace,
        evidence_id,
    )
    await owner.execute(
        "INSERT INTO waypost.content (workspace_id, id, created_at, updated_at, key, title, kind) "
        "VALUES ($1, $2, now(), now(), 'fees', 'Fees', 'page')",
        workspace,
        content_id,
    )
    return str(evidence_id), str(content_id)


async def test_a_target_that_is_not_there_is_named(client: Client, stranger: Client) -> None:
    mine, other, theirs = await mapped(client), await mapped(client), await mapped(stranger)
    stage, step = mine["stages"][0], mine["stages"][0]["steps"][0]
    targets = [
        {"journey_id": theirs["id"]},
        {"stage_id": theirs["stages"][0]["id"]},
        {"step_id": str(new_id())},
        {"stage_id": stage["id"], "item_key": "queue"},
        {"step_id": step["id"], "journey_id": other["id"]},
        {"step_id": step["id"], "item_key": "queue"},
    ]
    refused = await client.post("/v1/actions", json={"title": "Act", "targets": targets})
    assert refused.status_code == 422
    assert pointers(refused) == {
        "/targets/0/journey_id",
        "/targets/1/stage_id",
        "/targets/2/step_id",
        "/targets/3/item_key",
        "/targets/4/journey_id",
    }
    for target in ({}, {"stage_id": stage["id"], "step_id": step["id"]}):
        refused = await client.post("/v1/actions", json={"title": "Act", "targets": [target]})
        assert pointers(refused) == {"/targets/0"}


@pytest.mark.parametrize(
    ("member", "value", "pointer"),
    [
        ("effort", 0, "/effort"),
        ("effort", -1, "/effort"),
        ("effort", "5", "/effort"),
        ("impact", 1e300, "/impact"),
        ("kind", "magic", "/kind"),
        ("status", "won", "/status"),
        ("due_on", "tomorrow", "/due_on"),
        ("cost", {"amount": 1}, "/cost/currency"),
        ("gap_ids", ["x"], "/gap_ids/0"),
        ("gap_ids", [str(new_id())] * 201, "/gap_ids"),
        ("metric", {}, "/metric/name"),
        ("metric", {"name": "Calls", "before": 1e16}, "/metric/before"),
        (
            "metric",
            {
                "name": "Calls",
                "measured_before_on": "2026-02-01",
                "measured_after_on": "2026-01-01",
            },
            "/metric",
        ),
        ("colour", "red", "/colour"),
    ],
)
async def test_what_no_action_can_be_is_refused(
    client: Client, member: str, value: Any, pointer: str
) -> None:
    refused = await client.post("/v1/actions", json={"title": "Act", member: value})
    assert (refused.status_code, pointers(refused)) == (422, {pointer})


async def test_actions_are_found_by_what_they_are_and_answer(client: Client) -> None:
    whole = await mapped(client)
    step = whole["stages"][0]["steps"][0]["id"]
    full = await client.made("/v1/actions", {**FULL, "targets": [{"step_id": step}]})
    await client.made("/v1/actions", {"title": "Later", "due_on": "2999-01-01"})
    await client.made("/v1/actions", {"title": "Done", "status": "done", "due_on": "2020-01-01"})
    other = {"journey_id": str(new_id()), "step_id": str(new_id()), "gap_id": str(new_id())}
    for query in (
        {"status": "planned"},
        {"kind": "content"},
        {"department": "marketing"},
        {"journey_id": whole["id"]},
        {"step_id": step},
        {"gap_id": FULL["gap_ids"][0]},
        {"overdue": "true"},
        {"due_from": "2020-01-31", "due_to": "2020-12-31"},
        {"q": "费用"},
        {"filter": '{"field": "priority", "op": "ge", "value": 8}'},
    ):
        found = await client.got("/v1/actions", params=query)
        assert [one["id"] for one in found["items"]] == [full["id"]], query
    for name, value in other.items():
        assert (await client.got("/v1/actions", params={name: value}))["items"] == []
    late = await client.got("/v1/actions", params={"overdue": "false", "sort": "title"})
    assert [one["title"] for one in late["items"]] == ["Done", "Later"]


async def test_what_is_unknown_comes_last_in_either_order_over_pages(client: Client) -> None:
    for n, (due_on, impact) in enumerate(
        [("2026-03-01", 10), (None, None), ("2026-01-01", 30), ("2026-02-01", 20), (None, 5)]
    ):
        body = {"title": f"Action {n}", "due_on": due_on, "impact": impact, "effort": 2}
        await client.made("/v1/actions", body)
    assert await walked(client, "due_on") == ["2026-01-01", "2026-02-01", "2026-03-01", None, None]
    assert await walked(client, "-due_on") == ["2026-03-01", "2026-02-01", "2026-01-01", None, None]
    assert await walked(client, "-priority") == [15, 10, 5, 2.5, None]
    assert await walked(client, "priority") == [2.5, 5, 10, 15, None]


async def walked(client: Client, sort: str) -> list[Any]:
    """What the list is sorted by, read two rows a page."""
    found, after = [], None
    while True:
        query = {"sort": sort, "limit": "2", **({"after": after} if after else {})}
        page = await client.got("/v1/actions", params=query)
        found += [one[sort.removeprefix("-")] for one in page["items"]]
        after = page["next"]
        if after is None:
            return found


@pytest.mark.parametrize(
    ("metric", "change", "verdict", "reason"),
    [
        (None, None, "not_enough_data", "no_metric"),
        ({}, None, "not_enough_data", "not_measured"),
        ({"before": 1}, None, "not_enough_data", "no_after"),
        ({"after": 1}, None, "not_enough_data", "no_before"),
        ({"before": 1, "after": 1.5}, 0.5, "improved", None),
        ({"before": 1, "after": 0}, -1, "worse", None),
        ({"before": 0, "after": 0}, 0, "unchanged", None),
        ({"before": 0.3, "after": 0.1, "better": "lower"}, -0.2, "improved", None),
        ({"before": 1, "after": 2, "better": "lower"}, 1, "worse", None),
    ],
)
async def test_an_effect_is_what_was_measured(
    client: Client, metric: Any, change: Any, verdict: str, reason: Any
) -> None:
    body = {"title": "Act", "metric": metric if metric is None else {"name": "Calls", **metric}}
    made = await client.made("/v1/actions", body)
    found = await client.got(f"/v1/actions/{made['id']}/effect")
    assert (found["change"], found["verdict"], found["reason"]) == (change, verdict, reason)
    assert found["before"]["value"] == (metric or {}).get("before")
    if metric is not None:
        assert (made["metric"]["change"], made["metric"]["reason"]) == (change, reason)


async def test_the_effect_of_nothing_is_not_found(client: Client, stranger: Client) -> None:
    made = await stranger.made("/v1/actions", {"title": "Act"})
    assert (await client.get(f"/v1/actions/{made['id']}/effect")).status_code == 404


async def test_an_alias_of_a_department_is_stored_as_what_it_stands_for(client: Client) -> None:
    into = await client.made("/v1/vocabulary", {"kind": "department", "slug": "marketing"})
    alias = {"kind": "department", "slug": "ads", "alias_of": into["id"]}
    await client.made("/v1/vocabulary", alias)
    made = await client.made("/v1/actions", {"title": "Act", "department": "ads"})
    assert made["department"] == "marketing"
