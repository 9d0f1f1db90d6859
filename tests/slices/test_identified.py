"""What messages make of people: who is whom, what is known of them, and what is left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from service.database import Database
from service.domain import contacts
from service.domain.contacts import Identified, Identities
from service.domain.work import Caller

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class People:
    """One workspace's people, as messages tell of them and as they are stored."""

    def __init__(self, database: Database, caller: Caller) -> None:
        self.database = database
        self.caller = caller
        self.statements = 0

    async def told(self, *messages: Identified) -> Identities:
        async with self.database.write(self.caller) as work:
            came = await contacts.identified(work, messages)
            self.statements = work.statements
            return came

    async def rows(self, table: str, order: str = "id") -> list[Mapping[str, Any]]:
        lent = await self.database.lent()
        try:
            await lent.execute(f"BEGIN; SET LOCAL app.workspace = '{self.caller.workspace_id}'")
            found = await lent.fetch(f"SELECT * FROM waypost.{table} ORDER BY {order}")
            await lent.execute("COMMIT")
            return [dict(row) for row in found]
        finally:
            self.database.given_back(lent)

    def named(self, source: str, value: str) -> UUID:
        return contacts.identity(self.caller.workspace_id, source, value)

    async def owner(self, source: str, value: str) -> UUID:
        """Who has an identifier."""
        owners = {r["id"]: r["contact_id"] for r in await self.rows("contact_identifiers")}
        which: UUID = owners[self.named(source, value)]
        return which

    async def shown(self, source: str, value: str) -> Mapping[str, Any]:
        """Whom an identifier leads to."""
        people = {row["id"]: row for row in await self.rows("contacts")}
        return people[people[await self.owner(source, value)]["root_id"]]


@pytest.fixture
def people(database: Database, workspace: Caller) -> People:
    return People(database, workspace)


def message(kind: str, minutes: int = 0, **members: Any) -> Identified:
    return Identified(kind, NOON + timedelta(minutes=minutes), **members)  # type: ignore[arg-type]


async def test_somebody_new_has_an_id_that_tells_no_identifier(people: People) -> None:
    """It stays in audit and outbox when they are erased, and the hash of an identifier would tell
    whoever has a list of addresses."""
    came = await people.told(message("track", anonymous_id="a"), message("page", user_id="u"))
    assert came == Identities(created=2)
    names = [("anonymous_id", "a"), ("user_id", "u")]
    ids = {row["id"] for row in await people.rows("contacts")}
    assert ids == {await people.owner(*name) for name in names}
    assert ids.isdisjoint(people.named(*name) for name in names)
    again = await people.told(message("track", anonymous_id="a"))
    assert (again, people.statements) == (Identities(), 1)


async def test_identify_shows_an_anonymous_person_as_the_user(people: People) -> None:
    await people.told(message("page", anonymous_id="a"))
    came = await people.told(message("identify", user_id="u", anonymous_id="a"))
    assert came == Identities(created=1, merged=1)
    assert (await people.shown("anonymous_id", "a"))["id"] == await people.owner("user_id", "u")
    (merge,) = await people.rows("contact_merges")
    assert (merge["by"], merge["loser_id"]) == ("identify", await people.owner("anonymous_id", "a"))


async def test_an_anonymous_id_of_another_user_stays_where_it_is(people: People) -> None:
    await people.told(message("identify", user_id="u", anonymous_id="a"))
    await people.told(message("identify", user_id="v", anonymous_id="a"))
    assert (await people.shown("anonymous_id", "a"))["id"] == await people.owner("user_id", "u")
    assert len(await people.rows("contact_merges")) == 1


async def test_a_public_key_never_joins_two_known_users(people: People) -> None:
    await people.told(message("track", user_id="u"), message("track", user_id="v"))
    await people.told(message("alias", user_id="v", previous_id="u", public=True))
    assert await people.rows("contact_merges") == []
    await people.told(message("alias", user_id="v", previous_id="u"))
    assert (await people.shown("user_id", "u"))["id"] == await people.owner("user_id", "v")


async def test_an_alias_by_a_public_key_takes_no_name_that_may_be_a_users(people: People) -> None:
    await people.told(message("alias", user_id="thief", previous_id="later", public=True))
    await people.told(message("track", user_id="later"))
    assert (await people.shown("user_id", "later"))["id"] == await people.owner("user_id", "later")
    assert (await people.shown("anonymous_id", "later"))["id"] == await people.owner(
        "user_id", "thief"
    )


async def test_an_alias_by_a_server_key_holds_for_the_name_whatever_it_is(people: People) -> None:
    await people.told(message("alias", user_id="new", previous_id="old"))
    await people.told(message("track", user_id="old"), message("track", anonymous_id="old"))
    assert {(await people.shown(s, "old"))["id"] for s in ("user_id", "anonymous_id")} == {
        await people.owner("user_id", "new")
    }


async def test_a_crm_contact_is_nobody_anonymous(people: People) -> None:
    """Else whoever knows its anonymous id could make it theirs."""
    await people.told(message("page", anonymous_id="a"))
    async with people.database.write(people.caller) as work:
        await contacts.one_at_a_time(work)
        await work.connection.fetch(
            "INSERT INTO waypost.contact_identifiers VALUES ($1, $2, 'crm', '7', $3, $4)",
            people.caller.workspace_id,
            people.named("crm", "7"),
            await people.owner("anonymous_id", "a"),
            NOON,
        )
    await people.told(message("identify", user_id="u", anonymous_id="a", public=True))
    assert await people.rows("contact_merges") == []


