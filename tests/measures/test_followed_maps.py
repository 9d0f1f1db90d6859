"""The ways over a map: against what is told of the same events by their names, and by hand."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.faces.asking import asked, not_there
from tests.make import BY_ANN, Client, journey, pointers
from tests.measures.conftest import Loaded
from tests.measures.followed import SHOP, bound, told
from tests.measures.logs import reference
from tests.measures.test_transitions import walk
from tests.published import needs_data

Json = dict[str, Any]
FIGURES = ("transitions/observed", "paths", "conformance", "funnel")


def counted(found: Json) -> int | None:
    """How many people an answer is of; a funnel tells them by step."""
    whole: Json = found["steps"][0] if found.get("steps") and "breakdown" in found else found
    return int(n) if (n := whole.get("units", whole.get("contacts"))) is not None else None


def reason_of(found: Json) -> str | None:
    """Why it is null; a time of a funnel may be for want of those who came through."""
    return None if "breakdown" in found else found.get("reason")


def same(ours: Json, theirs: Json) -> None:
    """All but what is a map's alone."""
    assert {n: v for n, v in ours.items() if n in theirs and n != "definition"} == {
        n: v for n, v in theirs.items() if n != "definition"
    }
    rest = {"judged_steps", "revision"}
    mine = {n: v for n, v in ours["definition"].items() if n not in rest}
    assert mine == theirs["definition"]


@needs_data
@pytest.mark.parametrize("scope", ["session", "contact"])
@pytest.mark.parametrize(
    "within", [{}, {"from_": "2024-03-01T00:00:00Z", "to": "2024-04-01T00:00:00Z"}]
)
async def test_a_map_that_claims_all_events_is_followed_as_they_are(
    loaded: Loaded, scope: str, within: Json
) -> None:
    client = await loaded("ecom_clickstream")
    made = await client.made("/v1/journeys", bound(SHOP))
    body = {**{n.rstrip("_"): one for n, one in within.items()}, "scope": scope}
    theirs = (await client.post("/v1/transitions/query", json=body)).json()
    same(await told(client, made["id"], "transitions/observed", scope=scope, **within), theirs)
    body |= {"start": "product_view", "end": "purchase", "steps": 4}
    theirs = (await client.post("/v1/paths/query", json=body)).json()
    more = {"start": "product_view", "end": "purchase", "steps": 4}
    same(await told(client, made["id"], "paths", scope=scope, **more, **within), theirs)


@needs_data
async def test_what_no_step_claims_is_passed_over_within_the_session(loaded: Loaded) -> None:
    client = await loaded("ecom_clickstream")
    few = {"buy": SHOP["buy"]}
    made = await client.made("/v1/journeys", bound(few))
    only = {"field": "event", "op": "in", "value": list(SHOP["buy"])}
    theirs = (
        await client.post("/v1/transitions/query", json={"scope": "contact", "filter": only})
    ).json()
    found = await told(client, made["id"], "transitions/observed", scope="contact")
    assert (found["items"], found["steps"]) == (theirs["items"], theirs["steps"])
    # Sessions are of all that somebody did: what lies between two steps does not end one.
    found = await told(client, made["id"], "transitions/observed")
    starts = sum(one["count"] for one in found["starts"])
    sessions = (
        await client.post(
            "/v1/kpis/query",
            json={
                "kpi": "conversion_rate",
                "parameters": {"unit": "session", "base": None, "goal": only},
            },
        )
    ).json()
    assert starts == sessions["value"]["numerator"]


@needs_data
async def test_a_maps_steps_are_fitted_as_the_plan_of_their_events(loaded: Loaded) -> None:
    client = await loaded("ecom_clickstream")
    expected = reference("ecom_clickstream")["figures"]["planned_vs_actual"]
    plan = tuple(expected["steps"])
    made = await client.made("/v1/journeys", bound({"all": plan}))
    found = await told(client, made["id"], "conformance", only_with="purchase")
    body = {"planned": plan, "unit": "session", "only_with": "purchase"}
    theirs = (await client.post("/v1/conformance/query", json=body)).json()
    assert (found["units"], found["exact"]["numerator"]) == (expected["cases"], expected["exact"])
    # Moves of a map lead from step to step: what lies between is passed over.
    apart = {"definition", "move_fitness", "detours"}
    assert {n: v for n, v in found.items() if n in theirs.keys() - apart} == {
        n: v for n, v in theirs.items() if n not in apart
    }
    assert 0 < found["move_fitness"]["value"] < 1
    assert found["detours"][0]["from"] in plan
    assert found["unobserved"] == []


