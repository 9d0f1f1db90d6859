"""Whoever asks, SQL for a list or memory for one contact, gets the same three answers; and so does
who works them out from what was sent.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Raw, json

from service.domain import contacts, filters
from service.domain.contacts import Entry, Terms
from service.domain.filters import Answer, Consent, ContactLeaf, Did, Segment
from tests.make import Client
from tests.slices.test_contact_search import NOW, Past, past  # noqa: F401

PROFILES = 40
NAMES = ("ann", "ben", "cleo", "dora", "emil", "finn", "gus", "hal")
EVENTS = ("Paid", "Seen", "Left")
PURPOSES = {"email_marketing": "consent", "news": "legitimate_interests", "club": "consent"}
NOBODYS = "unheard of"
WORDS = {True: "yes", False: "no", None: "unknown"}


class World:
    """What was sent: people, what they did and said, and profiles of all kinds."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ids: dict[str, str] = {}
        self.shown: dict[str, dict[str, Any]] = {}
        self.root: dict[str, str] = {}
        self.events: dict[str, list[dict[str, Any]]] = {name: [] for name in NAMES}
        self.said: dict[tuple[str, str], list[Entry]] = {}
        self.segments: dict[UUID, Segment] = {}

    # -- who there is ----------------------------------------------------------------------

    def traits(self, name: str) -> dict[str, Any]:
        values: dict[str, list[Any]] = {
            "n": [1, 2, 2.5, "2", None, [1, 2], True],
            "t": ["a", "b", "ab", None, ["a", "b"], 7],
        }
        drawn = {key: self.random.choice(among) for key, among in values.items()}
        return {"name": name, **{k: v for k, v in drawn.items() if v is not None}}

    async def peopled(self, client: Client, past: Past) -> None:  # noqa: F811
        for key, basis in PURPOSES.items():
            if key != "email_marketing":
                body = {"key": key, "name": key, "legal_basis": basis}
                await client.made("/v1/consent-purposes", body)
        for name in NAMES:
            known = [{"source": "user_id", "value": name}]
            body = {"identifiers": known, "traits": self.traits(name)}
            self.ids[name] = (await client.made("/v1/contacts", body))["id"]
            self.root[name] = name
            for _ in range(self.random.randrange(4)):
                await self._does(past, name)
            for _ in range(self.random.randrange(4)):
                await self._says(client, name)
        merge = {"winner_id": self.ids["ann"], "loser_id": self.ids["hal"]}
        await client.made("/v1/contacts/merge", merge)
        self.root["hal"] = "ann"
        for name in NAMES:
            self.shown[name] = await client.got(f"/v1/contacts/{self.ids[name]}")

    async def _does(self, past: Past, name: str) -> None:  # noqa: F811
        event, days = self.random.choice(EVENTS), self.random.choice([1.0, 20.0, 200.0])
        value, device = self.random.choice([5, 50, "50"]), self.random.choice(["mobile", None])
        told = {"properties": Raw(json.encode({"value": value})), "device": device}
        await past.did(name, event, days, **told)
        self.events[name].append(
            {"event": event, "type": "track", "device": device, "user_id": name}
            | {"properties": {"value": value}, "timestamp": NOW - timedelta(days=days)}
        )

    async def _says(self, client: Client, name: str) -> None:
        purpose, granted = self.random.choice([*PURPOSES]), self.random.random() < 0.6
        at = datetime.now(UTC) - timedelta(minutes=self.random.randrange(1, 5000))
        body = {"purpose": purpose, "granted": granted, "at": at.isoformat()}
        entry = await client.made(f"/v1/contacts/{self.ids[name]}/consents", body)
        told = Entry(granted, at, datetime.now(UTC), UUID(entry["id"]), None)
        self.said.setdefault((name, purpose), []).append(told)

    # -- profiles --------------------------------------------------------------------------

    async def profiled(self, client: Client) -> None:
        for n in range(PROFILES):
            body: dict[str, Any] = {"name": f"{n:03}"}
            if self.random.random() < 0.9:
                body["criteria"] = self.condition(2)
            if self.random.random() < 0.5:
                body["exclusions"] = self.condition(1)
            if self.segments and self.random.random() < 0.2:
                body["parent_id"] = str(self.random.choice([*self.segments]))
            which = UUID((await client.made("/v1/profiles", body))["id"])
            parsed = {
                name: filters.parse(body[name], filters.PEOPLE)
                for name in ("criteria", "exclusions")
                if name in body
            }
            parent = UUID(body["parent_id"]) if "parent_id" in body else None
            self.segments[which] = Segment(which, body["name"], parent, **parsed)

    def condition(self, depth: int) -> dict[str, Any]:
        if depth == 0 or self.random.random() < 0.3:
            return self.leaf()
        form = self.random.choice(["all", "any", "not"])
        if form == "not":
            return {"not": self.condition(depth - 1)}
        return {form: [self.condition(depth - 1) for _ in range(self.random.randrange(1, 4))]}

    def leaf(self) -> dict[str, Any]:
        one = self.random.choice
        kinds = [*["trait"] * 4, *["did"] * 3, *["consent"] * 2, "consent field", "member"]
        kind = one(kinds)
        if kind == "trait":
            field, literals = one(
                [("traits.n", [1, 2, 2.5, "2", True]), ("traits.t", ["a", "b", 7])]
            )
            value = one(literals)
            ops = ["eq", "ne", "in", "exists", "contains"]
            ops += [] if isinstance(value, bool) else ["lt", "ge"]
            op = one(ops)
            shown = {"in": [value], "exists": one([True, False])}.get(op, value)
            return {"field": f"traits.{field}", "op": op, "value": shown}
        if kind == "did":
            return self.did()
        if kind == "consent":
            return {"consent": one([*PURPOSES, NOBODYS])}
        if kind == "consent field":
            return {"field": "consent", "op": one(["eq", "ne", "contains"]), "value": "news"}
        if not self.segments:
            return {"all": []}
        value = [str(one([*self.segments])) for _ in range(2)]
        op = one(["eq", "ne", "in"])
        return {"field": "member_of", "op": op, "value": value if op == "in" else value[0]}

    def did(self) -> dict[str, Any]:
        one = self.random.choice
        large = {"field": "properties.value", "op": "gt", "value": 10}
        mobile = {"not": {"field": "device", "op": "eq", "value": "mobile"}}
        gold = {"field": "traits.t", "op": "eq", "value": "a"}
        made: dict[str, Any] = {"did": one([*EVENTS, large, mobile, {"all": [gold, large]}])}
        if one([True, False]):
            made["within_days"] = one([5, 30])
        bounds = one([None, {"at_least": 2}, {"at_most": 1}, {"at_least": 1, "at_most": 1}])
        return made | ({} if bounds is None else {"times": bounds})

    # -- what should come of it ------------------------------------------------------------

    def expected(self, name: str, which: UUID) -> str:
        row = self.shown[name]
        values = {**row, "contact_id": row["id"], "traits": row["traits"]}
        asked = filters.membership(which, self.segments)
        answer = filters.evaluate(
            asked, filters.lookup_in(values), lambda leaf: self.told(name, leaf)
        )
        return WORDS[answer]

    def told(self, name: str, leaf: ContactLeaf) -> Answer:
        same = [other for other in NAMES if self.root[other] == name]
        if isinstance(leaf, Consent):
            if leaf.purpose not in PURPOSES:
                return None
            terms = Terms(PURPOSES[leaf.purpose], None)
            said = [entry for one in same for entry in self.said.get((one, leaf.purpose), [])]
            return contacts.standing(said, terms, None, datetime.now(UTC)).usable
        assert isinstance(leaf, Did)
        person = {"traits": self.shown[name]["traits"]}
        done = [
            event
            for one in same
            for event in self.events[one]
            if leaf.within_days is None
            or event["timestamp"] > NOW - timedelta(days=leaf.within_days)
            if filters.evaluate(leaf.selection, filters.lookup_in(event | person)) is True
        ]
        most = len(done) if leaf.at_most is None else leaf.at_most
        return leaf.at_least <= len(done) <= most


