"""A merge undone is as if it had never been: over histories made up, in any order of undoing."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from service.database import Database
from service.domain import access, contacts
from service.domain.contacts import Identified
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from tests.slices.test_identified import People

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAMES = [("crm", "1"), ("crm", "2"), ("crm", "3"), ("anonymous_id", "a"), ("anonymous_id", "b")]
LEFT_OUT = {"version", "updated_at", "workspace_id", "id", "root_id"}
"""What a merge may raise, and what two workspaces never share."""

_traits = some.dictionaries(
    some.sampled_from(["plan", "email", "age"]), some.sampled_from([None, 1, 2, "x"]), max_size=3
)
_upsert = some.tuples(some.just("upsert"), some.sampled_from(NAMES), _traits, some.integers(0, 3))
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
histories = some.lists(some.one_of(_upsert, _upsert, _merge, _track), min_size=1, max_size=12)


class History:
    """The same history in a workspace, with its merges or without."""

    def __init__(self, people: People, *, merging: bool) -> None:
        self.people = people
        self.merging = merging
        self.merges: list[Any] = []
        self.added = 0
        self.minutes = 0

    async def written(self, does: Callable[..., Any]) -> Any:
        async with self.people.database.write(self.people.caller) as work:
            # The same times in both histories.
            self.minutes += 1
            work.now = NOON + timedelta(minutes=self.minutes)
            return await does(work)

    async def begin(self) -> None:
        """Everybody is there, with a trait that tells them apart."""
        items = [{"identifiers": [_name(n)], "traits": {"first": n[1]}} for n in NAMES]
        await self._upsert(items)

    async def take(self, step: tuple[Any, ...]) -> None:
        kind, *rest = step
        await {"upsert": self.upsert, "merge": self.merge, "identify": self.identify}[kind](*rest)

    async def upsert(self, name: tuple[str, str], traits: Mapping[str, Any], more: int) -> None:
        """By an identifier, now and then giving one that is new."""
        identifiers = [_name(name)]
        if more == 0:
            self.added += 1
            identifiers.append(_name(("more", str(self.added))))
        await self._upsert([{"identifiers": identifiers, "traits": traits}])

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

    async def merge(self, order: list[int], rules: Any, default: Any) -> None:
        self.minutes += 1
        if not self.merging:
            return
        owners = {r["id"]: r["contact_id"] for r in await self.people.rows("contact_identifiers")}
        one, other = (owners[self.people.named(*NAMES[n])] for n in order[:2])
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
        """All that is kept of people, by their first identifier."""
        named = await self.people.rows("contact_identifiers", "created_at, source, value")
        people = {row["id"]: row for row in await self.people.rows("contacts")}
        assert all(row["root_id"] == row["id"] for row in people.values())
        found: dict[str, Any] = {}
        for row in named:
            owner = people[row["contact_id"]]
            first = min(
                (n["source"], n["value"]) for n in named if n["contact_id"] == row["contact_id"]
            )
            held = {n: v for n, v in owner.items() if n not in LEFT_OUT}
            found[f"{row['source']} {row['value']}"] = (first, row["created_at"], held)
        return found


def _name(name: tuple[str, str]) -> dict[str, str]:
    return {"source": name[0], "value": name[1]}


@pytest.fixture
async def new_people(database: Database) -> Callable[[], Any]:
    async def make() -> People:
        operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
        async with database.write(operator) as work:
            made = await access.WORKSPACES.create(work, access.NewWorkspace(name="Tests"))
        return People(database, Caller(made.id, None, frozenset(access.GRANTED)))

    return make


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories, order=some.permutations(range(6)))
async def test_merges_undone_in_any_order_leave_the_store_as_without_them(
    new_people: Callable[[], Any], history: list[Any], order: list[int]
) -> None:
    stores = []
    for merging in (True, False):
        taken = History(await new_people(), merging=merging)
        await taken.begin()
        for step in history:
            await taken.take(step)
        await taken.undo(order)
        stores.append(await taken.store())
    assert stores[0] == stores[1]
