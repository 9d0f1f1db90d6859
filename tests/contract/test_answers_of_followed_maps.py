"""The ways over a map, held against the schemas declared for them."""

import pytest
from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.make import Client
from tests.slices.bound import bound, by_id, event, sent

FIGURES = {
    "transitions/observed": "read_observed_transitions",
    "paths": "read_journey_paths",
    "funnel": "read_journey_funnel",
    "conformance": "read_journey_conformance",
    "kpis": "read_journey_kpis",
}
NOBODY = "0198c7f0-0000-7000-8000-000000000099"
QUERIES = (
    *("", "?to=2020-01-01T00:00:00Z", "?revision=draft", "?filter=Mail%20Sent"),
    *("?revision=7", "?revision=x", "?from=x", '?filter={"field":"x"}', "?nonsense=1"),
)


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_what_events_tell_on_a_curve_is_as_declared(
    client: Client, contract: Contract
) -> None:
    await sent(client, event(0, "Call Started"), event(1, "Mail Sent"))
    made = await client.made("/v1/journeys", bound("Call Started", "Mail Sent", None))
    queries = ("?traffic=true", *QUERIES, "?traffic=x")
    for small in (None, 5):
        await client.patch("/v1/settings", json={"small_cells": small})
        for query in queries:
            answer = await client.get(f"/v1/journeys/{made['id']}/emotion-curve{query}")
            contract.judge("read_emotion_curve", answer)


async def test_a_map_then_and_now_is_as_declared(client: Client, contract: Contract) -> None:
    await sent(client, event(0, "Call Started"), event(1, "Mail Sent"))
    made = await client.made("/v1/journeys", bound("Call Started", "Mail Sent", None))
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    unbound = await client.made("/v1/journeys", {"title": "Unbound"})
    queries = ("", "?days=7", "?base=2026-05-01T00:00:00Z", "?filter=x", "?days=0", "?days=999")
    for small in (None, 5):
        await client.patch("/v1/settings", json={"small_cells": small})
        for which in (made["id"], unbound["id"], NOBODY):
            for query in queries:
                answer = await client.get(f"/v1/journeys/{which}/then-and-now{query}")
                contract.judge("read_journey_then_and_now", answer)
    assert {status for _, status in contract.judged} >= {200, 404, 422}


async def test_the_sales_funnel_beside_a_map_is_as_declared(
    client: Client, contract: Contract
) -> None:
    await sent(client, event(0, "Call Started"), event(1, "Mail Sent"))
    body = bound("Call Started", "Mail Sent", None)
    body["stages"][0]["funnel_stage"] = "intent"
    made = await client.made("/v1/journeys", body)
    unbound = await client.made("/v1/journeys", {"title": "Unbound"})
    names = [{"source": "user_id", "value": "beth"}]
    traits = {"lifecycle_stage": "customer", "odd": "yes"}
    await client.made("/v1/contacts", {"identifiers": names, "traits": traits})
    queries = (*QUERIES, "?trait=odd", '?mapping={"customer":"intent"}', "?mapping=x", "?trait=..")
    for small in (None, 5):
        await client.patch("/v1/settings", json={"small_cells": small})
        for which in (made["id"], unbound["id"], NOBODY):
            for query in queries:
                answer = await client.get(f"/v1/journeys/{which}/sales-funnel{query}")
                contract.judge("read_sales_funnel", answer)
    assert {status for _, status in contract.judged} >= {200, 404, 422}


async def test_who_stands_there_and_what_to_offer_are_as_declared(
    client: Client, contract: Contract
) -> None:
    """Found by place, and one by one."""
    await sent(client, event(0, "Call Started"), event(1, "Mail Sent", "ben"))
    made = await client.made("/v1/journeys", bound("Call Started", "Mail Sent", None, goal="Paid"))
    step = made["stages"][0]["steps"][0]
    question = {"questions": [{"key": "cost", "text": "What does it cost?"}]}
    await client.patch(f"/v1/steps/{step['id']}", json=question)
    answers = [{"journey_id": made["id"], "step_key": step["key"], "item_key": "cost"}]
    told = {"title": "Fees", "answers": answers, "published_on": "2026-01-01"}
    await client.made("/v1/content", told)
    unbound = await client.made("/v1/journeys", {"title": "Unbound"})
    queries = ("", "?count=true&limit=1", "?stage=stage", "?status=stuck,dropped", "?step=x")
    queries += ("?status=x", "?after=x", "?sort=x", "?revision=7", "?revision=draft", "?nonsense=1")
    for which in (made["id"], unbound["id"], NOBODY):
        for query in queries:
            answer = await client.get(f"/v1/journeys/{which}/contacts{query}")
            contract.judge("list_journey_contacts", answer)
    for who in ("ann", "ben"):
        answer = await client.get(f"/v1/contacts/{await by_id(client, who)}/journeys")
        contract.judge("read_contact_journeys", answer)
    assert {status for _, status in contract.judged} >= {200, 400, 404, 422}


async def test_the_ways_over_a_map_are_as_declared(client: Client, contract: Contract) -> None:
    other = [event(n, "Coffee Drunk") for n in (2, 5)]
    did = [event(n, name) for n, name in ((0, "Call Started"), (1, "Mail Sent"), (4, "Mail Sent"))]
    await sent(client, *other, *did)
    made = await client.made("/v1/journeys", bound("Call Started", "Mail Sent", None, goal="Paid"))
    unbound = await client.made("/v1/journeys", {"title": "Unbound"})
    for which in (made["id"], unbound["id"]):
        for figure, operation in FIGURES.items():
            for query in QUERIES:
                answer = await client.get(f"/v1/journeys/{which}/{figure}{query}")
                contract.judge(operation, answer)
    for operation in FIGURES.values():
        assert {status for name, status in contract.judged if name == operation} == {200, 404, 422}
    for small in (None, 5):
        await client.patch("/v1/settings", json={"small_cells": small})
        for figure, operation in FIGURES.items():
            unit = "unit=contact" if figure in ("funnel", "conformance") else "scope=contact"
            query = "" if figure == "kpis" else f"?{unit}"
            answer = await client.get(f"/v1/journeys/{made['id']}/{figure}{query}")
            found = contract.judge(operation, answer)
            assert found["definition"]["revision"] == "draft"
