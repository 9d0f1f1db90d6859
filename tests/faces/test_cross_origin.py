"""Pages of other origins: those that the settings name are told that they may, nobody else is."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from service.domain.work import Caller
from service.main import create_app
from service.settings import Settings
from tests.make import Client

PAGE = "https://app.example"
OTHER = "https://elsewhere.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
}


@pytest.fixture
async def named(settings: Settings, workspace: Caller) -> AsyncIterator[Client]:
    """A service whose settings name one origin."""
    made = create_app(replace(settings, cors_origins=(PAGE,)))
    async with (
        made.router.lifespan_context(made),
        Client.entering(made, workspace.request_id) as client,
    ):
        yield client


def allowed(answer: object) -> str | None:
    found: str | None = answer.headers.get("access-control-allow-origin")  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("path", ["/graphql", "/v1/journeys"])
async def test_a_page_that_is_named_may_call(named: Client, path: str) -> None:
    asked = {"Origin": PAGE, **PREFLIGHT, "X-Request-Id": "mine"}
    told = await named.request("OPTIONS", path, headers=asked)
    assert told.status_code == 200
    assert told.headers["x-request-id"] == "mine"
    assert allowed(told) == PAGE
    assert "idempotency-key" in told.headers["access-control-allow-headers"]
    assert "PATCH" in told.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in told.headers
    body = {"query": "{ workspace { name } }"} if path == "/graphql" else {"title": "Map"}
    made = await named.post(path, json=body, headers={"Origin": PAGE})
    assert made.is_success
    assert allowed(made) == PAGE
    assert "Origin" in made.headers["vary"]
    assert "etag" in made.headers["access-control-expose-headers"]
    assert made.headers.get_list("access-control-allow-origin") == [PAGE]


async def test_what_no_page_may_send_is_a_problem_document(named: Client) -> None:
    asked = {"Origin": PAGE, **PREFLIGHT, "Access-Control-Request-Method": "BREW"}
    before = await counted(named)
    refused = await named.request("OPTIONS", "/v1/journeys", headers=asked)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert refused.json()["request_id"] == refused.headers["x-request-id"]
    assert await counted(named) == before + 1


async def counted(client: Client) -> float:
    """How many requests that ask first were refused."""
    text = (await client.get("/metrics?name[]=waypost_request_seconds_count")).text
    told = 'waypost_request_seconds_count{method="OPTIONS",route="none",status="400"} '
    found = [line for line in text.splitlines() if line.startswith(told)]
    return float(found[0].removeprefix(told)) if found else 0


async def test_answers_say_that_they_vary_by_origin_once_any_is_named(
    named: Client, client: Client
) -> None:
    for headers in ({}, {"Origin": OTHER}, {"Origin": PAGE}):
        for path in ("/v1/journeys", "/v1/nothing"):
            answer = await named.get(path, headers=headers)
            assert "Origin" in answer.headers.get_list("vary", split_commas=True)
    assert "Origin" not in (await client.get("/v1/journeys")).headers.get("vary", "")


async def test_a_refusal_can_be_read_by_the_page_as_well(named: Client) -> None:
    for path, status in (("/v1/nothing", 404), ("/v1/journeys", 401)):
        headers = {"Origin": PAGE, "Authorization": "Bearer wp_no"}
        refused = await named.get(path, headers=headers)
        assert (refused.status_code, allowed(refused)) == (status, PAGE)


@pytest.mark.parametrize("origin", [OTHER, "null", f"{PAGE}:8443", "http://app.example"])
async def test_other_pages_are_told_nothing(named: Client, origin: str) -> None:
    told = await named.request("OPTIONS", "/graphql", headers={"Origin": origin, **PREFLIGHT})
    assert (told.status_code, allowed(told)) == (405, None)
    assert told.json()["code"] == "method_not_allowed"
    assert allowed(await named.get("/v1/journeys", headers={"Origin": origin})) is None


async def test_nobody_is_named_by_default(client: Client) -> None:
    told = await client.request("OPTIONS", "/graphql", headers={"Origin": PAGE, **PREFLIGHT})
    assert (told.status_code, allowed(told)) == (405, None)
    assert allowed(await client.get("/v1/journeys", headers={"Origin": PAGE})) is None


@pytest.mark.parametrize("origin", [PAGE, OTHER])
async def test_tracking_calls_still_come_from_any_page(named: Client, origin: str) -> None:
    told = await named.request("OPTIONS", "/v1/track/", headers={"Origin": origin, **PREFLIGHT})
    assert (told.status_code, allowed(told)) == (204, "*")
    event = {"type": "track", "event": "Seen", "userId": "u"}
    sent = await named.post("/v1/track", json=event, headers={"Origin": origin})
    assert sent.headers.get_list("access-control-allow-origin") == ["*"]
