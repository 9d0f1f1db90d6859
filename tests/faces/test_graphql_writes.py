"""GraphQL writes: what REST can write, each field a transaction of its own."""

import io

from PIL import Image

from tests.faces.asking import a_map, answered, asked, refused, wrote
from tests.make import Client

UPDATE = """mutation ($id: ID!, $patch: JourneyPatch!, $v: Int) {
  updateJourney(id: $id, patch: $patch, ifVersion: $v) {
    journey { version title status scenario tags scope { from to }
      valuePerConversion { amount currency } stages { uuid key name steps { uuid key } } }
    userErrors { code pointer } } }"""


async def test_a_whole_map_is_made_in_one_mutation(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    made = await a_map(client, personaIds=[persona["id"]], scope={"from": "need"}, tags=["a"])
    assert made["personas"] == [{"name": "Ann"}]
    assert made["scope"] == {"from": "need", "to": None}
    assert [t["to"] for t in made["transitions"]] == ["two", "three"]
    shown = await client.got(f"/v1/journeys/{made['uuid']}")
    assert [s["id"] for s in shown["stages"]] == [s["uuid"] for s in made["stages"]]


async def test_a_patch_keeps_absent_and_null_apart(client: Client) -> None:
    made = await a_map(
        client, scope={"from": "a", "to": "b"}, tags=["x"], scenario="Long ago", status="live"
    )
    patch = {"title": "New", "scope": {"to": None}, "status": None, "scenario": None}
    changed = (await wrote(client, UPDATE, id=made["id"], patch=patch))["journey"]
    assert changed["title"] == "New"
    assert changed["scope"] == {"from": "a", "to": None}
    assert (changed["status"], changed["scenario"], changed["tags"]) == ("draft", None, ["x"])
    assert changed["version"] == made["version"] + 1


async def test_an_object_is_patched_member_by_member(client: Client) -> None:
    made = await a_map(client, valuePerConversion={"amount": 5, "currency": "EUR"})
    patch = {"valuePerConversion": {"amount": "7.25"}}
    changed = (await wrote(client, UPDATE, id=made["id"], patch=patch))["journey"]
    assert changed["valuePerConversion"] == {"amount": 7.25, "currency": "EUR"}


async def test_a_stale_change_changes_nothing(client: Client) -> None:
    made = await a_map(client)
    errors = await refused(client, UPDATE, id=made["id"], patch={"title": "Mine"}, v=99)
    assert [error["code"] for error in errors] == ["stale_version"]
    at = {"id": made["id"], "v": made["version"]}
    changed = await wrote(client, UPDATE, patch={"title": "Mine"}, **at)
    assert changed["journey"]["title"] == "Mine"


async def test_a_replaced_map_keeps_the_ids_of_known_keys(client: Client) -> None:
    made = await a_map(client)
    replace = """mutation ($id: ID!, $input: JourneyInput!) {
      replaceJourney(id: $id, input: $input) {
        journey { tags stages { uuid key steps { uuid key } } } userErrors { code } } }"""
    steps = [{"action": "Two", "key": "two"}, {"action": "Four"}]
    sent = {"title": "Map", "stages": [{"name": "Renamed", "key": "first", "steps": steps}]}
    (stage,) = (await wrote(client, replace, id=made["id"], input=sent))["journey"]["stages"]
    assert stage["uuid"] == made["stages"][0]["uuid"]
    assert stage["steps"][0]["uuid"] == made["stages"][0]["steps"][1]["uuid"]
    assert [step["key"] for step in stage["steps"]] == ["two", "four"]


async def test_a_touchpoint_holds_its_activities_and_costs(client: Client) -> None:
    query = """mutation ($input: TouchpointInput!) { createTouchpoint(input: $input) {
      touchpoint { id key party activities { name startsOn cost { amount } } }
      userErrors { code pointer } } }"""
    cost = {"amount": 1200.5, "currency": "CHF"}
    sent = {
        "name": "Fair",
        "party": "paid",
        "binding": {"field": "event", "op": "eq", "value": "Fair Visited"},
        "activities": [{"name": "Stand", "startsOn": "2026-05-01", "cost": cost}],
    }
    made = (await wrote(client, query, input=sent))["touchpoint"]
    (activity,) = made["activities"]
    assert activity == {"name": "Stand", "startsOn": "2026-05-01", "cost": {"amount": 1200.5}}
    assert (made["key"], made["party"]) == ("fair", "paid")


async def test_a_name_of_the_callers_creates_then_replaces(client: Client) -> None:
    upsert = """mutation ($name: ExternalIdInput!, $input: ProfileInput!) {
      upsertProfile(externalId: $name, input: $input) {
        created profile { uuid name market externalIds { source id } }
        userErrors { code pointer } } }"""
    name = {"source": "crm", "id": "7"}
    first = await wrote(client, upsert, name=name, input={"name": "P", "market": "ch"})
    again = await wrote(client, upsert, name=name, input={"name": "Q"})
    assert (first["created"], again["created"]) == (True, False)
    assert first["profile"]["uuid"] == again["profile"]["uuid"]
    assert again["profile"]["market"] is None
    assert again["profile"]["externalIds"] == [name]
    update = """mutation ($name: ExternalIdInput!) {
      updateProfileByExternalId(externalId: $name, patch: {market: "de"}) {
        profile { name market } userErrors { code } } }"""
    changed = await wrote(client, update, name=name)
    assert changed["profile"] == {"name": "Q", "market": "de"}
    delete = """mutation ($name: ExternalIdInput!) {
      deleteProfileByExternalId(externalId: $name) { deleted userErrors { code pointer } } }"""
    assert await wrote(client, delete, name=name) == {"deleted": True}
    assert [e["code"] for e in await refused(client, delete, name=name)] == ["not_found"]
    bad = await refused(client, delete, name={"source": "", "id": "\x00"})
    assert {e["pointer"] for e in bad} == {"/external_id/source", "/external_id/id"}


async def test_deleting_can_let_users_forget(client: Client) -> None:
    profile = await client.made("/v1/profiles", {"name": "P"})
    persona = await client.made("/v1/personas", {"name": "A", "profile_id": profile["id"]})
    delete = """mutation ($id: ID!) {
      deleteProfile(id: $id, detach: true) { deletedId userErrors { code } } }"""
    await wrote(client, delete, id=profile["id"])
    assert (await client.got(f"/v1/personas/{persona['id']}"))["profile_id"] is None


async def test_a_picture_is_taken_away(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "A"})
    at = f"/v1/personas/{persona['id']}/avatar"
    picture = io.BytesIO()
    Image.new("RGB", (32, 32), "navy").save(picture, "PNG")
    put = await client.put(at, content=picture.getvalue(), headers={"Content-Type": "image/png"})
    assert put.status_code == 200, put.text
    query = "query ($id: ID!) { persona(id: $id) { avatarUrl } }"
    url = (await asked(client, query, id=persona["id"]))["persona"]["avatarUrl"]
    assert (await client.get(url)).status_code == 200
    delete = """mutation ($id: ID!) {
      deletePersonaAvatar(id: $id) { persona { avatarUrl } userErrors { code } } }"""
    assert (await wrote(client, delete, id=persona["id"]))["persona"] == {"avatarUrl": None}
    assert (await client.get(at)).status_code == 404


