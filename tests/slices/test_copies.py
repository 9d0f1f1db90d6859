"""Copies of maps: variants, matrices of them, to-be twins, and what goes along."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.domain.ids import new_id
from tests.contract.furnishing import workspace_of
from tests.faces.full import BODIES
from tests.make import Client, journey, pointers

Json = dict[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"
NOW = datetime(2026, 5, 1, tzinfo=UTC)
OF_ROWS = {"id", "version", "created_at", "updated_at", "stage_id", "journey_id", "external_ids"}


async def source(client: Client) -> Json:
    return await client.made("/v1/journeys", BODIES["/v1/journeys"] | {"locale": None})


async def copied(client: Client, of: Json, body: Json, **options: Any) -> Json:
    return await client.made(f"/v1/journeys/{of['id']}/copy", body, **options)


def plain(part: Json) -> Json:
    """A part without what belongs to its row."""
    return {n: v for n, v in part.items() if n not in OF_ROWS | {"steps", "binding"}}


def steps(of: Json) -> list[Json]:
    return [step for stage in of["stages"] for step in stage["steps"]]


async def test_a_copy_has_the_same_keys_and_ids_of_its_own(client: Client) -> None:
    first = await source(client)
    made = await copied(client, first, {"as": "copy"})
    assert made["title"] == "Finding an adviser (copy)"
    assert [plain(s) for s in made["stages"]] == [plain(s) for s in first["stages"]]
    assert [plain(s) for s in steps(made)] == [plain(s) for s in steps(first)]
    assert [plain(e) for e in made["transitions"]] == [plain(e) for e in first["transitions"]]
    ids = [{row["id"] for row in (*one["stages"], *steps(one))} for one in (first, made)]
    assert not ids[0] & ids[1]
    assert made["external_ids"] == []
    assert made["variant_axes"] == first["variant_axes"]
    assert {step["binding"] is None for step in steps(made)} == {True}
    bound = await copied(client, first, {"as": "copy", "include": ["bindings"], "title": "Mine"})
    assert bound["title"] == "Mine"
    assert [s["binding"] for s in steps(bound)] == [s["binding"] for s in steps(first)]


async def test_a_to_be_twin_knows_its_as_is_map(client: Client) -> None:
    first = await client.made("/v1/journeys", journey(2, 2, variant_axes={"channel": "online"}))
    headers = {"Accept-Language": "de"}
    answer = await client.post(
        f"/v1/journeys/{first['id']}/copy", json={"as": "to_be"}, headers=headers
    )
    twin = answer.json()
    assert answer.headers["location"] == f"/v1/journeys/{twin['id']}"
    assert answer.headers["etag"] == f'"{twin["version"]}"'
    assert (twin["perspective"], twin["as_is_id"]) == ("to_be", first["id"])
    assert (twin["variant_of"], twin["variant_axes"]) == (None, {})
    assert twin["title"] == "Finding an adviser (Soll)"
    query = {"base": f"journey:{first['id']}", "with": "draft"}
    diff = await client.got(f"/v1/journeys/{twin['id']}/diff", params=query)
    assert {one["field"] for one in diff["items"]} == {"title", "perspective", "variant_axes"}
    assert diff["unmatched"] == []


async def test_a_variant_says_in_what_it_varies(client: Client) -> None:
    ann, ben = [(await client.made("/v1/personas", {"name": n}))["id"] for n in ("Ann", "Ben")]
    body = journey(1, 1, variant_axes={"service": "hourly"}, persona_ids=[ann])
    body["stages"][0]["steps"][0]["emotions"] = [
        {"persona_id": which, "rating": 1} for which in (ann, ben)
    ]
    first = await client.made("/v1/journeys", body)
    axes = {"client_type": "retired"}
    made = await copied(client, first, {"as": "variant", "axes": axes, "persona_ids": [ben]})
    assert made["variant_of"] == first["id"]
    assert made["variant_axes"] == {"service": "hourly", "client_type": "retired"}
    assert made["title"] == "Finding an adviser (retired)"
    assert made["persona_ids"] == [ben]
    assert [felt["persona_id"] for felt in steps(made)[0]["emotions"]] == [ben]
    listed = await client.got(f"/v1/journeys/{first['id']}/variants")
    assert [(v["id"], v["variant_axes"]) for v in listed["items"]] == [
        (made["id"], made["variant_axes"])
    ]
    assert (await client.got(f"/v1/journeys/{made['id']}/variants"))["items"] == []


async def test_a_variant_of_a_variant_names_all_its_axes_once(client: Client) -> None:
    first = await client.made("/v1/journeys", journey(1, 1, title="Renting (flats)"))
    axes = {"client_type": "near", "channel": "online"}
    near = await copied(client, first, {"as": "variant", "axes": axes})
    assert near["title"] == "Renting (flats) (near, online)"
    phone = await copied(client, near, {"as": "variant", "axes": {"device": "phone"}})
    start, _, tail = phone["title"].rpartition(" (")
    assert (start, set(tail[:-1].split(", "))) == ("Renting (flats)", {"near", "online", "phone"})
    matrix = {"channel": ["branch", "post"]}
    made = (await copied(client, near, {"as": "variant", "matrix": matrix}))["items"]
    tails = [set(one["title"].rpartition(" (")[2][:-1].split(", ")) for one in made]
    assert tails == [{"near", "branch"}, {"near", "post"}]


async def test_a_matrix_makes_all_its_variants(client: Client) -> None:
    first = await client.made("/v1/journeys", journey(2, 2))
    matrix = {"client_type": ["near retirement", "retired"], "channel": ["online", "a friend"]}
    body = {"as": "variant", "axes": {"service": "hourly"}, "matrix": matrix, "title": "Advice"}
    made = (await copied(client, first, body))["items"]
    assert [one["title"] for one in made] == [
        "Advice (hourly, near retirement, online)",
        "Advice (hourly, near retirement, a friend)",
        "Advice (hourly, retired, online)",
        "Advice (hourly, retired, a friend)",
    ]
    assert made[3]["variant_axes"] == {
        "service": "hourly",
        "client_type": "retired",
        "channel": "a friend",
    }
    at = f"/v1/journeys/{first['id']}/variants"
    page = await client.got(at, params={"limit": 3, "count": "true"})
    assert (len(page["items"]), page["total"]) == (3, 4)
    rest = await client.got(at, params={"limit": 3, "after": page["next"]})
    assert len(rest["items"]) == 1


async def test_each_variant_costs_the_same(client: Client) -> None:
    async def cost(stages: int, values: int) -> int:
        first = await client.made("/v1/journeys", journey(stages, 3))
        before = await client.statements()
        matrix = {"channel": [f"channel {n}" for n in range(values)]}
        made = await copied(client, first, {"as": "variant", "matrix": matrix})
        assert len(made["items"]) == values
        return await client.statements() - before

    one, two, eight = [await cost(2, n) for n in (1, 2, 8)]
    assert eight - one == 7 * (two - one)
    assert await cost(9, 2) == two


async def test_a_copy_may_be_sent_twice(client: Client) -> None:
    first = await client.made("/v1/journeys", journey(1, 1))
    headers = {"Idempotency-Key": "once"}
    made = [await copied(client, first, {"as": "copy"}, headers=headers) for _ in range(2)]
    assert made[0] == made[1]


async def test_bad_orders_are_refused_and_nothing_is_made(client: Client) -> None:
    first = await client.made("/v1/journeys", journey(1, 1))
    at = f"/v1/journeys/{first['id']}/copy"
    many = {f"axis {n}": [str(m) for m in range(3)] for n in range(4)}
    for body, told in (
        ({}, {"/as"}),
        ({"as": "twin", "include": ["all"], "colour": 1}, {"/as", "/include/0", "/colour"}),
        ({"as": "to_be", "axes": {"a": "b"}, "matrix": {"c": ["d"]}}, {"/axes", "/matrix"}),
        ({"as": "variant"}, {"/axes"}),
        ({"as": "variant", "matrix": {}, "title": "Another"}, {"/axes"}),
        ({"as": "variant", "matrix": {"a": []}}, {"/matrix/a"}),
        ({"as": "variant", "matrix": {"a": ["x", "x"]}}, {"/matrix/a/1"}),
        ({"as": "variant", "axes": {"a": "x"}, "matrix": {"a": ["y"]}}, {"/matrix/a"}),
        ({"as": "variant", "matrix": many}, {"/matrix"}),
        ({"as": "variant", "matrix": {"a": [str(n) for n in range(51)]}}, {"/matrix/a"}),
        ({"as": "variant", "axes": {str(n): "x" for n in range(21)}}, {"/axes"}),
        ({"as": "copy", "persona_ids": [NOBODY]}, {"/persona_ids/0"}),
        ({"as": "copy", "title": " "}, {"/title"}),
    ):
        answer = await client.post(at, json=body)
        assert (answer.status_code, pointers(answer)) == (422, told), body
    crowded = {f"old {n}": "x" for n in range(19)}
    await client.patch(f"/v1/journeys/{first['id']}", json={"variant_axes": crowded})
    answer = await client.post(at, json={"as": "variant", "axes": {"a": "x", "b": "y"}})
    assert pointers(answer) == {"/axes"}
    gone = await client.post(f"/v1/journeys/{NOBODY}/copy", json={"as": "copy"})
    assert gone.status_code == 404
    assert (await client.get(f"/v1/journeys/{NOBODY}/variants")).status_code == 404
    assert len((await client.got("/v1/journeys"))["items"]) == 1


async def test_maps_are_found_by_what_is_nested_in_them(client: Client) -> None:
    inner = await client.made("/v1/journeys", journey(1, 1))
    body = journey(1, 2)
    body["stages"][0]["steps"][1]["journey_id"] = inner["id"]
    outer = await client.made("/v1/journeys", body)
    found = await client.got("/v1/journeys", params={"nests": inner["id"]})
    assert [one["id"] for one in found["items"]] == [outer["id"]]


async def insert(owner: asyncpg.Connection, table: str, **values: Any) -> None:
    names, places = ", ".join(values), ", ".join(f"${n + 1}" for n in range(len(values)))
    await owner.execute(
        f"INSERT INTO waypost.{table} ({names}) VALUES ({places})", *values.values()
    )


async def test_evidence_and_actions_go_along_if_asked(
    client: Client, owner: asyncpg.Connection
) -> None:
    first = await source(client)
    workspace, found, action = workspace_of(client), new_id(), new_id()
    row = {"workspace_id": workspace, "created_at": NOW, "updated_at": NOW}
    said = {"kind": "anecdotal", "source_kind": "review", "status": "observed"}
    await insert(owner, "evidence", **row, id=found, **said)
    await insert(owner, "actions", **row, id=action, title="Mend", kind="improve", status="idea")
    parts = {
        "stage_id": first["stages"][0]["id"],
        "step_id": steps(first)[1]["id"],
        "transition_id": first["transitions"][0]["id"],
    }
    held = {"workspace_id": workspace, "journey_id": UUID(first["id"])}
    for n, (name, which) in enumerate(parts.items()):
        target = {**held, "position": n, name: UUID(which)}
        await insert(owner, "evidence_targets", evidence_id=found, **target)
        if name != "transition_id":
            await insert(owner, "action_targets", action_id=action, **target, item_key=None)
    await insert(owner, "action_targets", action_id=action, **held, position=2)
    include = ["evidence", "actions"]
    matrix = {"channel": ["online", "branch"]}
    order = {"as": "variant", "matrix": matrix, "include": include}
    made = (await copied(client, first, order))["items"]
    for copy in made:
        which = UUID(copy["id"])
        rows = await owner.fetch(
            "SELECT * FROM waypost.evidence_targets WHERE journey_id = $1 ORDER BY position", which
        )
        assert [str(row["stage_id"] or "") for row in rows] == [copy["stages"][0]["id"], "", ""]
        assert [str(row["step_id"] or "") for row in rows] == ["", steps(copy)[1]["id"], ""]
        assert str(rows[2]["transition_id"]) == copy["transitions"][0]["id"]
        assert await counted(owner, "action_targets", which) == 3
    assert await owner.fetchval("SELECT version FROM waypost.evidence WHERE id = $1", found) == 2
    assert await owner.fetchval("SELECT version FROM waypost.actions WHERE id = $1", action) == 2
    told = await owner.fetch(
        "SELECT kind FROM waypost.outbox WHERE workspace_id = $1 AND resource_id = ANY ($2)",
        workspace,
        [found, action],
    )
    assert {row["kind"] for row in told} == {"evidence.updated", "action.updated"}
    alone = await copied(client, first, {"as": "copy"})
    assert await counted(owner, "evidence_targets", UUID(alone["id"])) == 0


@pytest.mark.parametrize(
    ("kind", "most", "body"),
    [
        ("evidence", 50, {"kind": "anecdotal", "source_kind": "review", "text": "Slow"}),
        ("actions", 200, {"title": "Mend"}),
    ],
)
async def test_copies_add_no_more_targets_than_there_may_be(
    client: Client, kind: str, most: int, body: Json
) -> None:
    first, other = [await client.made("/v1/journeys", journey(1, n)) for n in (2, most - 4)]
    parts = steps(other) + steps(first)
    targets = [{"journey_id": one["journey_id"], "step_id": one["id"]} for one in parts]
    made = await client.made(f"/v1/{kind}", {**body, "targets": targets})
    at = f"/v1/{kind}/{made['id']}"
    await copied(client, first, {"as": "copy", "include": [kind]})
    full = await client.got(at)
    assert len(full["targets"]) == most
    order = {"as": "copy", "include": ["bindings", kind]}
    answer = await client.post(f"/v1/journeys/{first['id']}/copy", json=order)
    assert (answer.status_code, pointers(answer)) == (422, {"/include/1"})
    (error,) = answer.json()["errors"]
    assert error["code"] == "too_many" and made["id"] in error["detail"]
    assert await client.got(at) == full
    assert (await client.put(at, json=full)).status_code == 200
    assert len((await client.got("/v1/journeys"))["items"]) == 3
    await copied(client, first, {"as": "copy"})


async def counted(owner: asyncpg.Connection, table: str, journey_id: UUID) -> int:
    sql = f"SELECT count(*) FROM waypost.{table} WHERE journey_id = $1"
    return int(await owner.fetchval(sql, journey_id))
