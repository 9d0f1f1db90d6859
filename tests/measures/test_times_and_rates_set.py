"""The session's timeout and what estimates rest on, as a workspace sets them."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client, pointers
from tests.measures.doing import Json, did, kpi

PLAN: Json = {"planned": ["page"]}
LOOKS = {"name": "look", "any_of": ["page"]}
STEPS: Json = {"steps": [LOOKS, LOOKS], "unit": "session"}
QUERIES: dict[str, Json] = {
    "sessions": {},
    "transitions": {"scope": "session"},
    "paths": {"scope": "session"},
    "conformance": PLAN,
    "correlates": {"goal": "page", "unit": "session"},
    "funnels": STEPS,
}


async def settled(client: Client, **change: Any) -> None:
    answer = await client.patch("/v1/settings", json=change)
    assert answer.status_code == 200, answer.text


async def test_a_session_ends_after_the_pause_that_the_workspace_set(client: Client) -> None:
    await did(client, *(("ann", f"2026-05-01T10:{n}0:00Z", "page") for n in range(3)))
    await settled(client, session_timeout_seconds=300)
    found = (await client.post("/v1/sessions/query", json={})).json()
    assert (found["sessions"], found["definition"]["timeout_seconds"]) == (3, 300)
    found = (await client.post("/v1/sessions/query", json={"timeout_seconds": 600})).json()
    assert (found["sessions"], found["definition"]["timeout_seconds"]) == (1, 600)
    single = {"parameters": {"mode": "single_event"}}
    rate = await kpi(client, "bounce_rate", **single)
    assert rate["value"]["numerator"] == 3
    assert rate["definition"]["parameters"]["timeout_seconds"] == 300
    found = await asked(
        client,
        "query($input: SessionsQueryInput!) {"
        " sessions(input: $input) { sessions definition { timeoutSeconds } } }",
        input={},
    )
    assert found["sessions"] == {"sessions": 3, "definition": {"timeoutSeconds": 300}}


@pytest.mark.parametrize("path", QUERIES)
async def test_every_analysis_of_sessions_tells_the_pause_it_used(
    client: Client, path: str
) -> None:
    for wanted in (1_800, 300):
        await settled(client, session_timeout_seconds=wanted)
        answer = await client.post(f"/v1/{path}/query", json=QUERIES[path])
        assert answer.status_code == 200, answer.text
        assert answer.json()["definition"]["timeout_seconds"] == wanted


async def test_a_funnel_asks_for_the_settings_once_whether_or_not_it_tells_the_pause(
    client: Client,
) -> None:
    await did(client, ("ann", "2026-05-01T10:00:00Z", "page"))

    async def taken(body: Json) -> int:
        before = await client.statements()
        assert (await client.post("/v1/funnels/query", json=body)).is_success
        return await client.statements() - before

    # Now and then one more: whose key it is.
    bodies = (STEPS, {**STEPS, "timeout_seconds": 600})
    least = [min([await taken(body) for _ in range(3)]) for body in bodies]
    assert least[0] == least[1]


async def test_estimates_rest_on_what_the_workspace_set(client: Client) -> None:
    await did(client, *((f"p{n}", "2026-05-01T10:00:00Z", "Complaint Made") for n in range(2)))
    assert (await kpi(client, "estimated_unhappy"))["value"] == pytest.approx(52)
    await settled(client, estimates={"complaint_rate": 0.5, "unhappy_told": 10})
    found = await kpi(client, "estimated_word_of_mouth")
    assert found["value"] == pytest.approx(2 / 0.5 * 0.13 * 10)
    told = found["definition"]["parameters"]
    assert (told["complaint_rate"], told["unhappy_told"], told["happy_told"]) == (0.5, 10, 6)
    own = {"parameters": {"complaint_rate": 0.25}}
    assert (await kpi(client, "estimated_unhappy", **own))["value"] == pytest.approx(8)


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"session_timeout_seconds": 0}, "/session_timeout_seconds"),
        ({"session_timeout_seconds": 31_622_401}, "/session_timeout_seconds"),
        ({"estimates": {"complaint_rate": 0}}, "/estimates/complaint_rate"),
        ({"estimates": {"happy_told": -1}}, "/estimates/happy_told"),
        ({"estimates": {"colour": 1}}, "/estimates/colour"),
    ],
)
async def test_what_cannot_be_set_is_named(client: Client, change: Json, at: str) -> None:
    answer = await client.patch("/v1/settings", json=change)
    assert (answer.status_code, pointers(answer)) == (422, {at})
