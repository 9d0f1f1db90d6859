"""What is told of the sales funnel beside a map: to whom, what not, and why."""

import json
from datetime import timedelta

import asyncpg
import pytest
from fastapi import FastAPI

from service.domain.work import Caller
from tests.faces.asking import asked, not_there
from tests.make import BY_ANN, Client, pointers
from tests.measures.followed import bound, told
from tests.measures.selling import (
    AT,
    BEGUN,
    CHANGED,
    CRM,
    STAGES,
    Json,
    cells,
    did,
    iso,
    mapped,
    out,
    people,
)
from tests.slices.bound import by_id

MANY = """
    INSERT INTO waypost.contacts (workspace_id, id, root_id, traits, created_at, updated_at)
    SELECT $1, id, id, jsonb_build_object('status', said), now(), now()
    FROM (SELECT md5(n || 'many')::uuid AS id, n || repeat('v', 300) AS said
          FROM generate_series(1, 3000) AS n) AS one
"""


async def test_hubspot_s_lifecycle_is_known_by_itself(client: Client) -> None:
    made = await client.made("/v1/journeys", mapped())
    stages = ["lead", "marketingqualifiedlead", "customer", "evangelist", "other", "purchase"]
    await people(client, {one: {"lifecycle_stage": one} for one in stages})
    await did(client, [(one, "d", BEGUN) for one in stages])
    found = await told(client, made["id"], AT)
    once = dict.fromkeys(("interest", "consideration", "advocacy"), 1)
    assert {said: n for (_, said), n in cells(found).items()} == {**once, "purchase": 2}
    assert (found["agree"]["numerator"], found["behind"]["numerator"]) == (2, 2)
    assert found["unmapped"]["items"] == [{"value": "other", "contacts": 1}]
    assert found["definition"]["mapping"]["evangelist"] == "advocacy"
    assert found["definition"]["revision"] == "draft"
    beside = {one["funnel_stage"]: one for one in found["funnel"]}
    assert beside["purchase"]["on_map"] == 6
    assert (beside["advocacy"]["on_map"], beside["advocacy"]["reason"]) == (None, "not_on_map")
    assert (beside["interest"]["on_map"], beside["interest"]["in_crm"]) == (0, 1)


async def test_who_was_put_somewhere_or_merged_stands_there_once(client: Client) -> None:
    made = await client.made("/v1/journeys", mapped())
    await people(client, {"ann": {"lifecycle_stage": "lead"}, "beth": {}, "cid": {}})
    await did(client, [("ann", "a", BEGUN), ("beth", "d", BEGUN + timedelta(days=1))])
    who = {name: await by_id(client, name) for name in ("ann", "beth", "cid")}
    pair = {"winner_id": who["ann"], "loser_id": who["beth"]}
    assert (await client.post("/v1/contacts/merge", json=pair)).status_code < 300
    put = {"journey_id": made["id"], "stage_key": "sign", "at": iso(BEGUN)}
    await client.made(f"/v1/contacts/{who['cid']}/journeys", put, headers=BY_ANN)
    found = await told(client, made["id"], AT)
    assert cells(found) == {("purchase", "interest"): 1}
    assert (found["on_map"], out(found)) == (2, {"no_trait": 1})
    early = await told(client, made["id"], AT, to=iso(BEGUN + timedelta(hours=1)))
    assert cells(early) == {("interest", "interest"): 1}
    only = await told(client, made["id"], AT, filter="a")
    assert cells(only) == {("interest", "interest"): 1}
    assert out(only) == {"enrolment_without_event": 1}


async def test_what_nobody_can_tell_is_null_with_its_reason(client: Client) -> None:
    made = await client.made("/v1/journeys", mapped())
    await people(client, {f"u{n}": {"lifecycle_stage": "lead", "odd": n} for n in range(3)})
    nobody = await told(client, made["id"], AT)
    assert (nobody["reason"], nobody["on_map"], nobody["contacts"]) == ("no_event", None, None)
    assert (nobody["in_crm"], nobody["agree"]["value"]) == (3, None)
    assert (nobody["agree"]["reason"], nobody["excluded"]) == ("no_event", [])
    assert nobody["stages"][0] == {
        **{"stage_id": made["stages"][0]["id"], "stage_key": "look", "on_map": None},
        **{"funnel_stage": "interest", "reason": "no_event"},
    }


