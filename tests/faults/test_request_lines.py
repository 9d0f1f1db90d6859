"""A line in the log for each request: what was answered, and nothing of who asked for what."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from service import telemetry
from service.domain.work import Caller
from service.main import create_app
from service.settings import Settings
from tests.make import Client

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
async def logging(settings: Settings) -> AsyncIterator[FastAPI]:
    """A service that logs requests, as it does unless it is told otherwise."""
    made = create_app(replace(settings, access_log=True, log_level="info"))
    async with made.router.lifespan_context(made):
        yield made
    telemetry.configure(settings.log_level)


async def test_a_request_is_a_line(
    logging: FastAPI, workspace: Caller, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with Client.entering(logging, workspace.request_id) as client:
        capfdbinary.readouterr()
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-Id": "mine"}
        path = "/v1/journeys/0198c7f0-0000-7000-8000-000000000040?view=whole"
        answer = await client.get(path, headers=headers)
    line = json.loads(capfdbinary.readouterr().out.splitlines()[-1])
    assert answer.status_code == 404
    assert line.pop("microseconds") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "request_id": "mine",
        "trace_id": TRACE,
        "method": "GET",
        "route": "/v1/journeys/{resource_id:uuid}",
        "status": 404,
        "event": "request",
        "level": "info",
    }
