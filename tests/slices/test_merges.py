"""A merge undone is as if it had never been: over histories made up, in any order of undoing.

Each history is lived twice, by the same clock, with its merges and without. Every column of
contacts, identifiers, events and consents is compared but those that two workspaces never share.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from service.database import Database
from service.domain import access, contacts
from service.domain.contacts import Identified
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from tests.make import Client
from tests.slices.test_identified import People

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAMES = [("crm", "1"), ("crm", "2"), ("crm", "3"), ("anonymous_id", "a"), ("anonymous_id", "b")]
LEFT_OUT = {"version", "updated_at", "workspace_id", "id", "root_id"}
"""What a merge may raise, and what two workspaces never share."""
BY_HASH = {"workspace_id", "who", "arrival"}
"""Of an event: a hash that holds the workspace, and its place among those of all workspaces."""
OF_ANOTHER = {"workspace_id", "id", "contact_id"}
GRANTING = [NAMES[0], NAMES[1], NAMES[3]]
"""Who said from the beginning that sensitive traits of theirs are held."""
STRANGERS = [("user_id", "u"), ("anonymous_id", "c")]
"""Whom an event makes known."""

_traits = some.dictionaries(
    some.sampled_from(["plan", "email", "age"]), some.sampled_from([None, 1, 2, "x"]), max_size=3
)
_upsert = some.tuples(
    some.just("upsert"),
    some.sampled_from(NAMES),
    _traits,
    some.integers(0, 3),
    some.sampled_from([None, -5, 0, 5]),
)
_rules = some.dictionaries(
    some.sampled_from(["plan", "email"]), some.sampled_from(["winner", "loser", "newest"])
)
_merge = some.tuples(
    some.just("merge"),
    some.permutations(range(len(NAMES))),
    _rules,
    some.sampled_from(["winner", "newest"]),
)
_track = some.tuples(some.just("identify"), some.sampled_from(["a", "b"]), _traits, some.booleans())
_event = some.tuples(
    some.just("event"),
    some.sampled_from([*NAMES[3:], *STRANGERS]),
    some.integers(-300, 0),
    some.dictionaries(some.sampled_from(["page", "price"]), some.integers(0, 3)),
)
_consent = some.tuples(
    some.just("consent"),
    some.sampled_from(NAMES),
    some.sampled_from(["email_marketing", "analytics", "sensitive_data", "sensitive_data"]),
    some.booleans(),
)
_round = some.tuples(some.just("round"))
histories = some.lists(
    some.one_of(
        *(_upsert, _upsert, _merge, _merge, _track, _event, _event, _consent, _consent, _round)
    ),
    min_size=1,
    max_size=14,
)


class History:
    """The same history in a workspace, with its merges or without."""

    def __init__(self, people: People, client: Client, *, merging: bool) -> None:
        self.people = people
        self.client = client
        self.merging = merging
        self.merges: list[Any] = []
        self.added = 0
        self.minutes = 0

    def now(self) -> datetime:
        """What the clock says."""
        return NOON + timedelta(minutes=self.minutes)

    async def written(self, does: Callable[..., Any]) -> Any:
        async with self.people.database.write(self.people.caller) as work:
            # The same times in both histories.
            self.minutes += 1
            work.now = self.now()
            return await does(work)

    async def begin(self) -> None:
        """Everybody is there, with a trait that tells them apart; some with one they granted."""
        items = [{"identifiers": [_name(n)], "traits": {"first": n[1]}} for n in NAMES]
        await self._upsert(items)
        for name in GRANTING:
            await self.consent(name, "sensitive_data", granted=True)
        told = [{"identifiers": [_name(n)], "traits": {"religion": n[1]}} for n in GRANTING]
        await self._upsert(told)

    async def take(self, step: tuple[Any, ...]) -> None:
        kind, *rest = step
        does: Callable[..., Awaitable[None]] = getattr(self, kind)
        await does(*rest)

    async def upsert(
        self, name: tuple[str, str], traits: Mapping[str, Any], more: int, since: int | None
    ) -> None:
        """By an identifier, now and then giving one that is new, or by the caller's own time."""
        identifiers = [_name(name)]
        if more == 0:
            self.added += 1
            identifiers.append(_name(("more", str(self.added))))
        said: dict[str, Any] = {"identifiers": identifiers, "traits": traits}
        if since is not None:
            said["source_updated_at"] = NOON + timedelta(minutes=self.minutes + since)
        await self._upsert([said])

    async def _upsert(self, items: list[Any]) -> None:
        data = contacts.ContactBatch(items=items)
        came = await self.written(lambda work: contacts.upsert_contacts(work, data))
        assert {one.outcome for one in came.items} <= {"created", "updated", "unchanged"}

    async def identify(self, anonymous: str, traits: Mapping[str, Any], public: bool) -> None:
        at = NOON + timedelta(minutes=self.minutes - 2 * len(traits))
        message = Identified(
            "identify", at, anonymous_id=anonymous, traits=dict(traits), public=public
        )
        await self.written(lambda work: contacts.identified(work, [message]))

    async def event(self, name: tuple[str, str], minutes: int, properties: Any) -> None:
        """Something is done, as the tracking protocol tells of it."""
        self.minutes += 1
        said = {"user_id": "userId", "anonymous_id": "anonymousId"}[name[0]]
        message = {
            "type": "track",
            "event": "Seen",
            "messageId": f"m{self.minutes}",
            "timestamp": (self.now() + timedelta(minutes=minutes)).isoformat(),
            "properties": properties,
            said: name[1],
        }
        came = await self.client.post("/v1/batch", json={"batch": [message]})
        assert came.json()["accepted"] == 1, came.text

    async def consent(self, name: tuple[str, str], purpose: str, granted: bool) -> None:
        """Somebody says so who is known by that name."""
        who = await self.people.owner(*name)
        said = contacts.NewConsent(purpose=purpose, granted=granted)
        await self.written(lambda work: contacts.record_consent(work, who, said))

    async def round(self) -> None:
        """What the worker does now and then."""
        await self.written(contacts.forget_lapsed)

    async def merge(self, order: list[int], rules: Any, default: Any) -> None:
        self.minutes += 1
        if not self.merging:
            return
        one, other = [await self.people.owner(*NAMES[n]) for n in order[:2]]
        data = contacts.NewMerge(winner_id=one, loser_id=other, rules=rules, default=default)
        roots = {r["id"]: r["root_id"] for r in await self.people.rows("contacts")}
        if roots[one] != roots[other]:
            self.minutes -= 1
            made = await self.written(lambda work: contacts.merge(work, data))
            self.merges.append(made.id)

    async def undo(self, order: list[int]) -> None:
        for n in sorted(range(len(self.merges)), key=lambda n: order[n % len(order)]):
            which = self.merges[n]
            await self.written(lambda work, which=which: contacts.undo_merge(work, which))

    async def store(self) -> dict[str, Any]:
        """All that is kept of people and of what they did, by their first identifier."""
        named = await self.people.rows("contact_identifiers", "created_at, source, value")
        people = {row["id"]: row for row in await self.people.rows("contacts")}
        assert all(row["root_id"] == row["id"] for row in people.values())
        firsts: dict[Any, tuple[str, str]] = {}
        for row in sorted(named, key=lambda row: (row["source"], row["value"])):
            firsts.setdefault(row["contact_id"], (row["source"], row["value"]))
        owners = {row["id"]: firsts[row["contact_id"]] for row in named}
        assert all(row["id"] == self.people.named(row["source"], row["value"]) for row in named)
        events = await self.people.rows("events", "arrival")
        consents = await self.people.rows("consents", "recorded_at")
        return {
            "contacts": {firsts[which]: _but(row, LEFT_OUT) for which, row in people.items()},
            "identifiers": [(_but(row, OF_ANOTHER), owners[row["id"]]) for row in named],
            "events": [(_but(row, BY_HASH), owners[row["who"]]) for row in events],
            "consents": [(_but(row, OF_ANOTHER), firsts[row["contact_id"]]) for row in consents],
        }


