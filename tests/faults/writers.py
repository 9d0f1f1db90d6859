"""Those who change a map in every way there is, each by what they saw of it last."""

from collections.abc import Awaitable, Callable, Iterable
from random import Random
from typing import Any

import httpx

from tests.make import Client

Map = dict[str, Any]
Answer = Awaitable[httpx.Response]


class Writer:
    """Reads the map, then changes something in it, as it was then."""

    def __init__(self, client: Client, journey_id: str, name: str) -> None:
        self.client = client
        self.path = f"/v1/journeys/{journey_id}"
        self.name = name
        self.chance = Random(name)

    async def change(self) -> httpx.Response:
        seen = await self.client.got(self.path)
        touchpoints = (await self.client.got("/v1/touchpoints"))["items"]
        personas = (await self.client.got("/v1/personas"))["items"]
        ways: list[Callable[[], Answer]] = [
            lambda: self.replace(seen),
            lambda: self.client.patch(self.path, json={"title": self.name}),
            lambda: self.client.patch(self.path, json={"persona_ids": ids(personas)}),
            lambda: self.client.post(f"{self.path}/stages", json={"name": self.name}),
            lambda: self.client.post("/v1/touchpoints", json={"name": self.name}),
            lambda: self.client.post("/v1/personas", json={"name": self.name}),
        ]
        ways += [self.detach("touchpoints", which) for which in touchpoints[1:]]
        ways += [self.detach("personas", which) for which in personas[1:]]
        for _ in range(3):  # the parts more often than the whole
            ways += self.with_stage(seen) + self.with_step(seen, touchpoints, personas)
            ways += self.with_transition(seen)
        return await self.chance.choice(ways)()

    def replace(self, seen: Map) -> Answer:
        stages = self.chance.sample(seen["stages"], len(seen["stages"]))
        body = {**seen, "title": self.name, "stages": stages, "transitions": None}
        headers = {"If-Match": f'"{seen["version"]}"'} if self.chance.random() < 0.5 else {}
        return self.client.put(self.path, json=body, headers=headers)

    def detach(self, kind: str, which: Map) -> Callable[[], Answer]:
        path = f"/v1/{kind}/{which['id']}?dependents=detach"
        return lambda: self.client.delete(path)

    def with_stage(self, seen: Map) -> list[Callable[[], Answer]]:
        if len(seen["stages"]) < 2:
            return []
        stage, other = self.chance.sample(ids(seen["stages"]), 2)
        new = {"action": self.name, "after": None}
        return [
            lambda: self.client.post(f"/v1/stages/{stage}/steps", json=new),
            lambda: self.client.post(f"/v1/stages/{stage}/steps", json={"action": self.name}),
            lambda: self.client.patch(f"/v1/stages/{stage}", json={"after": other}),
            lambda: self.client.patch(f"/v1/stages/{stage}", json={"name": self.name}),
            lambda: self.client.patch(f"/v1/stages/{stage}", json={"steps": [new | {"key": "a"}]}),
            lambda: self.client.delete(f"/v1/stages/{stage}"),
        ][: 6 if len(seen["stages"]) > 4 else 5]

    def with_step(
        self, seen: Map, touchpoints: list[Map], personas: list[Map]
    ) -> list[Callable[[], Answer]]:
        if not steps_of(seen):
            return []
        step = f"/v1/steps/{self.chance.choice(steps_of(seen))['id']}"
        stage = self.chance.choice(ids(seen["stages"]))
        met = [{"touchpoint_id": which} for which in ids(touchpoints[:2])]
        felt = [{"persona_id": which, "rating": 1} for which in ids(personas[:2])]
        return [
            lambda: self.client.patch(step, json={"emotion": -1, "action": self.name}),
            lambda: self.client.patch(step, json={"touchpoints": met}),
            lambda: self.client.patch(step, json={"emotions": felt}),
            lambda: self.client.patch(step, json={"stage_id": stage}),
            lambda: self.client.patch(step, json={"stage_id": stage, "after": None}),
            lambda: self.client.delete(step),
        ]

    def with_transition(self, seen: Map) -> list[Callable[[], Answer]]:
        ways: list[Callable[[], Answer]] = []
        if len(steps_of(seen)) > 1:
            start, end = (s["key"] for s in self.chance.sample(steps_of(seen), 2))
            new = {"from": start, "to": end, "kind": "detour"}
            ways.append(lambda: self.client.post(f"{self.path}/transitions", json=new))
        if seen["transitions"]:
            edge = f"/v1/transitions/{self.chance.choice(seen['transitions'])['id']}"
            ways.append(lambda: self.client.patch(edge, json={"probability": 0.5}))
            ways.append(lambda: self.client.delete(edge))
        return ways


def ids(rows: Iterable[Map]) -> list[str]:
    return [row["id"] for row in rows]


def steps_of(seen: Map) -> list[Map]:
    return [step for stage in seen["stages"] for step in stage["steps"]]


def assert_consistent(seen: Map) -> None:
    """Keys and ids are unique, and transitions join steps that are there."""
    steps = steps_of(seen)
    for rows in (seen["stages"], steps, seen["transitions"]):
        assert len(set(ids(rows))) == len(rows)
    for rows in (seen["stages"], steps):
        assert len({row["key"] for row in rows}) == len(rows)
    keys = {step["key"] for step in steps}
    assert {edge[end] for edge in seen["transitions"] for end in ("from", "to")} <= keys
    edges = [(edge["from"], edge["to"], edge["kind"]) for edge in seen["transitions"]]
    assert len(set(edges)) == len(edges)