async def test_a_key_is_shown_once_and_revoked_for_good(client: Client) -> None:
    made = await wrote(
        client,
        """mutation { createApiKey(input: {
          name: "ci", scopes: ["maps:read"], expiresAt: "2999-01-01T00:00:00Z"}) {
            key apiKey { id hint scopes expiresAt revokedAt } userErrors { code pointer } } }""",
    )
    assert made["key"].startswith(made["apiKey"]["hint"])
    update = """mutation ($id: ID!) {
      updateApiKey(id: $id, patch: {name: "nightly"}) { apiKey { name } userErrors { code } } }"""
    assert (await wrote(client, update, id=made["apiKey"]["id"]))["apiKey"]["name"] == "nightly"
    revoke = "mutation ($id: ID!) { deleteApiKey(id: $id) { deletedId userErrors { code } } }"
    await wrote(client, revoke, id=made["apiKey"]["id"])
    query = "query ($id: ID!) { apiKey(id: $id) { revokedAt } }"
    assert (await asked(client, query, id=made["apiKey"]["id"]))["apiKey"]["revokedAt"]
    headers = {"Authorization": f"Bearer {made['key']}"}
    answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.status_code == 401


async def test_the_own_workspace_is_renamed(client: Client) -> None:
    own = (await asked(client, "{ workspace { id } }"))["workspace"]["id"]
    rename = """mutation ($id: ID!, $zone: String) {
      updateWorkspace(id: $id, patch: {name: "Renamed", timeZone: $zone}) {
        workspace { name timeZone } userErrors { code pointer } } }"""
    named = await wrote(client, rename, id=own, zone="Asia/Shanghai")
    assert named["workspace"] == {"name": "Renamed", "timeZone": "Asia/Shanghai"}
    errors = await refused(client, rename, id=own, zone="Nowhere/Atall")
    assert [e["pointer"] for e in errors] == ["/time_zone"]


