"""Whatever is edited in a published map: no past revision changes, and the diff names that edit."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.make import Client, journey

Json = dict[str, Any]
Told = tuple[str, str, str | None, str | None]
"""Of a difference: what was done, to which kind of part, its key, and the member."""
EDITS = 12


class Editor:
    """Makes random edits of a map over HTTP, and says what each is."""

    def __init__(self, client: Client, journey_id: str, seed: int) -> None:
        self.client = client
        self.at = f"/v1/journeys/{journey_id}"
        self.random = random.Random(seed)

    async def edit(self) -> Told:
        """One edit."""
        kinds: list[Callable[[Json], Awaitable[Told]]] = [
            *(self.rename, self.rate, self.reword, self.add, self.remove, self.move, self.retitle)
        ]
        return await self.random.choice(kinds)(await self.client.got(self.at))

    async def sent(self, method: str, path: str, body: Json | None = None) -> Any:
        answer = await self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def word(self) -> str:
        return f"Word {self.random.randrange(10**9)}"

    def step(self, now: Json) -> Json:
        found: Json = self.random.choice([s for stage in now["stages"] for s in stage["steps"]])
        return found

    async def rename(self, now: Json) -> Told:
        stage = self.random.choice(now["stages"])
        await self.sent("PATCH", f"/v1/stages/{stage['id']}", {"name": self.word()})
        return "renamed", "stage", stage["key"], "name"

    async def retitle(self, now: Json) -> Told:
        del now
        await self.sent("PATCH", self.at, {"title": self.word()})
        return "renamed", "journey", None, "title"

    async def rate(self, now: Json) -> Told:
        step = self.step(now)
        others = [rating for rating in (-2, -0.5, 1, 1.5, None) if rating != step["emotion"]]
        await self.sent("PATCH", f"/v1/steps/{step['id']}", {"emotion": self.random.choice(others)})
        return "changed", "step", step["key"], "emotion"

    async def reword(self, now: Json) -> Told:
        step = self.step(now)
        name = self.random.choice(["thoughts", "pains", "systems", "actors"])
        await self.sent("PATCH", f"/v1/steps/{step['id']}", {name: [self.word()]})
        return "changed", "step", step["key"], name

    async def add(self, now: Json) -> Told:
        stage = self.random.choice(now["stages"])
        made = await self.sent(
            "POST", f"/v1/stages/{stage['id']}/steps", {"action": self.word(), "emotion": 1}
        )
        return "added", "step", made["key"], None

    async def remove(self, now: Json) -> Told:
        step = self.step(now)
        if sum(len(stage["steps"]) for stage in now["stages"]) == 1:
            return await self.rate(now)
        await self.sent("DELETE", f"/v1/steps/{step['id']}")
        return "removed", "step", step["key"], None

    async def move(self, now: Json) -> Told:
        step = self.step(now)
        other = self.random.choice([s for s in now["stages"] if s["id"] != step["stage_id"]])
        await self.sent("PATCH", f"/v1/steps/{step['id']}", {"stage_id": other["id"]})
        return "moved", "step", step["key"], "stage"


@pytest.mark.parametrize("seed", range(3))
async def test_the_diff_names_exactly_the_edit_and_revisions_stay(
    client: Client, seed: int
) -> None:
    made = await client.made("/v1/journeys", journey(3, 3))
    editor, revisions = Editor(client, made["id"], seed), {}
    for n in range(EDITS):
        await client.made(f"{editor.at}/publish", {"label": str(n)})
        revisions[n + 1] = (await client.get(f"{editor.at}/revisions/{n + 1}")).content
        edit = await editor.edit()
        diff = await client.got(f"{editor.at}/diff")
        told = [(d["change"], d["part"], d["key"], d["field"]) for d in diff["items"]]
        assert told == [edit], (seed, n)
    for number, before in revisions.items():
        assert (await client.get(f"{editor.at}/revisions/{number}")).content == before
