"""What tests call the service with, and what they send."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from service import watching

BY_ANN = {"Waypost-Actor": "Ann <ann@example.org>"}
"""Whoever signs has to be somebody."""


class Client(httpx.AsyncClient):
    """An HTTP client of one workspace."""

    @classmethod
    @asynccontextmanager
    async def entering(
        cls, app: FastAPI, founded: str, root_path: str = ""
    ) -> AsyncIterator["Client"]:
        """Enter a workspace by the answer that founded it, the service mounted where it is told."""
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, root_path=root_path)
        headers = {"Authorization": f"Bearer {json.loads(founded)['key']}"}
        async with cls(transport=transport, base_url="http://waypost", headers=headers) as client:
            yield client

    async def watched(self) -> None:
        """Have the worker look at the workspace, whatever came."""
        which = UUID(self.headers["authorization"].split("_")[1][:32])
        transport: Any = self._transport
        await watching.watched(transport.app.state.database, which, watching.Watch())

    async def made(self, path: str, body: Any, **options: Any) -> dict[str, Any]:
        """POST, and what came of it."""
        answer = await self.post(path, json=body, **options)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def got(self, path: str, **options: Any) -> dict[str, Any]:
        """GET, and what is there."""
        answer = await self.get(path, **options)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def now(self) -> str:
        """The place behind all that has changed.

        What `after=now` answers lies further back while anything in the cluster holds changes back.
        """
        return (await self._changed("now"))[0]

    async def changed(self, place: str, **query: str) -> list[dict[str, Any]]:
        """What has changed since, all of it."""
        last = (await self._changed(place))[1]
        page = await self.got("/v1/changes", params={"after": place} | query)
        return [one for one in page["items"] if one["id"] != last]

    async def _changed(self, place: str) -> tuple[str, str]:
        """Where a change made now has been told, and what it was."""
        if place == "now":
            place = (await self.got("/v1/changes", params={"after": "now"}))["next"]
        last = (await self.made("/v1/personas", {"name": "Last"}))["id"]
        return await self.told(place, last), last

    async def told(self, place: str, resource_id: str) -> str:
        """The place behind where a change of this has been told: what else runs in the cluster
        holds it back a while."""
        async with asyncio.timeout(30):
            while True:
                page = await self.got("/v1/changes", params={"after": place})
                place = page["next"]
                if resource_id in [one["id"] for one in page["items"]]:
                    return place
                await asyncio.sleep(0.01)

    async def statements(self) -> int:
        """How many statements the service has run until now."""
        # That series alone: after thousands of tests the others take longer than what is counted.
        text = (await self.get("/metrics?name[]=waypost_statements_total")).text
        (line,) = (x for x in text.splitlines() if x.startswith("waypost_statements_total "))
        return round(float(line.rpartition(" ")[2]))


def pointers(answer: httpx.Response) -> set[str]:
    """The members a problem document names."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return {error["pointer"] for error in answer.json().get("errors", [])}


def journey(stages: int = 3, steps: int = 2, **members: Any) -> dict[str, Any]:
    """A map's body."""
    return {
        "title": "Finding an adviser",
        "stages": [
            {
                "name": f"Stage {n}",
                "steps": [
                    {"action": f"Step {n}.{m}", "emotion": (n + m) % 5 - 2} for m in range(steps)
                ],
            }
            for n in range(stages)
        ],
        **members,
    }
