"""A map with all it refers to, taken to another workspace."""

import asyncio
import json
import re
from typing import Any

import pytest

from service.domain.journeys import bundle_importing, bundling
from tests.faces.full import BODIES, STAGE, STEP, png
from tests.make import Client, journey, pointers

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
KINDS = ("journeys", "personas", "profiles", "touchpoints")


async def bundled(client: Client, journey_id: str) -> dict[str, Any]:
    answer = await client.get(f"/v1/journeys/{journey_id}?view=bundle")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.waypost.bundle+json"
    found: dict[str, Any] = answer.json()
    return found


async def imported(client: Client, bundle: Any) -> list[dict[str, Any]]:
    answer = await client.post("/v1/journeys/import", json=bundle)
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def counts(client: Client) -> list[int]:
    return [(await client.got(f"/v1/{kind}?count=true"))["total"] for kind in KINDS]


async def full(client: Client) -> dict[str, Any]:
    """A map that refers to all there is, its nested map to another nested one."""
    wide = await client.made("/v1/profiles", {"name": "Savers"})
    body = BODIES["/v1/profiles"] | {"parent_id": wide["id"]}
    body["criteria"] = {"field": "member_of", "op": "eq", "value": wide["id"]}
    profile = await client.made("/v1/profiles", body)
    ann = await client.made("/v1/personas", BODIES["/v1/personas"] | {"profile_id": profile["id"]})
    picture = {"content": png(32, 32), "headers": {"content-type": "image/png"}}
    assert (await client.put(f"/v1/personas/{ann['id']}/avatar", **picture)).status_code == 200
    twins = [await client.made("/v1/personas", {"name": "Ben", "quote": q}) for q in ("A", "B")]
    met = await client.made("/v1/touchpoints", BODIES["/v1/touchpoints"])
    inner = await client.made("/v1/journeys", journey(1, 1, title="Inner"))
    nested = journey(1, 2, title="Nested")
    nested["stages"][0]["steps"][1]["journey_id"] = inner["id"]
    nested = await client.made("/v1/journeys", nested)
    step = STEP | {
        "touchpoints": [{"touchpoint_id": met["id"], "channel": "phone", "use": "can"}],
        "emotions": [{"persona_id": one["id"], "rating": 1} for one in reversed(twins)],
        "journey_id": nested["id"],
    }
    whole = BODIES["/v1/journeys"] | {
        "stages": [STAGE | {"steps": [step, *STAGE["steps"][1:]]}],
        "persona_ids": [ann["id"]],
        "variant_of": inner["id"],
    }
    return await client.made("/v1/journeys", whole)


async def test_a_bundle_comes_back_in_another_workspace(client: Client, stranger: Client) -> None:
    made = await full(client)
    bundle = await bundled(client, made["id"])
    assert bundle["not_carried"] == ["persona.avatar", "profile.criteria", "variant_of"]
    assert [one["key"] for one in bundle["journeys"]] == ["finding-an-adviser", "nested", "inner"]
    assert [one["key"] for one in bundle["personas"]] == ["ann", "ben", "ben-2"]
    assert [one["quote"] for one in bundle["personas"]] == ["Soon", "B", "A"]
    assert [one["key"] for one in bundle["profiles"]] == ["near-retirement", "savers"]
    assert bundle["journeys"][0]["stages"][0]["steps"][0]["journey_id"] == "nested"
    # The only ids in it are the names by which its maps are known elsewhere.
    ids = {name["id"] for one in bundle["journeys"] for name in one["external_ids"]}
    assert set(UUID.findall(json.dumps(bundle))) < ids
    items = await imported(stranger, bundle)
    again = await bundled(stranger, items[0]["id"])
    lost = ["persona.avatar", "profile.criteria", "variant_of"]
    assert again == bundle | {"not_carried": []} != bundle
    assert lost == bundle["not_carried"]
    assert await counts(stranger) == [3, 3, 2, 1]
    theirs = json.dumps([await client.got(f"/v1/{kind}?view=whole") for kind in KINDS])
    mine = [await stranger.got(f"/v1/{kind}?view=whole") for kind in KINDS]
    for one in mine[0]["items"]:
        one["external_ids"] = []
    assert not set(UUID.findall(json.dumps(mine))) & set(UUID.findall(theirs))