async def test_several_mutations_run_one_by_one_each_for_itself(client: Client) -> None:
    made = await a_map(client)
    query = """mutation ($id: ID!) {
      first: updateJourney(id: $id, patch: {title: "A", tags: ["a"]}) { ...Told }
      wrong: updateJourney(id: $id, patch: {title: ""}) { ...Told }
      second: updateJourney(id: $id, patch: {title: "B"}) { ...Told }
    }
    fragment Told on JourneyPayload { journey { title tags version } userErrors { pointer } }"""
    found = await asked(client, query, id=made["id"])
    assert found["first"]["journey"]["title"] == "A"
    assert found["wrong"] == {"journey": None, "userErrors": [{"pointer": "/title"}]}
    assert found["second"]["journey"] == {
        "title": "B",
        "tags": ["a"],
        "version": made["version"] + 2,
    }


async def test_what_one_mutation_wrote_the_next_one_shows(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    made = await a_map(client, personaIds=[persona["id"]])
    query = """mutation ($map: ID!, $who: ID!) {
      one: updateJourney(id: $map, patch: {title: "A"}) { journey { personas { name } } }
      two: updatePersona(id: $who, patch: {name: "Bob"}) { persona { name } }
      three: updateJourney(id: $map, patch: {title: "B"}) { journey { personas { name } } } }"""
    found = await asked(client, query, map=made["id"], who=persona["id"])
    shown = [found[name]["journey"]["personas"][0]["name"] for name in ("one", "three")]
    assert shown == ["Ann", "Bob"]


async def test_a_retried_operation_is_done_once(client: Client) -> None:
    query = """mutation {
      a: createProfile(input: {name: "A"}) { profile { uuid name } userErrors { code } }
      b: createProfile(input: {name: "B"}) { profile { uuid name } userErrors { code } } }"""
    key = {"Idempotency-Key": "once"}
    first = await client.post("/graphql", json={"query": query}, headers=key)
    again = await client.post("/graphql", json={"query": query}, headers=key)
    assert first.json() == again.json()
    assert first.json()["data"]["a"]["profile"] != first.json()["data"]["b"]["profile"]
    assert (await client.got("/v1/profiles?count=true"))["total"] == 2
    other = query.replace('"A"', '"C"')
    third = (await client.post("/graphql", json={"query": other}, headers=key)).json()
    codes = {e["code"] for name in "ab" for e in third["data"][name]["userErrors"]}
    assert codes == {"idempotency_key_reused"}


async def test_a_secret_is_not_repeated_to_a_retry(client: Client) -> None:
    query = """mutation { createApiKey(input: {name: "k", scopes: ["maps:read"]}) {
      key userErrors { code } } }"""
    key = {"Idempotency-Key": "a-key"}
    await client.post("/graphql", json={"query": query}, headers=key)
    again = (await client.post("/graphql", json={"query": query}, headers=key)).json()
    assert again["data"]["createApiKey"] == {
        "key": None,
        "userErrors": [{"code": "already_exists"}],
    }


async def test_a_query_writes_nothing(client: Client) -> None:
    found = await answered(client, 'query { createProfile(input: {name: "P"}) { profile { id } } }')
    assert "data" not in found
    assert "Cannot query field 'createProfile' on type 'Query'." in found["errors"][0]["message"]
