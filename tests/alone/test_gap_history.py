"""New and closed gaps are facts with a time, kept by the worker."""

from typing import Any

from service.api.graphql.ids import global_id
from service.domain import insights
from service.domain.work import Caller, Scope
from tests.faces.asking import answered, asked
from tests.make import Client, journey, pointers
from tests.watched import Watched

PATH = "/v1/gaps/history"


async def history(client: Client, **query: str) -> list[dict[str, Any]]:
    found = await client.got(PATH, params={"limit": "200", **query})
    items: list[dict[str, Any]] = found["items"]
    return items


def two(first: str, then: str) -> dict[str, Any]:
    """A map of two steps with what each is done by."""
    steps = [{"key": str(n), "action": "Do", "channel": c} for n, c in enumerate((first, then))]
    return {"title": "Two", "stages": [{"name": "All", "steps": steps}]}


async def handoffs(client: Client, made: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    return await history(client, kind="channel_handoff", journey_id=made["id"], **query)


async def changed(client: Client, made: dict[str, Any], then: str) -> None:
    step = made["stages"][0]["steps"][1]["id"]
    answer = await client.patch(f"/v1/steps/{step}", json={"channel": then})
    assert answer.status_code == 200, answer.text


async def test_a_gap_is_new_then_closed_then_new_again(client: Client, watched: Watched) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    assert await history(client) == []
    await watched.look()
    (new,) = await handoffs(client, made)
    assert (new["opened_at"], new["closed_at"]) == ("2026-05-29T12:07:00+00:00", None)
    assert new["severity"] == new["first_severity"] > 0
    assert new["stage_id"] == made["stages"][0]["id"]

    await watched.look(minutes=5)
    assert await handoffs(client, made) == [new]  # Seen a moment ago.
    await watched.look(hours=2)
    (later,) = await handoffs(client, made)
    assert later == {**new, "last_seen_at": "2026-05-29T14:12:00+00:00"}

    await changed(client, made, "web")
    await watched.look(minutes=1)
    (gone,) = await handoffs(client, made)
    assert gone == {**later, "closed_at": "2026-05-29T14:13:00+00:00"}
    await changed(client, made, "phone")
    await watched.look(minutes=1)
    again, before = await handoffs(client, made)
    assert (again["gap_id"], again["closed_at"]) == (gone["gap_id"], None)
    assert (again["opened_at"], before) == ("2026-05-29T14:14:00+00:00", gone)
    since = {"opened_since": "2026-05-29T14:14:00Z"}
    assert await handoffs(client, made, **since) == [again]
    assert await handoffs(client, made, closed_since="2026-05-29T14:13:00Z") == [gone]
    assert await handoffs(client, made, closed_since="2026-05-29T14:14:00Z") == []
    assert await handoffs(client, made, state="open") == [again]
    assert await handoffs(client, made, state="closed") == [gone]
    assert await history(client, gap_id=gone["gap_id"]) == [again, gone]


async def test_a_gap_moves_with_its_step(client: Client, watched: Watched) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    await watched.look()
    (new,) = await handoffs(client, made)
    stage = await client.made(f"/v1/journeys/{made['id']}/stages", {"name": "Later"})
    step = made["stages"][0]["steps"][1]["id"]
    moved = await client.patch(f"/v1/steps/{step}", json={"stage_id": stage["id"]})
    assert moved.status_code == 200, moved.text
    await watched.look(minutes=1)
    (later,) = await handoffs(client, made)
    assert (later["id"], later["gap_id"]) == (new["id"], new["gap_id"])
    assert (later["stage_id"], later["step_id"]) == (stage["id"], step)


async def test_what_is_kept_is_what_is_computed(client: Client, watched: Watched) -> None:
    for _ in range(2):
        await client.made("/v1/journeys", journey(3, 2))
    await watched.look()
    page = await client.got("/v1/gaps", params={"limit": "200"})
    kept = {one["gap_id"]: one for one in await history(client)}
    assert page["next"] is None
    assert {one["id"] for one in page["items"]} == kept.keys()
    for one in page["items"]:
        told = kept[one["id"]]
        assert (told["kind"], told["severity"]) == (one["kind"], one["severity"])
        assert (told["journey_id"], told["step_id"]) == (one["journey_id"], one["step_id"])


async def test_gaps_tell_since_when_they_are_there(client: Client, watched: Watched) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    at = f"/v1/journeys/{made['id']}/gaps"
    before = await client.got(at)
    assert {one["first_seen_at"] for one in before["items"]} == {None}
    assert "first_seen_at" in before["reasons"]
    await watched.look()
    since = "2026-05-29T12:07:00Z"
    for path in (at, "/v1/gaps"):
        found = await client.got(path)
        assert {one["first_seen_at"] for one in found["items"]} == {since}
        assert "first_seen_at" not in found["reasons"]
    one = await client.got(f"/v1/gaps/{before['items'][0]['id']}")
    assert one["first_seen_at"] == since
    query = "{ gaps { nodes { firstSeenAt } } gapHistory(first: 1) { nodes { openedAt } } }"
    told = (await answered(client, query))["data"]
    assert {node["firstSeenAt"] for node in told["gaps"]["nodes"]} == {since}
    assert told["gapHistory"]["nodes"] == [{"openedAt": "2026-05-29T12:07:00+00:00"}]


async def test_openings_and_closings_are_changes(client: Client, watched: Watched) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    place = await client.now()
    await watched.look()
    (new,) = await handoffs(client, made)
    told = [one for one in await client.changed(place, kind="gap") if one["id"] == new["gap_id"]]
    assert [(one["op"], one["whole_id"]) for one in told] == [("upsert", made["id"])]
    query = 'query ($p: String) { changes(after: $p, kinds: ["gap"]) { nodes { wholeId } } }'
    found = (await answered(client, query, p=place))["data"]["changes"]["nodes"]
    assert {"wholeId": global_id("Journey", made["id"])} in found
    place = await client.now()
    await watched.look(minutes=5)
    assert await client.changed(place, kind="gap") == []
    await changed(client, made, "web")
    await watched.look(minutes=5)
    ids = [one["id"] for one in await client.changed(place, kind="gap")]
    assert new["gap_id"] in ids


async def test_pages_follow_each_other(client: Client, watched: Watched) -> None:
    await client.made("/v1/journeys", journey(2, 2))
    await watched.look()
    every, found, after = await history(client), list[Any](), {}
    while True:
        page = await client.got(PATH, params={"limit": "2", **after})
        found += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == every
    assert len(found) > 2


async def test_the_gaps_of_others_are_not_told(
    client: Client, stranger: Client, watched: Watched
) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    await watched.look()
    assert await history(stranger, journey_id=made["id"]) == []
    assert await history(stranger) == []


async def test_they_go_with_their_map(client: Client, watched: Watched) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    await watched.look()
    assert (await client.delete(f"/v1/journeys/{made['id']}")).status_code == 204
    assert await history(client) == []
    await watched.look()


async def test_nonsense_is_refused(client: Client) -> None:
    bad = {"journey_id": "x", "kind": "y", "opened_since": "z", "state": "w"}
    answer = await client.get(PATH, params=bad)
    assert answer.status_code == 422
    assert pointers(answer) == {f"/query/{name}" for name in bad}
    assert (await client.get(PATH, params={"sort": "kind"})).status_code == 400


async def test_many_gaps_are_as_many_statements(client: Client, watched: Watched) -> None:
    numbers = []
    for maps in (1, 12):
        for _ in range(maps):
            await client.made("/v1/journeys", journey(3, 3))
        async with watched.database.analyse(_caller(watched)) as looking:
            (which,) = await insights.maps_in_turn(looking)
            some = await insights.seen_gaps(looking, which)
        async with watched.database.write(_caller(watched)) as keeping:
            assert await insights.keep_gaps(keeping, some) > 0
        numbers.append((looking.statements, keeping.statements))
    assert numbers[0] == numbers[1]


def _caller(watched: Watched) -> Caller:
    return Caller(watched.workspace, None, frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ}))