async def test_importing_twice_makes_nothing_twice(client: Client, stranger: Client) -> None:
    bundle = await bundled(client, (await full(client))["id"])
    first = await imported(stranger, bundle)
    bundle["journeys"][0]["title"] = "Another title"
    second = await imported(stranger, bundle)
    assert [one["id"] for one in first] == [one["id"] for one in second]
    assert second[0]["title"] == "Another title"
    assert (
        second[0]["stages"][0]["steps"][0]["emotions"]
        == (first[0]["stages"][0]["steps"][0]["emotions"])
    )
    assert await counts(stranger) == [3, 3, 2, 1]


async def test_two_imports_at_once_make_nothing_twice(client: Client, stranger: Client) -> None:
    bundle = await bundled(client, (await full(client))["id"])
    posts = [stranger.post("/v1/journeys/import", json=bundle) for _ in range(4)]
    answers = await asyncio.gather(*posts)
    statuses = [answer.status_code for answer in answers]
    assert 201 in statuses
    assert set(statuses) <= {201, 409}
    assert await counts(stranger) == [3, 3, 2, 1]


async def test_a_bundle_of_ones_own_goes_into_the_map_it_came_from(client: Client) -> None:
    made = await full(client)
    before = await counts(client)
    items = await imported(client, await bundled(client, made["id"]))
    assert items[0]["id"] == made["id"]
    assert items[0]["variant_of"] == made["variant_of"]
    assert await counts(client) == before


async def test_what_is_there_is_used_as_it_is(client: Client, stranger: Client) -> None:
    bundle = await bundled(client, (await full(client))["id"])
    hotline = await stranger.made("/v1/touchpoints", {"key": "hotline", "name": "Our own line"})
    ben = await stranger.made("/v1/personas", {"name": "Ben", "quote": "A"})
    known = {"name": "Anna", "external_ids": [{"source": "crm", "id": "7"}]}
    anna = await stranger.made("/v1/personas", known)
    (top, *_) = await imported(stranger, bundle)
    step = top["stages"][0]["steps"][0]
    assert step["touchpoints"][0]["touchpoint_id"] == hotline["id"]
    assert top["persona_ids"] == [anna["id"]]
    assert step["emotions"][1]["persona_id"] == ben["id"] != step["emotions"][0]["persona_id"]
    assert await counts(stranger) == [3, 3, 2, 1]
    assert (await stranger.got(f"/v1/touchpoints/{hotline['id']}"))["name"] == "Our own line"


async def test_a_bundle_goes_into_a_map_that_is_named(client: Client, stranger: Client) -> None:
    bundle = await bundled(client, (await full(client))["id"])
    mine = await stranger.made("/v1/journeys", {"title": "Mine"})
    answer = await stranger.post(f"/v1/journeys/import?journey_id={mine['id']}", json=bundle)
    assert answer.json()["items"][0]["id"] == mine["id"]


ENTRY = {"key": "a", "name": "A"}
MAP = {"key": "m", "title": "M"}


