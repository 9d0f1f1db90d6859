"""KPIs of a workspace's own: what they are made of, and what is refused."""

from typing import Any

import pytest

from tests.make import Client, journey, pointers

Json = dict[str, Any]
PATH = "/v1/kpis"
SHARE: Json = {
    "mode": "share",
    "numerator": {"measure": "contacts", "events": "Order Completed"},
    "denominator": {"measure": "contacts"},
}


def of(measure: str, **members: Any) -> Json:
    return {"measure": measure, **members}


def value(measure: str, **members: Any) -> Json:
    return {"mode": "value", "numerator": of(measure, **members)}


async def test_a_kpi_is_kept_as_it_was_sent_with_its_defaults(client: Client) -> None:
    whole = await client.made("/v1/journeys", journey(1, 1))
    stage = whole["stages"][0]
    body = {
        "name": "Orders by visitors",
        "unit": "share",
        "direction": "up",
        "target": {"value": 0.05, "from": "2026-01-01T00:00:00Z"},
        "owner": "marketing",
        "places": [{"stage_id": stage["id"]}, {"journey_id": whole["id"]}],
        "definition": SHARE,
    }
    made = await client.made(PATH, body)
    assert made["key"] == "orders-by-visitors"
    assert made["target"] == {"value": 0.05, "from": "2026-01-01T00:00:00Z", "to": None}
    none = {"property": None, "percentile": None, "currency": None}
    assert made["definition"] == {
        "mode": "share",
        "numerator": {"measure": "contacts", "events": "Order Completed", **none},
        "denominator": {"measure": "contacts", "events": None, **none},
        "timeout_seconds": None,
    }
    place = {"journey_id": whole["id"], "stage_id": stage["id"], "step_id": None}
    assert made["places"] == [place, {**place, "stage_id": None}]
    assert await client.got(f"{PATH}/{made['id']}") == made
    again = await client.put(f"{PATH}/{made['id']}", json=made)
    assert (again.status_code, again.json()["definition"]) == (200, made["definition"])
    assert again.json()["places"] == made["places"]


async def test_a_patch_keeps_the_rest_and_a_place_goes_with_its_stage(client: Client) -> None:
    whole = await client.made("/v1/journeys", journey(2, 1))
    stage = whole["stages"][1]["id"]
    made = await client.made(
        PATH, {"name": "Sales", "definition": SHARE, "places": [{"stage_id": stage}]}
    )
    at = f"{PATH}/{made['id']}"
    patched = (await client.patch(at, json={"target": {"value": 0.5}, "name": "Buyers"})).json()
    assert (patched["key"], patched["name"], patched["version"]) == ("sales", "Buyers", 2)
    assert (patched["places"], patched["definition"]) == (made["places"], made["definition"])
    assert (await client.delete(f"/v1/stages/{stage}")).status_code == 204
    left = await client.got(at)
    assert (left["places"], left["version"]) == ([], 3)
    gone = await client.patch(at, json={"definition": None})
    assert gone.json()["definition"] is None