async def test_what_events_alone_show_is_told_to_those_who_may_know_of_them(
    client: Client, watched: Watched
) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    answers = await client.made(
        "/v1/kpis",
        {"name": "Answers", "target": {"value": 9}, "places": [{"journey_id": made["id"]}]},
    )
    posted = {"items": [{"at": "2026-05-02T00:00:00Z", "value": 1}]}
    assert (await client.post(f"/v1/kpis/{answers['id']}/values", json=posted)).status_code == 200
    await watched.look()
    kinds = {one["kind"] for one in await history(client)}
    assert {"kpi_shortfall", "channel_handoff"} <= kinds
    key = (await client.made("/v1/api-keys", {"name": "Maps", "scopes": ["maps:read"]}))["key"]
    client.headers["authorization"] = f"Bearer {key}"
    assert {one["kind"] for one in await history(client)} == kinds - {"kpi_shortfall"}
    assert await history(client, kind="kpi_shortfall") == []


async def test_a_gap_that_the_worker_sees_is_looked_for_on_its_own_map(
    client: Client, watched: Watched
) -> None:
    async def statements(**query: str) -> int:
        before = await client.statements()
        assert (await client.got(path, params=query))["id"] == gap["id"]
        return await client.statements() - before

    made = await client.made("/v1/journeys", two("web", "phone"))
    other = await client.made("/v1/journeys", two("shop", "phone"))
    listed = await client.got(f"/v1/journeys/{made['id']}/gaps", params={"kind": "channel_handoff"})
    (gap,) = listed["items"]
    path = f"/v1/gaps/{gap['id']}"
    everywhere = await statements()
    # Of whoever says on which map it is nobody asks where to look.
    assert await statements(journey_id=made["id"]) == everywhere - 2
    await watched.look()
    assert await statements() == everywhere - 1
    elsewhere = await client.get(path, params={"journey_id": other["id"]})
    assert elsewhere.status_code == 404


async def test_a_gap_is_judged_on_the_map_that_is_said(client: Client) -> None:
    made = await client.made("/v1/journeys", two("web", "phone"))
    listed = await client.got(f"/v1/journeys/{made['id']}/gaps", params={"kind": "channel_handoff"})
    (gap,) = listed["items"]
    judged = await client.patch(
        f"/v1/gaps/{gap['id']}", params={"journey_id": made["id"]}, json={"status": "accepted"}
    )
    assert judged.json()["status"] == "accepted"
    field = "gap(id: $id, filter: {journeyId: $map}) { status }"
    given = {"id": gap["id"], "map": made["id"]}
    query = f"query($id: ID!, $map: ID!) {{ {field} }}"
    assert await asked(client, query, **given) == {"gap": {"status": "accepted"}}