@pytest.mark.parametrize(
    ("bundle", "found"),
    [
        ({"bundle": 2, "journeys": []}, {"/bundle", "/journeys"}),
        ({"bundle": 1, "journeys": [{"titel": "x"}], "colour": 1}, None),
        (
            {"bundle": 1, "journeys": [MAP | {"persona_ids": ["a", "b"]}], "personas": [ENTRY]},
            {"/journeys/0/persona_ids/1"},
        ),
        (
            {
                "bundle": 1,
                "journeys": [MAP, MAP],
                "personas": [ENTRY | {"profile_id": "x"}],
                "touchpoints": [ENTRY, ENTRY],
            },
            {"/journeys/1/key", "/personas/0/profile_id", "/touchpoints/1/key"},
        ),
        (
            {
                "bundle": 1,
                "journeys": [MAP],
                "profiles": [ENTRY | {"parent_id": "b"}, ENTRY | {"key": "b", "parent_id": "a"}],
            },
            {"/profiles"},
        ),
        (
            {"bundle": 1, "journeys": [MAP], "profiles": [ENTRY | {"attributes": {"A": 1}}]},
            {"/profiles/0/attributes/A"},
        ),
        (
            {
                "bundle": 1,
                "journeys": [
                    MAP
                    | {
                        "stages": [
                            {
                                "name": "S",
                                "steps": [{"action": "A", "touchpoints": [{"key": "x"}]}],
                            }
                        ]
                    }
                ],
            },
            {"/journeys/0/stages/0/steps/0/touchpoints/0/key"},
        ),
    ],
)
async def test_a_broken_bundle_is_refused_and_nothing_is_stored(
    client: Client, bundle: Any, found: set[str] | None
) -> None:
    answer = await client.post("/v1/journeys/import", json=bundle)
    assert answer.status_code == 422, answer.text
    assert found is None or pointers(answer) == found, answer.text
    assert await counts(client) == [0, 0, 0, 0]


async def test_a_bundle_takes_as_many_statements_at_any_size(client: Client) -> None:
    taken = []
    for size in (1, 8):
        people = [await client.made("/v1/personas", {"name": f"P{n}"}) for n in range(size)]
        ids = [one["id"] for one in people]
        made = await client.made("/v1/journeys", journey(size, size, persona_ids=ids))
        before = await client.statements()
        await bundled(client, made["id"])
        taken.append(await client.statements() - before)
    assert taken[0] == taken[1]


async def test_nobody_elses_map_is_bundled(client: Client, stranger: Client) -> None:
    made = await client.made("/v1/journeys", journey())
    answer = await stranger.get(f"/v1/journeys/{made['id']}?view=bundle")
    assert answer.status_code == 404


async def test_what_is_past_the_bound_of_a_bundle_stays_behind_and_is_said(
    client: Client, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "MOST_OTHERS", 2)
    people = [await client.made("/v1/personas", {"name": f"P{n}"}) for n in range(4)]
    met = [await client.made("/v1/touchpoints", {"name": f"T{n}"}) for n in range(3)]
    body = journey(1, 1, persona_ids=[one["id"] for one in people[:3]])
    body["stages"][0]["steps"][0] |= {
        "emotions": [{"persona_id": people[n]["id"], "rating": n - 1} for n in (1, 3)],
        "touchpoints": [{"touchpoint_id": one["id"], "use": "does"} for one in met],
    }
    bundle = await bundled(client, (await client.made("/v1/journeys", body))["id"])
    assert bundle["not_carried"] == ["personas", "touchpoints"]
    assert [one["name"] for one in bundle["personas"]] == ["P0", "P1"]
    (top,) = await imported(stranger, bundle)
    assert len(top["persona_ids"]) == 2
    step = top["stages"][0]["steps"][0]
    assert [one["rating"] for one in step["emotions"]] == [0]
    assert [one["key"] for one in step["touchpoints"]] == ["t0", "t1"]


async def test_of_very_many_with_one_name_the_oldest_are_looked_at(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_importing, "MOST_OTHERS", 2)
    bens = [await client.made("/v1/personas", {"name": "Ben", "quote": str(n)}) for n in range(5)]
    for quote, expected in (("2", bens[2]), ("4", bens[0])):
        person = {"key": "ben", "name": "Ben", "quote": quote}
        journeys = [MAP | {"persona_ids": ["ben"]}]
        (top,) = await imported(client, {"bundle": 1, "journeys": journeys, "personas": [person]})
        assert top["persona_ids"] == [expected["id"]]