def _but(row: Mapping[str, Any], without: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in without}


def _name(name: tuple[str, str]) -> dict[str, str]:
    return {"source": name[0], "value": name[1]}


Lived = Callable[..., Awaitable[History]]


@pytest.fixture
async def live(app: FastAPI, database: Database) -> AsyncIterator[Lived]:
    """Live a history in a workspace of its own, by a clock of its own."""
    clock = app.state.database.clock
    async with AsyncExitStack() as stack:

        async def lived(steps: list[Any], order: list[int], *, merging: bool) -> History:
            operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
            async with database.write(operator) as work:
                made = await access.WORKSPACES.create(work, access.NewWorkspace(name="Tests"))
            people = People(database, Caller(made.id, None, frozenset(access.GRANTED)))
            client = await stack.enter_async_context(Client.entering(app, made.json))
            history = History(people, client, merging=merging)
            app.state.database.clock = history.now
            await history.begin()
            for step in steps:
                await history.take(step)
            await history.undo(order)
            return history

        yield lived
    app.state.database.clock = clock


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, order=some.permutations(range(6)))
async def test_merges_undone_in_any_order_leave_the_store_as_without_them(
    live: Lived, history: list[Any], order: list[int]
) -> None:
    with_merges = await live(history, order, merging=True)
    without = await live(history, order, merging=False)
    assert await with_merges.store() == await without.store()
