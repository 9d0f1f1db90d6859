"""Who stands where on a map: everybody as each of them is by themselves."""

import random
from typing import Any

import pytest

from tests.make import Client
from tests.slices.bound import by_id, sent
from tests.slices.test_contact_journeys import ago, did, mapped
from tests.slices.test_laid_out import PEOPLE, lived

Json = dict[str, Any]
GOAL = {"field": "properties.paid", "op": "eq", "value": True}
OWN = {"contact_id", "contact"}
ONE = {"journey_id", "title", "path", "detours", "content", "content_excluded", "content_reason"}


async def listed(client: Client, journey_id: str, **query: Any) -> list[Json]:
    """All pages of a list."""
    found: list[Json] = []
    page: Json = {"next": None}
    while not found or page["next"]:
        asked = query | ({"after": page["next"]} if page["next"] else {})
        page = await client.got(f"/v1/journeys/{journey_id}/contacts", params=asked)
        found += page["items"]
        if not page["items"]:
            break
    return found


async def alone(client: Client, who: str, journey_id: str) -> Json | None:
    """Where a contact stands by itself."""
    items = (await client.got(f"/v1/contacts/{who}/journeys"))["items"]
    return next((one for one in items if one["journey_id"] == journey_id), None)


def same(one: Json, listed: Json) -> None:
    """What is told of one contact is told in the list."""
    own = {name: value for name, value in one.items() if name not in ONE}
    told = {name: value for name, value in listed.items() if name not in OWN}
    seconds = own.pop("seconds_here"), told.pop("seconds_here")
    assert abs(seconds[0] - seconds[1]) < 120
    assert own == told


@pytest.mark.parametrize(("seed", "revisions"), [(1, 0), (2, 1), (3, 3), (4, 4), (5, 6), (6, 8)])
async def test_everybody_stands_as_each_of_them_does(
    client: Client, seed: int, revisions: int
) -> None:
    world = await lived(client, seed, revisions)
    pick = random.Random(seed)
    which = world.map["id"]
    goal = pick.choice([GOAL, "Sign", None])
    await client.patch(f"/v1/journeys/{which}", json={"goal": goal})
    if revisions:
        await world.is_published()
    expected = {}
    for n in range(PEOPLE):
        who = await by_id(client, f"u{n}")
        one = await alone(client, who, which)
        # One withdrew, one is restricted, one is staff; one is shown as another.
        if one is not None and n in {0, 5}:
            expected[who] = one
    found = {one["contact_id"]: one for one in await listed(client, which)}
    assert {*found} == {*expected}
    for who, one in expected.items():
        same(one, found[who])


