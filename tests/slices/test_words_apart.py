"""Words, templates and touchpoints whose names or ids come near each other."""

import asyncio
from typing import Any

import asyncpg
import pytest

from service.domain.journeys.templates import carrying
from service.settings import Settings
from tests.make import Client, journey, pointers
from tests.slices.words import using, word


async def test_a_templates_key_is_not_like_an_id(client: Client, settings: Settings) -> None:
    origin = (await client.made("/v1/journeys", journey(1, 1)))["id"]
    one, two = [
        await client.made("/v1/templates", {"journey_id": origin, "key": k}) for k in ("a", "b")
    ]
    for like in (one["id"], one["id"].replace("-", "")):
        answer = await client.post("/v1/templates", json={"journey_id": origin, "key": like})
        assert (answer.status_code, pointers(answer)) == (422, {"/key"})
    named = await client.made("/v1/templates", {"journey_id": origin, "name": one["id"]})
    assert named["key"] == f"{one['id']}-2"
    owner = await asyncpg.connect(settings.owner_database_url)
    try:  # as it may have been stored before such keys were refused
        storing = "UPDATE waypost.templates SET key = $1 WHERE id = $2::uuid"
        await owner.execute(storing, one["id"], two["id"])
    finally:
        await owner.close()
    assert (await client.got(f"/v1/templates/{one['id']}"))["key"] == "a"
    await client.made("/v1/journeys", {"title": "New", "template": one["id"]})


async def test_words_that_were_renamed_again_and_again_have_ids_of_their_own(
    client: Client,
) -> None:
    ids = []
    for slug in ("b1", "b2", "b3"):
        await client.made("/v1/journeys", using(1, 1, channel="a"))
        found = await word(client, "channel", "a")
        answer = await client.patch(f"/v1/vocabulary/{found['id']}", json={"slug": slug})
        assert answer.json()["slug"] == slug
        ids.append(found["id"])
        alias = await word(client, "channel", "a")
        assert (await client.delete(f"/v1/vocabulary/{alias['id']}")).status_code == 204
    await client.made("/v1/journeys", using(1, 1, channel="a"))
    ids.append((await word(client, "channel", "a"))["id"])
    assert len(set(ids)) == 4
    assert (await client.got(f"/v1/vocabulary/{ids[-1]}"))["slug"] == "a"


def test_a_template_leaves_out_touchpoints_that_went_since_the_map_was_read() -> None:
    step = {"key": "s", "action": "Asks", "touchpoints": [{"key": "gone"}, {"key": "there"}]}
    stage = {"key": "st", "name": "Stage", "steps": [step]}
    stored: dict[str, Any] = {"stages": [stage], "transitions": [], "locale": None}
    carried = carrying.carried(stored, {"there": "There"})
    assert [one["key"] for one in carried["stages"][0]["touchpoints"]] == ["there"]


async def test_the_catalogue_is_loaded_though_a_touchpoint_goes_meanwhile(
    client: Client, settings: Settings
) -> None:
    mine = await client.made("/v1/touchpoints", {"key": "website", "name": "Our site"})
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE waypost.audit IN EXCLUSIVE MODE")
            loading = asyncio.create_task(client.post("/v1/touchpoints/catalogue"))
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not loading.done() and not await owner.fetchval(waiting):
                await owner.execute("SELECT pg_sleep(0.01)")
            await owner.execute("DELETE FROM waypost.touchpoints WHERE id = $1::uuid", mine["id"])
    finally:
        await owner.close()
    came = await loading
    assert came.status_code == 200, came.text
    assert "website" not in {one["key"] for one in came.json()["items"]}
    assert len(came.json()["items"]) == 22


async def test_the_owner_of_a_word_is_stored_as_what_its_alias_stands_for(client: Client) -> None:
    sales = await client.made("/v1/vocabulary", {"kind": "department", "slug": "sales"})
    alias = {"kind": "department", "slug": "selling", "alias_of": sales["id"]}
    await client.made("/v1/vocabulary", alias)
    body = {"kind": "channel", "slug": "web", "owner": "selling"}
    web = await client.made("/v1/vocabulary", body)
    assert web["owner"] == "sales"
    at = f"/v1/vocabulary/{web['id']}"
    assert (await client.patch(at, json={"owner": None})).json()["owner"] is None
    assert (await client.patch(at, json={"owner": "selling"})).json()["owner"] == "sales"


async def test_a_rename_is_told_with_ids_in_the_order_of_time(
    client: Client, settings: Settings
) -> None:
    body = {"name": "T", "department": "sales"}
    await client.made("/v1/touchpoints", body)
    await client.made("/v1/journeys", using(1, 2, department="sales"))
    found = await word(client, "department", "sales")
    await client.patch(f"/v1/vocabulary/{found['id']}", json={"slug": "selling"})
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        for table in ("outbox", "audit"):
            reading = f"""
                SELECT substr(id::text, 15, 1) FROM waypost.{table} WHERE workspace_id =
                (SELECT workspace_id FROM waypost.vocabulary WHERE id = $1::uuid)
            """
            versions = {row[0] for row in await owner.fetch(reading, found["id"])}
            assert versions == {"7"}
    finally:
        await owner.close()


@pytest.mark.parametrize("kind", ["templates", "touchpoints"])
async def test_many_who_come_with_one_name_and_no_key_get_keys_of_their_own(
    client: Client, kind: str
) -> None:
    body = {"name": "Same"}
    if kind == "templates":
        body["journey_id"] = (await client.made("/v1/journeys", journey(1, 1)))["id"]
    posts = [client.post(f"/v1/{kind}", json=body) for _ in range(8)]
    answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["key"] for answer in answers}) == 8