async def test_each_side_is_told_where_the_other_is_unknown(client: Client) -> None:
    made = await client.made("/v1/journeys", mapped())
    await people(client, {f"u{n}": {"lifecycle_stage": "lead", "odd": n} for n in range(3)})
    await did(client, [("u1", "a", BEGUN)])
    before = await told(client, made["id"], AT, to="2020-01-01T00:00:00Z")
    assert (before["reason"], before["matrix"], before["in_crm"]) == ("no_event", [], 3)
    unknown = await told(client, made["id"], AT, trait="never.heard")
    assert (unknown["crm_reason"], unknown["in_crm"], unknown["on_map"]) == ("no_trait", None, 1)
    assert (unknown["ahead"]["reason"], out(unknown)) == ("no_trait", {"no_trait": 1})
    assert {one["in_crm"] for one in unknown["funnel"]} == {None}
    other = await told(client, made["id"], AT, trait="odd")
    assert (other["crm_reason"], other["unmapped"]["contacts"]) == ("no_mapped_value", 3)


async def test_a_map_that_cannot_be_in_the_funnel_says_why(client: Client) -> None:
    made = await client.made("/v1/journeys", mapped())
    await did(client, [("u1", "a", BEGUN)])
    plain = await client.made("/v1/journeys", bound(STAGES))
    unstaged = await told(client, plain["id"], AT)
    assert (unstaged["reason"], unstaged["on_map"]) == ("no_funnel_stage", 1)
    loose = await client.made("/v1/journeys", {"title": "Loose", "stages": [{"name": "One"}]})
    assert (await told(client, loose["id"], AT))["reason"] == "not_bound"
    await client.made(f"/v1/journeys/{made['id']}/publish", {"effective_from": iso(CHANGED)})
    early = await told(client, made["id"], AT, to=iso(CHANGED - timedelta(days=1)))
    assert early["reason"] == "not_in_force"


async def test_a_trait_of_very_many_values_tells_the_most_frequent(
    client: Client, owner: asyncpg.Connection, workspace: Caller
) -> None:
    made = await client.made("/v1/journeys", mapped())
    await people(client, {"u": {"status": "Won"}})
    await did(client, [("u", "d", BEGUN)])
    await owner.execute(MANY, workspace.workspace_id)
    found = await told(client, made["id"], AT, trait="status", mapping={"Won": "purchase"})
    assert cells(found) == {("purchase", "purchase"): 1}
    assert found["unmapped"]["contacts"] == 3_000
    assert [len(one["value"]) for one in found["unmapped"]["items"]] == [200] * 50
    assert found["unmapped"]["values"] == 3_000
    beside = {one["funnel_stage"]: one for one in found["funnel"]}
    assert beside["interest"]["reason"] == "not_mapped"


REFUSED: tuple[tuple[Json, str], ...] = (
    ({"trait": ""}, "trait"),
    ({"trait": "a..b"}, "trait"),
    ({"trait": "x" * 101}, "trait"),
    ({"mapping": "{"}, "mapping"),
    ({"mapping": "[]"}, "mapping"),
    ({"mapping": "{}"}, "mapping"),
    ({"mapping": '{"a": 1}'}, "mapping"),
    ({"mapping": '{"a\\u0000": "interest"}'}, "mapping"),
    ({"mapping": '{"a": "nowhere"}'}, "mapping"),
    ({"mapping": json.dumps({str(n): "interest" for n in range(201)})}, "mapping"),
    ({"filter": "{"}, "filter"),
    ({"whatever": 1}, "whatever"),
)


async def test_what_cannot_be_asked_is_refused_by_its_pointer(
    client: Client, stranger: Client
) -> None:
    made = await client.made("/v1/journeys", mapped())
    at = f"/v1/journeys/{made['id']}/{AT}"
    for query, member in REFUSED:
        answer = await client.get(at, params=query)
        assert answer.status_code == 422, (query, answer.text)
        assert pointers(answer) == {f"/query/{member}"}
    backwards = await client.get(at, params={"from": iso(CHANGED), "to": iso(BEGUN)})
    assert pointers(backwards) == {"/query"}
    assert (await stranger.get(at)).status_code == 404
    own = await client.get(at, params={"mapping": '{"a": "trying-out"}'})
    assert own.status_code == 200