@needs_data
@pytest.mark.parametrize("unit", ["contact", "session", "attempt"])
async def test_people_come_along_a_map_as_along_its_events(loaded: Loaded, unit: str) -> None:
    client = await loaded("ecom_clickstream")
    made = await client.made("/v1/journeys", bound(SHOP))
    keys = ["product_view", "add_to_cart", "shipping_details", "payment_details", "purchase"]
    asked_of = {"from_": "2024-02-01T00:00:00Z", "to": "2024-06-01T00:00:00Z", "unit": unit}
    body = {name.rstrip("_"): one for name, one in asked_of.items()}
    steps: list[Json] = [{"name": one, "any_of": [one]} for one in keys]
    theirs = (await client.post("/v1/funnels/query", json={**body, "steps": steps})).json()
    found = await told(client, made["id"], "funnel", steps=",".join(keys), **asked_of)
    assert (found["steps"], found["converted"]) == (theirs["steps"], theirs["converted"])
    steps = [{"name": stage, "any_of": [*names]} for stage, names in SHOP.items()]
    steps[3]["optional"] = True
    theirs = (await client.post("/v1/funnels/query", json={**body, "steps": steps})).json()
    found = await told(client, made["id"], "funnel", by="stage", optional="after", **asked_of)
    assert (found["steps"], found["converted"]) == (theirs["steps"], theirs["converted"])