async def test_older_traits_never_overwrite_newer_ones(people: People) -> None:
    await people.told(message("identify", 5, user_id="u", traits={"plan": "new", "age": 40}))
    await people.told(message("identify", 1, user_id="u", traits={"plan": "old", "city": "Ulm"}))
    assert (await people.shown("user_id", "u"))["traits"] == {
        **{"plan": "new", "age": 40, "city": "Ulm"}
    }
    await people.told(message("identify", 9, user_id="u", traits={"plan": None}))
    await people.told(message("identify", 7, user_id="u", traits={"plan": "back"}))
    assert "plan" not in (await people.shown("user_id", "u"))["traits"]


async def test_the_same_again_and_later_keeps_what_is_between_out(people: People) -> None:
    await people.told(message("identify", 1, user_id="u", traits={"plan": "gold"}))
    came = await people.told(message("identify", 3, user_id="u", traits={"plan": "gold"}))
    assert came == Identities()
    await people.told(message("identify", 2, user_id="u", traits={"plan": "silver"}))
    assert (await people.shown("user_id", "u"))["traits"] == {"plan": "gold"}


async def test_a_public_key_sets_no_trait_that_a_server_key_set(people: People) -> None:
    await people.told(message("identify", user_id="u", traits={"plan": "free"}))
    sent = {"plan": "gold", "city": "Ulm"}
    await people.told(message("identify", 9, user_id="u", traits=sent, public=True))
    assert (await people.shown("user_id", "u"))["traits"] == {"plan": "free", "city": "Ulm"}
    anonymous = message("identify", 9, anonymous_id="a", traits={"plan": "gold"}, public=True)
    tying = message("identify", 10, user_id="u", anonymous_id="a", public=True)
    await people.told(anonymous, tying)
    assert (await people.shown("user_id", "u"))["traits"]["plan"] == "free"


async def test_traits_off_the_catalogue_or_without_a_grant_are_left_out(people: People) -> None:
    sent = {"occupation": 7, "religion": "any", "plan": "gold", "annual_income": 50_000}
    came = await people.told(
        message("track", user_id="v"), message("identify", user_id="u", traits=sent)
    )
    assert [(p.pointer, p.code) for p in came.refused[1]] == [
        ("/traits/occupation", "wrong_type"),
        ("/traits/religion", "consent_required"),
    ]
    assert (await people.shown("user_id", "u"))["traits"] == {
        **{"plan": "gold", "annual_income": 50_000}
    }
    async with people.database.write(people.caller) as work:
        await contacts.one_at_a_time(work)
        await work.connection.fetch(
            "INSERT INTO waypost.consents (workspace_id, id, contact_id, purpose, granted, at, "
            "recorded_at) VALUES ($1, $2, $2, 'sensitive_data', true, $3, $3)",
            people.caller.workspace_id,
            await people.owner("user_id", "u"),
            NOON,
        )
    await people.told(message("identify", 1, user_id="u", traits={"religion": "any"}))
    assert (await people.shown("user_id", "u"))["traits"]["religion"] == "any"


async def test_a_group_is_an_account_and_its_people_belong_to_it(people: People) -> None:
    await people.told(
        message("group", user_id="u", group_id="g", traits={"name": "Harbour", "size": 4})
    )
    (account,) = await people.rows("accounts")
    assert (account["name"], account["traits"]["size"]) == ("Harbour", 4)
    assert (await people.shown("user_id", "u"))["account_id"] == account["id"]
    again = message("group", 1, user_id="u", group_id="g", traits={"size": 9}, public=True)
    await people.told(again, message("group", 2, user_id="u", group_id="h", public=True))
    assert len(await people.rows("accounts")) == 2
    assert (await people.shown("user_id", "u"))["account_id"] == account["id"]
    (held,) = [row for row in await people.rows("accounts") if row["id"] == account["id"]]
    assert held["traits"]["size"] == 4


async def test_the_world_is_told_of_who_came_and_who_is_whom(people: People) -> None:
    await people.told(message("page", anonymous_id="a"))
    await people.told(message("identify", user_id="u", anonymous_id="a", traits={"plan": "gold"}))
    told = [(r["kind"], r["resource_id"]) for r in await people.rows("outbox", "kind, resource_id")]
    a, u = await people.owner("anonymous_id", "a"), await people.owner("user_id", "u")
    assert [one for one in told if one[0].startswith("contact.")] == sorted(
        [("contact.created", a), ("contact.created", u), ("contact.merged", a)]
    )


async def test_any_number_of_messages_takes_the_same_statements(people: People) -> None:
    counts = []
    for start, size in ((0, 2), (1000, 200)):
        messages = [
            message(
                "identify",
                n,
                user_id=f"u{start + n}",
                anonymous_id=f"a{start + n}",
                traits={"plan": n, "religion": "any"},
            )
            for n in range(size)
        ]
        messages.append(message("group", user_id=f"u{start}", group_id=f"g{start}", traits={}))
        await people.told(*messages)
        counts.append(people.statements)
    assert counts[0] == counts[1] <= 11