async def few(client: Client) -> Json:
    """A map with 43 people, of whom few are where the CRM has them not; and values of the rest."""
    made = await client.made("/v1/journeys", mapped())
    said = {f"u{n}": "lead" if n < 20 else "customer" for n in range(43)}
    said |= {f"{one} {n}": one for one, many in OTHERS.items() for n in range(many)}
    await people(client, {who: {"lifecycle_stage": one} for who, one in said.items()})
    await did(client, [(f"u{n}", "a" if n < 17 or n > 40 else "d", BEGUN) for n in range(43)])
    return made


OTHERS = {"odd": 6, "rare": 2, "other": 9}


async def test_who_reads_no_contacts_is_told_of_no_few(client: Client, app: FastAPI) -> None:
    made = await few(client)
    whole = await told(client, made["id"], AT)
    assert sorted(cells(whole).values()) == [2, 3, 17, 21]
    key = await client.made("/v1/api-keys", {"name": "n", "scopes": SCOPES})
    async with Client.entering(app, f'{{"key": "{key["key"]}"}}') as analyst:
        found = await told(analyst, made["id"], AT)
    assert {one["contacts"] for one in found["matrix"]} == {None}
    assert {one["reason"] for one in found["matrix"]} == {"small_cell"}
    assert found["contacts"] == 43
    for name in ("agree", "ahead", "behind"):
        assert (found[name]["value"], found[name]["reason"]) == (None, "small_cell")
    # Of the rare value nobody is told, nor of the next one, which would tell it.
    assert [one["value"] for one in found["unmapped"]["items"]] == ["other"]


SCOPES = ["analytics:read", "maps:read"]


@pytest.mark.parametrize("query", [{"trait": "email"}, {"mapping": '{"lead": "purchase"}'}])
async def test_who_reads_no_contacts_asks_as_usual_or_not_at_all(
    client: Client, query: Json
) -> None:
    made = await client.made("/v1/journeys", mapped())
    at = f"/v1/journeys/{made['id']}/{AT}"
    for scopes, status in ((SCOPES, 422), (["maps:read"], 403)):
        key = await client.made("/v1/api-keys", {"name": "n", "scopes": scopes})
        headers = {"Authorization": f"Bearer {key['key']}"}
        answer = await client.get(at, params=query, headers=headers)
        assert answer.status_code == status
    assert (await client.get(at, params=query)).status_code == 200


QUERY = """query($id: ID!, $input: SalesFunnelQueryInput) {
  journeySalesFunnel(journeyId: $id, input: $input) {
    onMap inCrm contacts agree { numerator denominator } ahead { value } reason crmReason
    funnel { funnelStage onMap inCrm inBoth reason } stages { stageKey onMap funnelStage }
    matrix { onMap inCrm difference contacts } unmapped { values items { value contacts } }
    definition { order mapping trait revision } excluded { reason count } } }"""
GIVEN = {"trait": "status", "mapping": CRM, "from": iso(BEGUN)}


async def test_graphql_tells_the_same(client: Client) -> None:
    made = await client.made("/v1/journeys", mapped())
    await people(client, {f"u{n}": {"status": "Lead"} for n in range(3)})
    await did(client, [(f"u{n}", "d", BEGUN) for n in range(3)])
    rest = await told(client, made["id"], AT, trait="status", mapping=CRM, from_=iso(BEGUN))
    found = (await asked(client, QUERY, id=made["id"], input=GIVEN))["journeySalesFunnel"]
    assert (found["onMap"], found["contacts"]) == (rest["on_map"], rest["contacts"]) == (3, 3)
    assert found["definition"]["order"] == rest["definition"]["order"]
    assert found["definition"]["mapping"] == CRM
    assert [one["contacts"] for one in found["matrix"]] == list(cells(rest).values())
    nobody = "0198c7f0-0000-7000-8000-000000000099"
    assert await not_there(client, QUERY, id=nobody) == {"journeySalesFunnel"}


async def test_many_people_take_as_many_statements_as_one(client: Client) -> None:
    spent = []
    for many in (1, 40):
        made = await client.made("/v1/journeys", mapped())
        await people(client, {f"{many} {n}": {"status": "Lead"} for n in range(many)})
        await did(client, [(f"{many} {n}", "d", BEGUN) for n in range(many)])
        each = []
        # Twice: what is known of a key is read again after seconds, whoever asks then.
        for _ in range(2):
            before = await client.statements()
            await told(client, made["id"], AT, trait="status", mapping=CRM)
            each.append(await client.statements() - before)
        spent.append(min(each))
    assert spent[0] == spent[1] <= 11
