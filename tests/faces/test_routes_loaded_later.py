"""What a process loads when it starts, and what the first request for it does."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute

from service.api.rest import later
from service.api.rest.later import Later, every
from service.api.rest.routes import ROUTES
from service.api.route import Route
from service.main import create_app
from service.settings import Settings
from tests.faces.test_problems import problem
from tests.house.source import ROOT
from tests.make import Client

LATER = [route for route in ROUTES if isinstance(route, Later)]
LOADED = """
import json, sys
from service.main import create_app
from service.settings import Settings
create_app(Settings())
print(json.dumps(sorted(sys.modules)))
"""
AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from service.api.graphql import endpoint
from service.api.rest.later import Later
from service.api.rest.routes import ROUTES
loads = [one.routes for one in ROUTES if isinstance(one, Later)] + [endpoint.running]
with ThreadPoolExecutor(len(loads)) as threads:
    begun = [threads.submit(load) for load in loads]
print(all(one.result() for one in begun))
"""
DESCRIBED = """
from concurrent.futures import ThreadPoolExecutor
from service.api.operations import described
from service.main import create_app
from service.settings import Settings
app = create_app(Settings())
with ThreadPoolExecutor(4) as threads:
    asked = [threads.submit(described, app) for _ in range(4)]
print(len({id(one.result()) for one in asked}))
"""
LEFT = {"numpy", "strawberry", "PIL", "nltk"}
LEFT |= {f"service.domain.{slice}" for slice in ("histories", "insights", "measures", "plans")}
LEFT |= {f"service.api.rest.{one.file}" for one in LATER}


@asynccontextmanager
async def started(settings: Settings, client: Client, root: str = "") -> AsyncIterator[Client]:
    """The same caller at an application of which nobody has asked anything."""
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        founded = json.dumps({"key": client.headers["authorization"].split()[1]})
        async with Client.entering(made, founded, root) as caller:
            yield caller


def app_of(client: Client) -> FastAPI:
    found: FastAPI = client._transport.app  # type: ignore[attr-defined]
    return found


def waiting(client: Client) -> list[str]:
    """The files that nobody has asked for."""
    return [route.file for route in app_of(client).router.routes if isinstance(route, Later)]


def alone(script: str) -> str:
    """What a script says, run in a process of its own: this one has loaded all."""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, text=True)
    return done.stdout.strip()


def test_a_process_starts_without_what_computes_figures() -> None:
    loaded = json.loads(alone(LOADED))
    assert "service.domain.journeys" in loaded
    assert not LEFT & set(loaded)


@pytest.mark.parametrize(
    ("script", "said"),
    [(AT_ONCE, "True"), (DESCRIBED, "1")],
    ids=["every file and GraphQL", "the contract, made once"],
)
def test_what_several_ask_for_at_once_all_of_them_get(script: str, said: str) -> None:
    assert alone(script) == said


def test_every_file_with_routes_is_listed_once() -> None:
    folder = ROOT / "service/api/rest"
    routed = {file.stem for file in folder.glob("*.py") if "APIRouter(" in file.read_text()}
    at_once = {route.endpoint.__module__ for route in ROUTES if isinstance(route, Route)}
    listed = [one.file for one in LATER]
    assert len(listed) == len(set(listed))
    assert routed == {*listed, "journeys", "tracking"}
    assert at_once >= {"service.api.rest.journeys", "service.api.rest.tracking"}


@pytest.mark.parametrize("file", LATER, ids=lambda one: one.file)
def test_every_route_is_under_the_paths_that_load_its_file(file: Later) -> None:
    found = list(every([file]))
    assert found
    for route in found:
        assert isinstance(route, Route)
        assert file.covers(route.path), route.path


async def test_the_first_request_loads_its_file_and_no_other(
    client: Client, settings: Settings
) -> None:
    async with started(settings, client) as caller:
        before = waiting(caller)
        assert (await caller.got("/v1/templates?limit=1"))["items"]
        assert [file for file in before if file not in waiting(caller)] == ["templates"]
        assert (await caller.got("/v1/templates?limit=1"))["items"]


async def test_many_first_requests_at_once_are_all_answered(
    client: Client, settings: Settings
) -> None:
    async with started(settings, client) as caller:
        answers = await asyncio.gather(*(caller.get("/v1/overview") for _ in range(10)))
        assert [answer.status_code for answer in answers] == [200] * 10
        assert waiting(caller).count("overview") == 0
        ours = [one for one in app_of(caller).routes if getattr(one, "path", "") == "/v1/overview"]
        assert len(ours) == 1


async def test_a_method_or_path_that_is_not_there_is_told_at_first_as_ever(
    client: Client, settings: Settings
) -> None:
    async with started(settings, client) as caller:
        wrong = await caller.delete("/v1/gaps")
        assert problem(wrong, 405, "method_not_allowed")
        assert wrong.headers["allow"] == "GET"
        problem(await caller.get("/v1/kpis/no/such/path"), 404, "no_such_route")
        problem(await caller.get("/v1/gapsandmore"), 404, "no_such_route")
        # Of a path that one file has for one method and another for the next.
        assert (await caller.get("/v1/events")).status_code == 200


async def test_what_is_mounted_under_a_path_is_found_there(
    client: Client, settings: Settings
) -> None:
    async with started(settings, client, "/under") as caller:
        assert (await caller.get("/under/v1/templates")).status_code == 200
        assert "templates" not in waiting(caller)


async def test_a_file_that_cannot_be_loaded_leaves_the_others_alone(
    client: Client, settings: Settings
) -> None:
    async with started(settings, client) as caller:
        routes: list[BaseRoute] = app_of(caller).router.routes
        routes.insert(0, later.Later("is_not_there", "/v1/lost"))
        for _ in range(2):
            told = problem(await caller.get("/v1/lost"), 500, "internal")
            assert "is_not_there" not in json.dumps(told)
        assert (await caller.get("/v1/templates")).status_code == 200
