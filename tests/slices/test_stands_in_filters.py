"""Where contacts stand as a condition of filters: one request has exactly the people to address."""

import json
from typing import Any

import pytest

from service.domain.ids import new_id
from tests.faces.asking import asked
from tests.make import Client
from tests.slices.bound import by_id, sent
from tests.slices.test_contact_journeys import did, mapped
from tests.slices.test_contacts_by_place import crowd, listed

Json = dict[str, Any]
STATUSES = ("active", "stuck", "dropped", "converted")


def at(made: Json, **place: Any) -> Json:
    return {"at": {"journey_id": made["id"], **place}}


async def found(client: Client, filter: Json) -> set[str]:
    """All for whom a condition holds."""
    body: Json = {"filter": filter, "limit": 200}
    answer = await client.post("/v1/contacts/search", json=body)
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["items"]}


async def refused(client: Client, filter: Json) -> set[tuple[str, str]]:
    answer = await client.post("/v1/contacts/search", json={"filter": filter})
    assert answer.status_code == 422, answer.text
    return {(one["pointer"], one["code"]) for one in answer.json()["errors"]}


async def test_a_filter_finds_whom_the_list_has(client: Client) -> None:
    made, people = await crowd(client, 3)
    await client.made("/v1/contacts", {"identifiers": []})
    every = {one["contact_id"]: one for one in await listed(client, made["id"], limit=200)}
    assert {*every} == {*people}

    def those(**place: str | None) -> set[str]:
        told = {f"{name}_key" if name != "status" else name: one for name, one in place.items()}
        return {who for who, one in every.items() if told.items() <= one.items()}

    assert await found(client, at(made)) == {*people}
    places: list[Json] = [{"stage": "stage-0"}, {"step": "ask"}]
    places += [{"stage": "stage-1", "step": "ask"}]
    places += [{"status": one} for one in STATUSES]
    places += [{"stage": "stage-0", "status": one} for one in STATUSES]
    for place in places:
        assert await found(client, at(made, **place)) == those(**place), place
        # Of whom nobody can tell how they stand neither holds.
        unsure = those(**{**place, "status": None}) if "status" in place else set()
        others = await found(client, {"not": at(made, **place)})
        assert others & {*people} == {*people} - those(**place) - unsure, place
        assert len(others - {*people}) == 1
    both = {"any": [at(made, status="stuck"), at(made, stage="stage-1", status="active")]}
    expected = those(status="stuck") | those(stage="stage-1", status="active")
    assert await found(client, both) == expected


async def test_one_request_has_those_to_address(client: Client, stranger: Client) -> None:
    made = await mapped(client)
    names = ("ann", "ben", "cem", "dan", "eva", "fay")
    await sent(client, *(did("Ask", 30, who) for who in names))
    await sent(client, did("Look", 30, "gus"))
    ids = {who: await by_id(client, who) for who in (*names, "gus")}
    yes = {"purpose": "email_marketing", "granted": True}
    for who in ("ann", "ben", "cem", "dan", "gus"):
        await client.made(f"/v1/contacts/{ids[who]}/consents", yes)
    no = {"purpose": "analytics", "granted": False}
    await client.made(f"/v1/contacts/{ids['ben']}/consents", no)
    await client.post(f"/v1/contacts/{ids['cem']}/restrict")
    await client.patch(f"/v1/contacts/{ids['dan']}", json={"test": True})
    place = at(made, stage="stage-1", status="dropped")
    wanted = {"all": [place, {"consent": "email_marketing"}]}
    assert await found(client, wanted) == {ids["ann"]}
    # Of whom may not be analysed neither this nor its opposite is known.
    others = await found(client, {"not": place})
    assert others == {ids["gus"]}
    query = {"filter": json.dumps(wanted), "count": True}
    page = await client.got("/v1/contacts", params=query)
    assert ([one["id"] for one in page["items"]], page["total"]) == ([ids["ann"]], 1)
    lines = await client.get(
        "/v1/contacts",
        params={"filter": json.dumps(place)},
        headers={"Accept": "application/x-ndjson"},
    )
    told = [json.loads(line) for line in lines.text.splitlines()]
    assert {one["id"] for one in told[:-1]} == {ids[who] for who in ("ann", "eva", "fay")}
    graph = "query($filter: JSON) { contacts(filter: $filter) { nodes { uuid } totalCount } }"
    answer = (await asked(client, graph, filter=wanted))["contacts"]
    assert answer == {"nodes": [{"uuid": ids["ann"]}], "totalCount": 1}
    assert await refused(stranger, wanted) == {("/filter/all/0/at/journey_id", "unknown_reference")}