async def test_lists_memory_and_what_was_sent_agree(
    client: Client,
    past: Past,  # noqa: F811
) -> None:
    world = World(seed=20261122)
    await world.peopled(client, past)
    await world.profiled(client)
    people = [name for name in NAMES if world.root[name] == name]
    expected = {
        (name, str(which)): world.expected(name, which)
        for name in people
        for which in world.segments
    }
    by_id = {world.ids[name]: name for name in people}
    listed, judged = {}, {}
    for which in world.segments:
        for word in WORDS.values():
            page = await client.got(f"/v1/profiles/{which}/contacts", params={"membership": word})
            listed |= {(by_id[row["id"]], str(which)): word for row in page["items"]}
        told = await client.got(f"/v1/profiles/{which}/preview")
        counts = {word: told[word]["numerator"] for word in WORDS.values()}
        here = [word for (_, one), word in expected.items() if one == str(which)]
        assert counts == {word: here.count(word) for word in WORDS.values()}
    for name in people:
        after: dict[str, Any] = {}
        while after is not None:
            told = await client.got(f"/v1/contacts/{world.ids[name]}/profiles", params=after)
            judged |= {(name, one["profile_id"]): one["membership"] for one in told["items"]}
            after = {"after": told["next"]} if told["next"] else None  # type: ignore[assignment]
    assert listed == expected
    assert judged == expected
    assert {*expected.values()} == {"yes", "no", "unknown"}
