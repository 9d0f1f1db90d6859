"""Writes made up at random to all that a map may show."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.contract.furnishing import portrait
from tests.make import Client, journey

WORDS = ("Call", "Visit", "客户", "Letter", "Ünïcode", '"quoted\\"')
CHANNELS = ("phone", "branch", "web", "mail")
SCOPES: Sequence[Sequence[str]] = (
    ["maps:read", "maps:write", "analytics:read"],
    ["maps:read"],
    ["contacts:read"],
)


@dataclass
class Changing:
    """A workspace that changes. `clients` are as many ways into it; ids are told by their kinds."""

    random: Random
    clients: Sequence[Client]
    key_id: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    done: int = 0

    async def furnish(self) -> None:
        """Something of each kind to begin with."""
        for kind in ("profiles", "personas", "touchpoints", "content", "vocabulary", "journeys"):
            for _ in range(2):  # what comes later points at what was there before
                await getattr(self, f"new_{kind}")()

    async def change(self) -> str:
        """One write; its name."""
        name = self.random.choice([n for n in dir(Changing) if n[:4] in ("new_", "set_", "end_")])
        write: Callable[[], Awaitable[None]] = getattr(self, name)
        await write()
        self.done += 1
        return name

    # -- what is sent ------------------------------------------------------------------------

    @property
    def client(self) -> Client:
        return self.random.choice(self.clients)

    def word(self) -> str:
        return f"{self.random.choice(WORDS)} {self.random.randint(0, 99)}"

    def one(self, kind: str) -> str:
        """The id of one; of nobody when none is left."""
        return self.random.choice(self.ids.get(kind) or ["019e0000-0000-7000-8000-000000000000"])

    def some(self, kind: str) -> list[str]:
        held = self.ids.get(kind, [])
        return self.random.sample(held, min(len(held), 2))

    def step(self) -> dict[str, Any]:
        met = [{"touchpoint_id": one, "use": "can"} for one in self.some("Touchpoint")]
        felt = [{"persona_id": one, "rating": 1.5} for one in self.some("Persona")]
        where = {"channel": self.random.choice(CHANNELS), "actors": [self.word()]}
        return {"action": self.word(), "touchpoints": met, "emotions": felt, **where}

    def content(self) -> dict[str, Any]:
        people = {"profile_ids": self.some("Profile"), "persona_ids": self.some("Persona")}
        answers = [{"journey_id": one, "step_key": "call"} for one in self.some("Journey")]
        where = {"touchpoint_ids": self.some("Touchpoint"), "answers": answers}
        return {"title": self.word(), "audience": people, **where}

    async def sent(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A write that may be refused, as what it points at may be gone or taken; never fails."""
        answer = await self.client.request(method, path, json=body)
        assert answer.status_code < 500, answer.text
        return answer

    async def made(self, path: str, kind: str, body: Mapping[str, Any]) -> Any:
        answer = await self.sent("POST", path, body)
        if answer.status_code == 201:
            self.ids.setdefault(kind, []).append(answer.json()["id"])
        return answer.json()

    async def gone(self, path: str, kind: str) -> None:
        which = self.one(kind)
        answer = await self.sent("DELETE", f"{path}/{which}?dependents=detach")
        if answer.status_code == 204 and which in self.ids.get(kind, ()):
            left = [one for one in self.ids.pop(kind) if one != which]
            self.ids |= {kind: left} if left else {}

    async def map_of(self, which: str) -> Any:
        """A map as it is, its parts' ids known from then on."""
        found = (await self.client.get(f"/v1/journeys/{which}")).json()
        parts = [("Transition", found.get("transitions", ()))]
        for stage in found.get("stages", ()):
            parts += [("Stage", [stage]), ("Step", stage["steps"])]
        for kind, held in parts:
            known = self.ids.get(kind, [])
            if new := [one["id"] for one in held if one["id"] not in known]:
                self.ids[kind] = [*known, *new]
        return found

    # -- catalogue ---------------------------------------------------------------------------

    async def new_profiles(self) -> None:
        body = {"name": self.word(), "attributes": {"occupation": self.word()}}
        await self.made("/v1/profiles", "Profile", body)

    async def new_personas(self) -> None:
        body = {"name": self.word(), "profile_id": self.one("Profile")}
        await self.made("/v1/personas", "Persona", body)

    async def new_touchpoints(self) -> None:
        body = {"name": self.word(), "channel": self.random.choice(CHANNELS)}
        await self.made("/v1/touchpoints", "Touchpoint", body)

    async def new_content(self) -> None:
        await self.made("/v1/content", "Content", self.content())

    async def new_vocabulary(self) -> None:
        word, other = self.random.sample(CHANNELS, 2)
        into = (await self.sent("POST", "/v1/vocabulary", {"kind": "channel", "slug": word})).json()
        alias = {"kind": "channel", "slug": other, "alias_of": into.get("id")}
        await self.made("/v1/vocabulary", "VocabularyEntry", alias)

    async def set_profile(self) -> None:
        body = {"name": self.word(), "market": self.word()}
        await self.sent("PATCH", f"/v1/profiles/{self.one('Profile')}", body)

    async def set_persona(self) -> None:
        body = {"name": self.word(), "profile_id": self.one("Profile"), "goals": [self.word()]}
        await self.sent("PATCH", f"/v1/personas/{self.one('Persona')}", body)

    async def set_picture(self) -> None:
        path = f"/v1/personas/{self.one('Persona')}/avatar"
        if self.random.random() < 0.5:
            await self.sent("DELETE", path)
        else:
            await self.client.put(path, content=portrait())

    async def set_touchpoint(self) -> None:
        body = {"name": self.word(), "key": f"key-{self.random.randint(0, 99)}"}
        body["channel"] = self.random.choice(CHANNELS)
        await self.sent("PATCH", f"/v1/touchpoints/{self.one('Touchpoint')}", body)

    async def set_known_touchpoint(self) -> None:
        path = f"/v1/touchpoints/by-external-id/crm/{self.random.randint(0, 3)}"
        made = await self.sent("PUT", path, {"name": self.word()})
        if made.status_code == 201:
            self.ids.setdefault("Touchpoint", []).append(made.json()["id"])

    async def set_content(self) -> None:
        await self.sent("PATCH", f"/v1/content/{self.one('Content')}", self.content())

    async def set_settings(self) -> None:
        await self.sent("PATCH", "/v1/settings", {"form_fields": self.random.randint(0, 99)})

    async def set_scopes(self) -> None:
        body = {"scopes": self.random.choice(SCOPES)}
        await self.sent("PATCH", f"/v1/api-keys/{self.key_id}", body)

    async def end_profile(self) -> None:
        await self.gone("/v1/profiles", "Profile")

    async def end_persona(self) -> None:
        await self.gone("/v1/personas", "Persona")

    async def end_touchpoint(self) -> None:
        await self.gone("/v1/touchpoints", "Touchpoint")

    async def end_content(self) -> None:
        await self.gone("/v1/content", "Content")

    async def end_vocabulary(self) -> None:
        await self.gone("/v1/vocabulary", "VocabularyEntry")

    # -- maps --------------------------------------------------------------------------------

    async def new_journeys(self) -> None:
        body = journey(2, 2, title=self.word(), persona_ids=self.some("Persona"))
        body["stages"][0]["steps"][0] = self.step() | {"key": "call"}
        made = await self.made("/v1/journeys", "Journey", body)
        if "id" in made:
            await self.map_of(made["id"])

    async def new_stage(self) -> None:
        which = self.one("Journey")
        body = {"name": self.word(), "steps": [self.step()]}
        await self.sent("POST", f"/v1/journeys/{which}/stages", body)
        await self.map_of(which)

    async def new_step(self) -> None:
        await self.made(f"/v1/stages/{self.one('Stage')}/steps", "Step", self.step())

    async def set_journey(self) -> None:
        body: dict[str, Any] = {"title": self.word(), "persona_ids": self.some("Persona")}
        body["external_ids"] = [{"source": "crm", "id": str(self.random.randint(0, 5))}]
        await self.sent("PATCH", f"/v1/journeys/{self.one('Journey')}", body)

    async def set_whole(self) -> None:
        which = self.one("Journey")
        found = await self.map_of(which)
        self.random.shuffle(found.get("stages", []))
        await self.sent("PUT", f"/v1/journeys/{which}", {**found, "title": self.word()})

    async def set_published(self) -> None:
        which = self.one("Journey")
        await self.sent("POST", f"/v1/journeys/{which}/publish", {})
        body = {"action": self.word()}
        await self.sent("PATCH", f"/v1/steps/{self.one('Step')}", body)
        await self.sent("POST", f"/v1/journeys/{which}/restore", {"revision": 1})

    async def set_stage(self) -> None:
        body = {"name": self.word(), "goals": [self.word()]}
        if self.random.random() < 0.5:
            body["after"] = self.one("Stage")
        await self.sent("PATCH", f"/v1/stages/{self.one('Stage')}", body)

    async def set_step(self) -> None:
        await self.sent("PATCH", f"/v1/steps/{self.one('Step')}", self.step())

    async def set_place(self) -> None:
        body = {"stage_id": self.one("Stage"), "after": None}
        await self.sent("PATCH", f"/v1/steps/{self.one('Step')}", body)

    async def set_transition(self) -> None:
        body = {"condition": self.word(), "probability": 0.5}
        await self.sent("PATCH", f"/v1/transitions/{self.one('Transition')}", body)

    async def end_transition(self) -> None:
        await self.gone("/v1/transitions", "Transition")

    async def end_step(self) -> None:
        await self.gone("/v1/steps", "Step")

    async def end_stage(self) -> None:
        await self.gone("/v1/stages", "Stage")

    async def end_journey(self) -> None:
        if len(self.ids["Journey"]) > 2:
            await self.gone("/v1/journeys", "Journey")