async def test_lists_are_by_owner_map_and_what_is_built_in(client: Client) -> None:
    whole = await client.made("/v1/journeys", journey(1, 1))
    step = whole["stages"][0]["steps"][0]["id"]
    own = {"name": "Own", "owner": "service", "places": [{"step_id": step}], "definition": SHARE}
    await client.made(PATH, own)
    await client.made(PATH, {"name": "Bounces", "built_in": "bounce_rate", "direction": "down"})

    async def named(**query: str) -> list[str]:
        found = await client.got(PATH, params={"sort": "name", "own": "true", **query})
        return [one["name"] for one in found["items"]]

    assert await named() == ["Bounces", "Own"]
    assert await named(owner="service") == ["Own"]
    assert await named(direction="down") == ["Bounces"]
    assert await named(built_in="bounce_rate") == ["Bounces"]
    assert await named(journey_id=whole["id"]) == ["Own"]
    assert await named(step_id=step) == ["Own"]
    assert await named(stage_id=whole["stages"][0]["id"]) == []
    assert await named(q="boun") == ["Bounces"]
    assert await named(key="own") == ["Own"]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"definition": SHARE, "built_in": "nps"}, {"/built_in"}),
        ({"built_in": "no_such"}, {"/built_in"}),
        ({"parameters": {"mode": "single_event"}}, {"/parameters"}),
        ({"built_in": "nps", "parameters": {"a": "\x00"}}, {"/parameters"}),
        ({"built_in": "nps", "parameters": {"a": "a" * 20_000}}, {"/parameters"}),
        ({"definition": SHARE, "target": {"value": 5}}, {"/target/value"}),
        ({"aggregation": "share", "target": {"value": -1}}, {"/target/value"}),
        ({"definition": {**SHARE, "mode": "value"}}, {"/definition"}),
        ({"definition": {**SHARE, "denominator": None}}, {"/definition"}),
        ({"definition": {**SHARE, "denominator": of("count")}}, {"/definition"}),
        ({"definition": value("sum")}, {"/definition/numerator"}),
        ({"definition": value("count", property="properties.value")}, {"/definition/numerator"}),
        (
            {"definition": value("percentile", property="properties.value")},
            {"/definition/numerator"},
        ),
        (
            {"definition": value("percentile", property="properties.value", percentile=101)},
            {"/definition/numerator/percentile"},
        ),
        (
            {"definition": value("sum", property="properties.value", currency="XXQ")},
            {"/definition/numerator/currency"},
        ),
        (
            {"definition": {**value("sum", property="nonsense"), "timeout_seconds": 1800}},
            {"/definition/numerator/property"},
        ),
        ({"definition": value("sum", property="event")}, {"/definition/numerator/property"}),
        (
            {
                "definition": {
                    **SHARE,
                    "numerator": of("contacts", events={"field": "no", "op": "eq", "value": 1}),
                    "denominator": of("contacts", events=7),
                }
            },
            {"/definition/numerator/events/field", "/definition/denominator/events"},
        ),
        ({"places": [{}]}, {"/places/0"}),
        (
            {"target": {"value": 1, "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}},
            {"/target"},
        ),
    ],
)
async def test_what_cannot_be_is_refused_with_every_place(
    client: Client, body: Json, at: set[str]
) -> None:
    answer = await client.post(PATH, json={"name": "K", **body})
    assert (answer.status_code, pointers(answer)) == (422, at), answer.text


async def test_a_target_is_held_against_the_definition_that_is_stored(client: Client) -> None:
    made = await client.made(PATH, {"name": "K", "definition": SHARE})
    answer = await client.patch(f"{PATH}/{made['id']}", json={"target": {"value": 40}})
    assert (answer.status_code, pointers(answer)) == (422, {"/target/value"})
    answer = await client.patch(f"{PATH}/{made['id']}", json={"built_in": "nps"})
    assert (answer.status_code, pointers(answer)) == (422, {"/built_in"})
    moved = {"built_in": "nps", "definition": None, "target": {"value": 40}}
    assert (await client.patch(f"{PATH}/{made['id']}", json=moved)).status_code == 200


async def test_places_are_there_and_of_one_map(client: Client, stranger: Client) -> None:
    one, other = [await client.made("/v1/journeys", journey(1, 1)) for _ in range(2)]
    theirs = await stranger.made("/v1/journeys", journey(1, 1))
    places = [
        {"stage_id": one["stages"][0]["id"], "journey_id": other["id"]},
        {"step_id": theirs["stages"][0]["steps"][0]["id"]},
        {"journey_id": theirs["id"]},
    ]
    answer = await client.post(PATH, json={"name": "K", "places": places})
    assert (answer.status_code, pointers(answer)) == (
        422,
        {"/places/0/journey_id", "/places/1/step_id", "/places/2/journey_id"},
    )