async def test_where_nothing_can_be_told_it_is_null_and_says_why(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    for figure in FIGURES:
        found = await told(client, made["id"], figure)
        assert (found.get("items", []), counted(found)) == ([], None)
        assert found["reason"] == "not_bound"
        assert found["definition"]["revision"] == "draft"
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    await walk(client, "u", "a10:00 b10:01 c10:02")
    for figure in FIGURES:
        found = await told(client, made["id"], figure, to="2020-01-01T00:00:00Z")
        assert (counted(found), found["reason"]) == (None, "no_event")
        found = await told(client, made["id"], figure, filter="c")
        assert (found.get("cut"), counted(found), found["reason"]) == (None, None, "no_event")
        found = await told(client, made["id"], figure, filter="a")
        assert (counted(found), reason_of(found)) == (1, None)
    late = {"effective_from": "2025-01-01T00:00:00Z"}
    await client.made(f"/v1/journeys/{made['id']}/publish", late)
    for figure in FIGURES:
        found = await told(client, made["id"], figure, to="2024-12-31T00:00:00Z")
        assert (counted(found), found["reason"]) == (None, "not_in_force")
        assert found["definition"]["revision"] == "in_force"
        found = await told(client, made["id"], figure, revision="1")
        assert (counted(found), found["definition"]["revision"]) == (1, 1)


async def test_people_who_do_not_permit_it_are_left_out_and_counted(client: Client) -> None:
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    await walk(client, "u", "a10:00 b10:01")
    body = {"items": [{"source": "user_id", "value": "u"}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    await client.post(f"/v1/contacts/{who}/restrict")
    for figure in FIGURES:
        found = await told(client, made["id"], figure)
        assert (counted(found), found["reason"]) == (None, "not_permitted")
        assert found["excluded"] == [{"reason": "not_permitted", "count": 2}]


async def test_who_was_put_there_by_hand_is_nobody_who_does_not_permit_it(client: Client) -> None:
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    await walk(client, "u", "a10:00 b10:01")
    identifiers = [{"source": "user_id", "value": "v"}]
    who = (await client.made("/v1/contacts", {"identifiers": identifiers}))["id"]
    put = {"journey_id": made["id"], "step_key": "a"}
    await client.made(f"/v1/contacts/{who}/journeys", put, headers=BY_ANN)
    for figure in FIGURES:
        found = await told(client, made["id"], figure, filter="nothing of that name")
        assert (counted(found), found["reason"]) == (None, "no_event")
        assert found["excluded"] == [{"reason": "enrolment_without_event", "count": 1}]
    query = {"filter": "nothing of that name"}
    found = await client.got(f"/v1/journeys/{made['id']}/kpis", params=query)
    assert found["reason"] == "no_event"


async def test_what_cannot_be_asked_is_refused_by_its_pointer(
    client: Client, stranger: Client
) -> None:
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    other = await client.made("/v1/journeys", bound({"all": ("a",)}))
    for figure in FIGURES:
        at = f"/v1/journeys/{made['id']}/{figure}"
        for query, pointer in (
            ({"filter": '{"field": "nonsense", "op": "eq", "value": 1}'}, "/query/filter/field"),
            ({"filter": "{"}, "/query/filter"),
            ({"filter": "[]"}, "/query/filter"),
            ({"from": "2026-05-02T00:00:00Z", "to": "2026-05-01T00:00:00Z"}, "/query"),
            ({"revision": "a"}, "/query/revision"),
            ({"whatever": 1}, "/query/whatever"),
        ):
            answer = await client.get(at, params=query)
            assert answer.status_code == 422, (query, answer.text)
            assert pointers(answer) == {pointer}
        answer = await client.get(at, params={"revision": 2})
        assert (answer.status_code, answer.json()["code"]) == (404, "revision_not_found")
        answer = await client.get(f"/v1/journeys/{other['id']}/{figure}?revision=1")
        assert (answer.status_code, answer.json()["code"]) == (404, "revision_not_found")
        assert (await stranger.get(at)).status_code == 404
    answer = await client.get(f"/v1/journeys/{made['id']}/paths", params={"start": "x", "end": "y"})
    assert pointers(answer) == {"/query/start", "/query/end"}


async def test_who_reads_no_contacts_is_told_of_no_few(client: Client, app: FastAPI) -> None:
    one = {"field": "properties.mail", "op": "eq", "value": "ann@example.org"}
    stages = bound({"all": ("a", "b")})
    stages["stages"][0]["steps"].append({"key": "one", "action": "one", "binding": one})
    made = await client.made("/v1/journeys", stages)
    for n in range(5):
        await walk(client, f"u{n}", "a10:00 b10:01" if n else "a10:00")
    body = {"name": "Figures", "scopes": ["analytics:read", "maps:read"]}
    key = (await client.made("/v1/api-keys", body))["key"]
    async with Client.entering(app, f'{{"key": "{key}"}}') as analyst:
        moves = await told(analyst, made["id"], "transitions/observed")
        assert (moves["contacts"], moves["items"][0]["count"]) == (5, None)
        assert moves["definition"]["judged_steps"] == ["a", "b"]
        assert moves["excluded"] == [{"reason": "needs_contacts_read", "count": 1}]
        along = await told(analyst, made["id"], "funnel")
        assert [one["units"] for one in along["steps"]] == [5, None]
        fit = await told(analyst, made["id"], "conformance")
        assert fit["exact"]["reason"] == "small_cell"
        stages = await told(analyst, made["id"], "kpis")
        assert stages["items"][0]["reason"] == "no_way_on"
    moves = await told(client, made["id"], "transitions/observed")
    assert moves["items"][0]["count"] == 4
    assert moves["definition"]["judged_steps"] == ["a", "b", "one"]


async def test_graphql_tells_the_same(client: Client, stranger: Client) -> None:
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    await walk(client, "u", "a10:00 b10:01 a10:02")
    query = """query($id: ID!) {
      journeyTransitions(journeyId: $id, input: {scope: contact, filter: {any: []}}) { reason }
      all: journeyTransitions(journeyId: $id, input: {scope: contact}) {
        journeyId contacts items { from to count } definition { revision judgedSteps } }
      journeyPaths(journeyId: $id, input: {start: "a"}) { items { steps count } }
      journeyConformance(journeyId: $id) { units exact { numerator } unobserved
        detours { from to } definition { planned revision } }
      journeyFunnel(journeyId: $id, input: {unit: contact, windowSeconds: 60}) {
        steps { name units } definition { by steps { anyOf } } } }"""
    found = await asked(client, query, id=made["id"])
    assert found["journeyTransitions"] == {"reason": "no_event"}
    rest = await told(client, made["id"], "transitions/observed", scope="contact")
    assert found["all"]["items"] == [
        {name: one[name] for name in ("from", "to", "count")} for one in rest["items"]
    ]
    assert found["all"]["definition"] == {"revision": "draft", "judgedSteps": ["a", "b"]}
    assert found["journeyPaths"]["items"] == [{"steps": ["a", "b", "a"], "count": 1}]
    assert found["journeyConformance"] == {
        **{"units": 1, "exact": {"numerator": 0}, "unobserved": []},
        "detours": [{"from": "b", "to": "a"}],
        "definition": {"planned": ["a", "b"], "revision": "draft"},
    }
    assert found["journeyFunnel"]["steps"] == [
        {"name": "a", "units": 1},
        {"name": "b", "units": 1},
    ]
    assert found["journeyFunnel"]["definition"]["by"] == "step"
    assert await not_there(stranger, query, id=made["id"]) == {
        *("all", "journeyTransitions", "journeyPaths", "journeyConformance", "journeyFunnel")
    }


async def test_the_number_of_statements_does_not_grow(client: Client) -> None:
    spent = []
    for many in (1, 6):
        names = "abcdefghijkl"
        stages = {f"s{n}": tuple(names[2 * n : 2 * n + 2]) for n in range(many)}
        made = await client.made("/v1/journeys", bound(stages))
        for _ in range(many):
            await client.made(f"/v1/journeys/{made['id']}/publish", {})
            await client.patch(f"/v1/journeys/{made['id']}", json={"title": "Another"})
        for n in range(many):
            await walk(client, f"{many} {n}", "a10:00 b10:01")
        for figure in FIGURES:
            asked_for = []
            # Twice: what is known of a key is read again after seconds, whoever asks then.
            for _ in range(2):
                before = await client.statements()
                await told(client, made["id"], figure)
                asked_for.append(await client.statements() - before)
            spent.append(min(asked_for))
    assert spent[: len(FIGURES)] == spent[len(FIGURES) :]
    assert max(spent) <= 8
