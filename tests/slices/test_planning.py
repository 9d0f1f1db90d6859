"""Challenges, coverage and plan of stored maps."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.database import Database
from service.domain.insights.planning.reads import for_challenges, for_coverage, for_plans
from service.domain.insights.planning.rows import COVERAGE
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, pointers
from tests.slices.challenged import STAGES, mapped, written

NOBODY = "019e0000-0000-7000-8000-000000000000"


async def test_the_grid_shows_what_nothing_answers(client: Client) -> None:
    made = await mapped(client)
    item = await written(client, made, "What advice costs", "fees", "who")
    grid = await client.got(f"/v1/journeys/{made['id']}/challenges")
    assert [(row["kind"], row["key"], row["empty"]) for row in grid["items"]] == [
        ("question", "who", False),
        ("objection", "later", True),
        ("question", "fees", False),
        ("pain", "queue", True),
        ("pain", "paper", True),
    ]
    assert grid["items"][2]["content"][0]["content_id"] == item["id"]
    assert (grid["items"][2]["stage_key"], grid["items"][2]["step_key"]) == ("look", "call")
    assert [cell["key"] for cell in grid["empty"]] == ["later", "queue", "paper"]
    assert grid["empty_count"] == 3
    share = grid["answered"]
    assert (share["value"], share["numerator"], share["denominator"]) == (0.4, 2, 5)
    # Wilson: (0.4 + 1.92073/5 ± 1.95996 √(0.24/5 + 3.84146/100)) / (1 + 3.84146/5)
    assert abs(share["low"] - 0.117621) < 1e-5
    assert abs(share["high"] - 0.769276) < 1e-5
    assert grid["by_kind"]["question"]["value"] == grid["by_kind"]["question"]["high"] == 1
    assert grid["by_kind"]["pain"]["low"] == 0
    assert [one["answered"]["denominator"] for one in grid["by_stage"]] == [4, 1, 0]
    assert grid["by_stage"][2]["answered"]["reason"]


async def test_the_grid_is_filtered_and_its_shares_count_both(client: Client) -> None:
    made = await mapped(client)
    await written(client, made, "What advice costs", "fees")
    path = f"/v1/journeys/{made['id']}/challenges"
    for query, keys in (
        ("kind=question", ["who", "fees"]),
        ("topic=price", ["fees"]),
        ("stage=decide", ["paper"]),
        (f"stage={made['stages'][1]['id']}", ["paper"]),
        ("empty=true", ["who", "later", "queue", "paper"]),
        ("empty=false&kind=question", ["fees"]),
    ):
        grid = await client.got(f"{path}?{query}")
        assert [row["key"] for row in grid["items"]] == keys, query
    grid = await client.got(f"{path}?empty=true")
    assert (grid["answered"]["numerator"], grid["answered"]["denominator"]) == (1, 5)
    for query, at in (
        ("kind=wish", "/query/kind"),
        ("topic=weather", "/query/topic"),
        ("stage=nowhere", "/query/stage"),
        ("empty=perhaps", "/query/empty"),
        ("colour=red", "/query/colour"),
        ("format=html", "/query/format"),
    ):
        answer = await client.get(f"{path}?{query}")
        assert (answer.status_code, pointers(answer)) == (422, {at}), query


async def test_an_answer_to_what_is_gone_dangles(client: Client) -> None:
    made = await mapped(client)
    item = await written(client, made, "What advice costs", "fees")
    step = made["stages"][0]["steps"][0]
    assert (await client.patch(f"/v1/steps/{step['id']}", json={"questions": []})).is_success
    grid = await client.got(f"/v1/journeys/{made['id']}/challenges")
    assert [(one["content_id"], one["item_key"]) for one in grid["dangling"]] == [
        (item["id"], "fees")
    ]
    assert grid["answered"]["numerator"] == 0


async def test_coverage_names_what_is_missing(client: Client) -> None:
    made = await mapped(client, scope={"from": "look", "to": "after"})
    await written(client, made, "What advice costs", "fees", "queue")
    found = await client.got(f"/v1/journeys/{made['id']}/coverage")
    assert found["departments"]["present"] == ["sales", "service"]
    assert found["departments"]["missing"] == ["events"]
    assert found["questions"]["share"]["value"] == 0.5
    assert [one["key"] for one in found["questions"]["missing"]] == ["who"]
    assert [one["key"] for one in found["pains"]["missing"]] == ["paper"]
    assert found["objections"]["share"]["value"] == 0
    assert [one["key"] for one in found["touchpoints"]["unused"]] == ["fair"]
    assert [one["key"] for one in found["touchpoints"]["steps_without"]] == ["sign"]
    assert found["touchpoints"]["steps"]["denominator"] == 2
    assert found["excluded"] == [{"reason": "private_step", "count": 1}]
    assert [one["key"] for one in found["stages"]["missing"]] == ["after"]
    assert (found["stages"]["share"]["numerator"], found["stages"]["unknown"]) == (2, [])
    assert found["evidence"]["stages"]["neither"]["value"] == 1
    assert [one["key"] for one in found["evidence"]["steps_without"]] == ["call", "talk", "sign"]


async def test_a_scope_bounds_the_stages_and_names_the_unknown(client: Client) -> None:
    made = await mapped(client, scope={"from": "look", "to": "We decide"})
    path = f"/v1/journeys/{made['id']}"
    stages = (await client.got(f"{path}/coverage"))["stages"]
    assert [one["key"] for one in stages["in_scope"]] == ["look", "decide"]
    for scope, count, unknown in (
        ({"from": "nowhere", "to": "decide"}, 2, ["nowhere"]),
        ({"from": "decide", "to": "look"}, 3, []),
    ):
        assert (await client.patch(path, json={"scope": scope})).is_success
        stages = (await client.got(f"{path}/coverage"))["stages"]
        assert (len(stages["in_scope"]), stages["unknown"]) == (count, unknown)
    assert stages["reason"]


async def test_the_plan_says_what_to_say_show_and_spend(client: Client) -> None:
    made = await mapped(client)
    item = await written(client, made, "What advice costs", "fees")
    cost = {"amount": 0.5, "currency": "USD"}
    await client.patch(f"/v1/content/{item['id']}", json={"cost": cost})
    other = {"title": "Comparing", "stage": "consideration", "cost": cost | {"currency": "EUR"}}
    await client.made("/v1/content", other)
    ann = await client.made("/v1/personas", {"name": "Ann"})
    hers = {"title": "Hers", "stage": "look", "audience": {"persona_ids": [ann["id"]]}}
    await client.made("/v1/content", hers)
    found = await client.got(f"/v1/journeys/{made['id']}/plan")
    look, decide, after = found["stages"]
    assert look["message"]["goals"] == ["Somebody to trust"]
    assert look["message"]["questions"] == ["Who is there?", "What does it cost?"]
    assert look["message"]["text"].startswith("What they want: Somebody to trust\n")
    assert [(one["title"], one["because"]) for one in look["content"]] == [
        ("Comparing", ["stage"]),
        ("What advice costs", ["answers"]),
    ]
    assert [one["key"] for one in look["touchpoints"]] == ["hotline"]
    assert look["touchpoints"][0]["activities"][0]["cost"]["amount"] == 1000.25
    assert look["owner"] == {"department": "service", "steps": 1, "others": []}
    assert look["costs"] == [
        {"currency": "EUR", "amount": 1000.75, "activities": 1000.25, "content": 0.5, "actions": 0},
        {"currency": "USD", "amount": 0.5, "activities": 0, "content": 0.5, "actions": 0},
    ]
    assert found["costs"] == look["costs"]
    assert decide["owner"]["department"] is None
    assert decide["owner"]["reason"]
    assert after["message"]["text"] is None
    assert after["message"]["reason"]
    journey = {"persona_ids": [ann["id"]]}
    assert (await client.patch(f"/v1/journeys/{made['id']}", json=journey)).is_success
    found = await client.got(f"/v1/journeys/{made['id']}/plan")
    assert "Hers" in [one["title"] for one in found["stages"][0]["content"]]


async def test_content_that_is_planned_at_a_touchpoint_is_in_the_plan(client: Client) -> None:
    made = await mapped(client)
    flyer = await client.made("/v1/content", {"title": "Flyer"})
    await client.made("/v1/content", {"title": "Used nowhere"})
    look = made["stages"][0]["steps"][0]["touchpoints"][0]
    activities = [{"name": "Evening", "content_ids": [flyer["id"]]}, {"name": "Without"}]
    path = f"/v1/touchpoints/{look['touchpoint_id']}"
    assert (await client.patch(path, json={"activities": activities})).is_success
    found = await client.got(f"/v1/journeys/{made['id']}/plan")
    titles = [(one["title"], one["because"]) for one in found["stages"][0]["content"]]
    assert titles == [("Flyer", ["activity"])]


async def test_a_connection_that_has_read_nothing_yet_reads_a_plan(
    client: Client, settings: Settings, workspace: Caller
) -> None:
    made = await mapped(client)
    for read in (for_challenges, for_coverage, for_plans):
        fresh = Database(settings.database_url, settings)
        try:
            async with fresh.read(workspace) as work:
                assert list(await read(work, [UUID(made["id"])])) == [UUID(made["id"])]
        finally:
            await fresh.close()


async def test_a_connection_that_has_read_nothing_yet_reads_lists_within_a_row(
    settings: Settings, workspace: Caller, owner: asyncpg.Connection
) -> None:
    lists = {
        row["of"]
        for row in await owner.fetch(
            "SELECT DISTINCT format_type(typelem, NULL) AS of FROM pg_type JOIN pg_attribute ON"
            " pg_type.oid = atttypid JOIN pg_class ON pg_class.oid = attrelid WHERE typelem <> 0"
            " AND typlen = -1 AND relnamespace = 'waypost'::regnamespace"
        )
    }
    assert "uuid" in lists
    for value in ("ARRAY[ROW(2, 'two'::text)]", *(f"ARRAY[NULL::{one}]" for one in lists)):
        fresh = Database(settings.database_url, settings)
        try:
            async with fresh.read(workspace) as work:
                read = await work.connection.fetchval(f"SELECT ROW(1, {value})")
            assert read[0] == 1 and len(read[1]) == 1, value
        finally:
            await fresh.close()


async def test_what_maps_share_is_read_once_for_all(
    client: Client, database: Database, workspace: Caller
) -> None:
    one = await mapped(client)
    two = await client.made("/v1/journeys", {"title": "Deciding", "stages": STAGES[1:]})
    ids = [UUID(one["id"]), UUID(two["id"])]
    async with database.write(workspace) as work:
        found = await for_coverage(work, ids)
        given = {"ids": ids, "workspace_id": workspace.workspace_id}
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {COVERAGE.sql}"
        told = await work.connection.fetchval(explain, *COVERAGE.arguments(given))
    for each in found.values():
        assert [t.key for t in each.material.touchpoints] == ["fair", "hotline"]
        assert each.material.departments == ["events", "sales", "service"]
    catalogue = [
        node["Actual Loops"]
        for node in nodes_of(told[0]["Plan"])
        if node.get("Relation Name") == "touchpoints"
    ]
    assert set(catalogue) == {1}


def nodes_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(n for plan in node.get("Plans", ()) for n in nodes_of(plan))]


async def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    made = await mapped(client)
    for what, key in (("challenges", "fees"), ("coverage", "who"), ("plan", "later")):
        path = f"/v1/journeys/{made['id']}/{what}"
        first = await client.get(path)
        held = {"If-None-Match": first.headers["etag"]}
        assert (await client.get(path, headers=held)).status_code == 304
        await written(client, made, what, key)
        assert (await client.get(path, headers=held)).status_code == 200


async def test_a_map_that_is_not_there_has_none_of_it(client: Client, stranger: Client) -> None:
    theirs = await mapped(stranger)
    for which in (NOBODY, theirs["id"]):
        for what in ("challenges", "coverage", "plan"):
            assert (await client.get(f"/v1/journeys/{which}/{what}")).status_code == 404


async def test_the_number_of_statements_does_not_grow(client: Client) -> None:
    small = await client.made("/v1/journeys", {"title": "Small", "stages": STAGES[2:]})
    large = await mapped(client)
    for n in range(10):
        await written(client, large, f"Item {n}", "fees", "who", "queue")
    for what, most in (("challenges", 1), ("coverage", 1), ("plan", 2)):
        counted = []
        for made in (small, large):
            path = f"/v1/journeys/{made['id']}/{what}"
            await client.got(path)
            costs = []
            for _ in range(2):
                before = await client.statements()
                await client.got(path)
                costs.append(await client.statements() - before)
            # The key is looked up anew now and then.
            counted.append(min(costs))
        assert counted[0] == counted[1] <= most + 1, what  # and the key


@pytest.mark.parametrize("path", ["/v1/actions", "/v1/content"])
async def test_nobody_is_paid_for_what_is_done(client: Client, path: str) -> None:
    """A sum of costs is no more than what is spent."""
    for amount in (-0.01, "-99999"):
        body = {"title": "Act", "cost": {"amount": amount, "currency": "USD"}}
        answer = await client.post(path, json=body)
        assert (answer.status_code, pointers(answer)) == (422, {"/cost/amount"}), answer.text
    made = await client.made(path, {"title": "Act", "cost": {"amount": 0, "currency": "USD"}})
    at = f"{path}/{made['id']}"
    patched = await client.patch(at, json={"cost": {"amount": -1}})
    assert (patched.status_code, pointers(patched)) == (422, {"/cost/amount"}), patched.text