async def test_without_contacts_read_a_definition_names_declared_dimensions_alone(
    client: Client,
) -> None:
    scopes = ["maps:read", "maps:write", "analytics:read"]
    key = await client.made("/v1/api-keys", {"name": "Narrow", "scopes": scopes})
    headers = {"Authorization": f"Bearer {key['key']}"}
    about = {"field": "traits.city", "op": "eq", "value": "Ulm"}
    body = {"name": "K", "definition": {**SHARE, "numerator": of("contacts", events=about)}}
    answer = await client.post(PATH, json=body, headers=headers)
    assert pointers(answer) == {"/definition/numerator/events"}, answer.text
    wide = await client.made(PATH, body)
    answer = await client.get(f"{PATH}/{wide['id']}/status", headers=headers)
    assert answer.status_code == 200
    answer = await client.patch(f"{PATH}/{wide['id']}", json={"name": "L"}, headers=headers)
    assert answer.status_code == 200
    body["definition"] = SHARE
    assert (await client.post(PATH, json=body, headers=headers)).status_code == 201


async def test_posted_values_append_and_replace_by_time_and_keys(client: Client) -> None:
    kpi = await client.made(PATH, {"name": "Calls answered"})
    at = f"{PATH}/{kpi['id']}/values"
    day, other = "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"
    items = [
        {"at": day, "value": 12.5},
        {"at": day, "value": 3, "keys": {"device": "mobile", "country": "AT"}},
        {"at": other, "numerator": 42, "denominator": 100},
    ]

    async def posted(*sent: Json) -> tuple[int, int, int]:
        answer = await client.post(at, json={"items": sent})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found["created"], found["replaced"], found["unchanged"]

    assert await posted(*items) == (3, 0, 0)
    assert await posted(*items) == (0, 0, 3)
    keys = {"country": "AT", "device": "mobile"}
    assert await posted({"at": "2026-05-01T02:00:00+02:00", "value": 4, "keys": keys}) == (0, 1, 0)
    found = await client.got(at)
    assert [(one["at"][:10], one["value"]) for one in found["items"][:1]] == [("2026-05-02", 0.42)]
    assert sorted(one["value"] for one in found["items"]) == [0.42, 4, 12.5]
    first = await client.got(at, params={"to": other, "sort": "at", "limit": 1})
    assert first["next"] is not None
    assert (await client.got(f"{PATH}/{kpi['id']}"))["version"] == 3
    gone = f"{at}/{found['items'][0]['id']}"
    assert (await client.delete(gone)).status_code == 204
    assert (await client.delete(gone)).status_code == 404
    assert len((await client.got(at))["items"]) == 2
    assert (await client.delete(f"{PATH}/{kpi['id']}")).status_code == 204
    assert (await client.get(at)).status_code == 404


async def test_posted_values_that_cannot_be_are_refused_with_every_place(client: Client) -> None:
    kpi = await client.made(PATH, {"name": "Answered", "aggregation": "share"})
    at, day = f"{PATH}/{kpi['id']}/values", "2026-05-01T00:00:00Z"

    async def refused(*items: Json) -> set[str]:
        answer = await client.post(at, json={"items": items})
        assert answer.status_code == 422, answer.text
        return pointers(answer)

    assert await refused({"at": day, "value": 1}) == {"/items/0/numerator"}
    assert await refused({"at": day, "numerator": 3, "denominator": 2}) == {"/items/0/numerator"}
    assert await refused({"at": day}) == {"/items/0"}
    assert await refused({"at": day, "numerator": 3}) == {"/items/0"}
    assert await refused({"at": day, "numerator": 0, "denominator": 0}) == {"/items/0"}
    assert await refused({"at": day, "value": 2, "numerator": 1, "denominator": 2}) == {"/items/0"}
    twice = {"at": day, "numerator": 1, "denominator": 2}
    assert await refused(twice, twice) == {"/items/1"}
    assert await refused() == {"/items"}
    assert await refused({"at": "yesterday", "value": 1}) == {"/items/0/at"}
    computed = await client.made(PATH, {"name": "Computed", "definition": SHARE})
    answer = await client.post(f"{PATH}/{computed['id']}/values", json={"items": [twice]})
    assert (answer.status_code, answer.json()["code"]) == (409, "kpi_is_computed")