async def crowd(client: Client, seed: int, many: int = 120) -> tuple[Json, list[str]]:
    """A map with a goal, and people who went over it, some long ago."""
    pick = random.Random(seed)
    made = await mapped(client, goal="Paid")
    names = ("Look", "Compare", *("Ask", "Offer") * 3, "Sign", "Else", "Paid")
    events = []
    for n in range(many):
        started, at = pick.uniform(1, 30), 0
        for name in ("Look", *(pick.choice(names) for _ in range(pick.randrange(4)))):
            events.append(did(name, round(max(started - at, 0.1), 3), f"p{n}"))
            at += pick.uniform(0.1, 6)
    await sent(client, *{one["messageId"]: one for one in events}.values())
    return made, [await by_id(client, f"p{n}") for n in range(many)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_statuses_are_those_of_each_contact(client: Client, seed: int) -> None:
    made, people = await crowd(client, seed)
    found = {one["contact_id"]: one for one in await listed(client, made["id"], limit=50)}
    assert {*found} == {*people}
    statuses = set()
    for who in people:
        one = await alone(client, who, made["id"])
        assert one is not None
        same(one, found[who])
        statuses.add(one["status"])
    assert {"active", "stuck", "dropped", "converted"} <= statuses
    by_status: dict[str | None, set[str]] = {}
    for who, one in found.items():
        by_status.setdefault(one["status"], set()).add(who)
    for status in ("active", "stuck", "dropped", "converted"):
        some = await listed(client, made["id"], status=status)
        assert {one["contact_id"] for one in some} == by_status[status]
    both = await listed(client, made["id"], stage="stage-0,stage-1", status="stuck,active")
    wanted = {
        who
        for who, one in found.items()
        if one["stage_key"] in {"stage-0", "stage-1"} and one["status"] in {"stuck", "active"}
    }
    assert {one["contact_id"] for one in both} == wanted
    at_step = await listed(client, made["id"], step="ask", sort="-created_at", limit=1)
    wanted = {who for who, one in found.items() if one["step_key"] == "ask"}
    assert [one["contact_id"] for one in at_step] == sorted(wanted, reverse=True)


async def test_a_page_tells_of_the_contact_and_how_many_there_are(client: Client) -> None:
    made = await mapped(client)
    await sent(client, did("Look", 9), did("Look", 3, "ben"), did("Ask", 2, "ben"))
    ann, ben = await by_id(client, "ann"), await by_id(client, "ben")
    path = f"/v1/journeys/{made['id']}/contacts"
    page = await client.got(path, params={"limit": 1, "count": True})
    assert (page["total"], len(page["items"]), page["next"] is None) == (2, 1, False)
    assert page["definition"]["revision"] == "draft"
    assert (
        page["definition"] | {"stages": None, "steps": None, "statuses": None} == page["definition"]
    )
    (one,) = (await client.got(path, params={"stage": "stage-1"}))["items"]
    assert one["contact"] == await client.got(f"/v1/contacts/{ben}")
    (one,) = (await client.got(path, params={"stage": "stage-0"}))["items"]
    assert (one["contact_id"], one["status_reason"]) == (ann, "too_few_continued")
    said = {"purpose": "email_marketing", "granted": True}
    await client.made(f"/v1/contacts/{ben}/consents", said)
    some = await client.got(path, params={"filter": '{"consent": "email_marketing"}'})
    assert [one["contact_id"] for one in some["items"]] == [ben]


async def test_whom_figures_leave_out_is_not_listed(client: Client) -> None:
    made = await mapped(client)
    names = ("ann", "ben", "cem", "dan", "eva", "fay")
    await sent(client, *(did("Look", 9, who) for who in names))
    ids = {who: await by_id(client, who) for who in names}
    said = {"purpose": "analytics", "granted": False, "at": ago(1)}
    await client.made(f"/v1/contacts/{ids['ben']}/consents", said)
    await client.post(f"/v1/contacts/{ids['cem']}/restrict")
    await client.patch(f"/v1/contacts/{ids['dan']}", json={"test": True})
    await client.delete(f"/v1/contacts/{ids['eva']}")
    await client.made("/v1/contacts/merge", {"winner_id": ids["ann"], "loser_id": ids["fay"]})
    found = await listed(client, made["id"])
    assert [one["contact_id"] for one in found] == [ids["ann"]]
    page = await client.got(f"/v1/journeys/{made['id']}/contacts")
    told = {one["reason"]: one["count"] for one in page["excluded"]}
    # Ben did what he did before he withdrew.
    assert told["not_for_analytics"] == 1
    elsewhere = await client.got(f"/v1/journeys/{made['id']}/contacts", params={"step": "sign"})
    assert "not_for_analytics" not in {one["reason"] for one in elsewhere["excluded"]}


async def test_only_the_latest_events_are_looked_at(client: Client) -> None:
    made = await mapped(client, goal="Paid")
    events = [did("Paid", 12.5), did("Ask", 12)]
    events += [did("Look", round(12 - n / 1000, 4)) for n in range(1, 1_999)]
    await sent(client, did("Paid", 9.5, "ben"), did("Look", 8, "ben"))
    for start in range(0, len(events), 500):
        await sent(client, *events[start : start + 500])
    for more in (0, 2):
        await sent(client, *(did("Else", n / 10 + 0.1) for n in range(more)))
        found = await listed(client, made["id"])
        for one in found:
            same(await alone(client, one["contact_id"], made["id"]) or {}, one)


@pytest.mark.parametrize(
    ("query", "status", "codes"),
    [
        ({"stage": "nowhere"}, 422, {"unknown_reference"}),
        ({"stage": "stage-0,look"}, 422, {"unknown_reference"}),
        ({"step": "stage-0", "stage": "look"}, 422, {"unknown_reference"}),
        ({"status": "lost"}, 422, {"unknown_status"}),
        ({"status": "stuck,"}, 422, {"unknown_status"}),
        ({"stage": ""}, 422, {"string_too_short"}),
        ({"revision": "7"}, 404, None),
        ({"revision": "published"}, 404, None),
        ({"after": "x"}, 400, None),
        ({"sort": "entered_at"}, 400, None),
        ({"limit": "0"}, 422, None),
        ({"filter": "{"}, 422, {"json_invalid"}),
        ({"filter": '{"field": "event", "op": "eq", "value": "x"}'}, 422, None),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_refused(
    client: Client, query: Json, status: int, codes: set[str] | None
) -> None:
    made = await mapped(client)
    answer = await client.get(f"/v1/journeys/{made['id']}/contacts", params=query)
    assert answer.status_code == status, answer.text
    if codes is not None:
        assert {one["code"] for one in answer.json()["errors"]} == codes, answer.text
        assert all(one["pointer"].startswith("/query/") for one in answer.json()["errors"])


async def test_a_cursor_is_good_for_its_question_alone(client: Client) -> None:
    made = await mapped(client)
    await sent(client, did("Look", 9), did("Look", 3, "ben"))
    path = f"/v1/journeys/{made['id']}/contacts"
    page = await client.got(path, params={"limit": 1})
    rest = await client.got(path, params={"limit": 1, "after": page["next"]})
    assert {one["contact_id"] for one in page["items"] + rest["items"]} == {
        await by_id(client, "ann"),
        await by_id(client, "ben"),
    }
    other = await client.get(path, params={"limit": 1, "after": page["next"], "stage": "stage-0"})
    assert other.status_code == 400
    other = await client.get("/v1/contacts", params={"after": page["next"]})
    assert other.status_code == 400


async def test_a_map_on_which_nobody_is_says_why(client: Client) -> None:
    made = await client.made("/v1/journeys", {"title": "Bare", "stages": [{"name": "A"}]})
    page = await client.got(f"/v1/journeys/{made['id']}/contacts", params={"count": True})
    assert (page["items"], page["next"], page["total"]) == ([], None, 0)
    assert page["reason"] == "not_bound"
    other = await mapped(client)
    page = await client.got(f"/v1/journeys/{other['id']}/contacts")
    assert (page["items"], page["reason"]) == ([], "no_event")
    await client.made(f"/v1/journeys/{other['id']}/publish", {"effective_from": ago(1)})
    page = await client.got(f"/v1/journeys/{other['id']}/contacts")
    assert (page["items"], page["definition"]["revision"]) == ([], "in_force")


async def test_nobody_else_sees_them(client: Client, stranger: Client) -> None:
    made, other = await mapped(client), await mapped(stranger)
    await sent(client, did("Look", 9))
    assert (await stranger.get(f"/v1/journeys/{made['id']}/contacts")).status_code == 404
    assert (await stranger.got(f"/v1/journeys/{other['id']}/contacts"))["items"] == []


@pytest.mark.parametrize("lacking", ["contacts:read", "analytics:read", "maps:read"])
async def test_all_three_scopes_are_needed(client: Client, lacking: str) -> None:
    made = await mapped(client)
    scopes = [one for one in ("contacts:read", "analytics:read", "maps:read") if one != lacking]
    key = await client.made("/v1/api-keys", {"name": "Some", "scopes": scopes})
    headers = {"Authorization": f"Bearer {key['key']}"}
    answer = await client.get(f"/v1/journeys/{made['id']}/contacts", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_the_number_of_statements_does_not_grow(client: Client) -> None:
    made = await mapped(client)
    spent = []
    for people in (3, 40):
        await sent(client, *(did("Look", 9, f"{people} {n}") for n in range(people)))
        await client.got(f"/v1/journeys/{made['id']}/contacts")
        before = await client.statements()
        found = await client.got(f"/v1/journeys/{made['id']}/contacts", params={"limit": 200})
        spent.append(await client.statements() - before)
    assert len(found["items"]) == 43
    assert spent[0] == spent[1] <= 9