async def test_members_of_a_profile_stand_somewhere(client: Client) -> None:
    made, people = await crowd(client, 4, 60)
    place = at(made, status="dropped")
    body = {"name": "Lost", "criteria": place, "exclusions": at(made, stage="stage-0")}
    profile = await client.made("/v1/profiles", body)
    path = f"/v1/profiles/{profile['id']}"
    assert (await client.got(path))["criteria"] == place
    expected: dict[str, set[str]] = {"yes": set(), "no": set(), "unknown": set()}
    for who in people:
        answer = await client.got(f"/v1/contacts/{who}/profiles")
        (one,) = answer["items"]
        expected[one["membership"]].add(who)
    assert expected["yes"]
    for word, those in expected.items():
        page = await client.got(f"{path}/contacts", params={"membership": word, "limit": 200})
        assert {one["id"] for one in page["items"]} == those
    counts = await client.got(f"{path}/preview")
    assert counts["yes"]["numerator"] == len(expected["yes"])
    unstored = await client.post("/v1/profiles/preview", json={"criteria": place})
    lost = await listed(client, made["id"], status="dropped", limit=200)
    assert unstored.json()["yes"]["numerator"] == len(lost)
    # Nothing of the counts is kept: who stands there changes.
    await sent(client, *(did("Look", 0.1, f"p{n}") for n in range(60)))
    assert (await client.got(f"{path}/preview"))["yes"]["numerator"] == 0
    member = {"field": "member_of", "op": "eq", "value": profile["id"]}
    assert await found(client, member) == set()
    await client.got(f"/v1/contacts/{people[0]}/persona")


async def test_what_cannot_be_asked_is_refused(client: Client) -> None:
    made, other = await mapped(client), await mapped(client)
    nobody = str(new_id())
    gone = {"at": {"journey_id": nobody}}
    assert await refused(client, gone) == {("/filter/at/journey_id", "unknown_reference")}
    wrong = {"all": [at(made), at(made, stage="look", step="stage-0")]}
    assert await refused(client, wrong) == {
        ("/filter/all/1/at/stage", "unknown_reference"),
        ("/filter/all/1/at/step", "unknown_reference"),
    }
    assert await refused(client, {"all": [at(made), at(other)]}) == {
        ("/filter/all/1", "too_many_maps")
    }
    assert await refused(client, at(made, status="lost")) == {
        ("/filter/at/status", "unknown_status")
    }
    body = {"criteria": {"not": {"at": {"journey_id": made["id"], "stage": "nowhere"}}}}
    answer = await client.post("/v1/profiles/preview", json=body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/criteria/not/at/stage"]


async def test_filters_of_events_refuse_it(client: Client) -> None:
    made = await mapped(client)
    place = at(made, stage="stage-0")
    body = {"kpi": "orders", "filter": {"all": [place]}}
    answer = await client.post("/v1/kpis/query", json=body)
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["errors"]
    assert (problem["pointer"], problem["code"]) == ("/filter/all/0", "condition_not_allowed")
    profile = await client.made("/v1/profiles", {"name": "There", "criteria": place})
    member = {"field": "member_of", "op": "eq", "value": profile["id"]}
    answer = await client.post("/v1/kpis/query", json={"kpi": "orders", "filter": member})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["code"] == "condition_not_allowed"
    body = {"kpi": "orders", "breakdown": ["profile"]}
    answer = await client.post("/v1/kpis/query", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "condition_not_allowed")


async def test_it_needs_the_right_to_analyse(client: Client) -> None:
    made = await mapped(client)
    key = await client.made(
        "/v1/api-keys", {"name": "Some", "scopes": ["contacts:read", "maps:read"]}
    )
    headers = {"Authorization": f"Bearer {key['key']}"}
    answer = await client.post("/v1/contacts/search", json={"filter": at(made)}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("many", [1, 2])
async def test_the_number_of_statements_does_not_grow(client: Client, many: int) -> None:
    made = await mapped(client)
    spent = []
    for people in (3, 40):
        await sent(client, *(did("Look", 9, f"{people} {n}") for n in range(people)))
        places = [at(made, stage="stage-0"), at(made, stage="stage-1")][:many]
        await found(client, {"any": places})
        before = await client.statements()
        assert len(await found(client, {"any": places})) in {3, 43}
        spent.append(await client.statements() - before)
    assert spent[0] == spent[1] <= 9


async def test_a_persona_of_such_a_profile_has_no_drift_and_says_why(client: Client) -> None:
    made = await mapped(client)
    profile = await client.made("/v1/profiles", {"name": "There", "criteria": at(made)})
    persona = await client.made("/v1/personas", {"name": "Ann", "profile_id": profile["id"]})
    told = await client.got(f"/v1/personas/{persona['id']}/quality")
    assert told["drift"] is None
    assert "where contacts stand" in told["reasons"]["drift"]


async def test_a_walk_looks_up_once_who_stands_there(client: Client) -> None:
    made = await mapped(client)
    spent = []
    for people in (150, 300):
        some = [did("Look", 9, f"{people} {n}") for n in range(people)]
        await sent(client, *some)
        before = await client.statements()
        lines = await client.get(
            "/v1/contacts",
            params={"filter": json.dumps(at(made, stage="stage-0"))},
            headers={"Accept": "application/x-ndjson"},
        )
        spent.append(await client.statements() - before)
    assert len(lines.text.splitlines()) == 451
    # A page more, of 200 rows each, takes its own statement alone.
    assert spent[1] - spent[0] <= 3
