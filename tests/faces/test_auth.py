"""Who is let in: how a key becomes a caller, is remembered, refused and forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.api.auth import Keys
from service.database import Database
from service.domain import access
from service.domain.access.keys import make
from service.domain.errors import Malformed, Unauthenticated, Unavailable
from service.domain.ids import new_id
from service.domain.work import Caller, Work
from service.settings import Settings
from tests.make import Client

REQUEST = "r-1"


class Clock:
    """A time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def counted(settings: Settings, clock: Clock) -> AsyncIterator["CountedDatabase"]:
    database = CountedDatabase(str(settings.database_url), replace(settings, pool_size=3), clock)
    yield database
    await database.close()


class CountedDatabase(Database):
    """A real database that counts how often it is read."""

    reads = 0

    @asynccontextmanager
    async def read(self, caller: Caller) -> AsyncIterator[Work]:
        self.reads += 1
        async with super().read(caller) as work:
            yield work


def bearer(key: str) -> str:
    return f"Bearer {key}"


async def issued(client: Client, **members: str) -> dict[str, str]:
    return await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"], **members})


def other(key: str) -> str:
    """A key of the same row with another secret: well-formed and wrong."""
    parsed = access.parse(key)
    assert parsed is not None
    return make(parsed.workspace_id, parsed.id)


@pytest.fixture
def keys(counted: CountedDatabase, settings: Settings) -> Keys:
    return Keys(counted, settings)


async def test_a_key_becomes_a_caller_with_its_workspace_scopes_and_person(
    keys: Keys, key: str, workspace: Caller
) -> None:
    sent = "李雷 <lei@example.org>".encode().decode("latin-1")
    caller = await keys.caller(bearer(key), sent, REQUEST)
    assert caller.workspace_id == workspace.workspace_id
    assert caller.scopes == frozenset(access.GRANTED)
    assert (caller.person, caller.request_id) == ("李雷 <lei@example.org>", REQUEST)
    assert (await keys.caller(f"bearer  {key}", None, REQUEST)).person is None


async def test_what_is_no_key_is_refused_without_asking_the_database(
    keys: Keys, key: str, counted: CountedDatabase
) -> None:
    headers = [None, "", "Bearer", "Bearer ", key, f"Basic {key}", bearer(key[:-1])]
    headers += [bearer(key[:-1] + "!"), bearer(key + key), bearer("é" * len(key))]
    refusals = set()
    for header in headers:
        with pytest.raises(Unauthenticated) as refused:
            await keys.caller(header, None, REQUEST)
        refusals.add(refused.value.detail)
    assert counted.reads == 0
    assert len(refusals) == 1


async def test_a_refusal_does_not_tell_what_was_wrong(keys: Keys, key: str) -> None:
    unknown_row = make(new_id(), new_id())
    refusals = set()
    for header in (None, bearer(other(key)), bearer(unknown_row)):
        with pytest.raises(Unauthenticated) as refused:
            await keys.caller(header, None, REQUEST)
        refusals.add(refused.value.detail)
    assert len(refusals) == 1


async def test_a_known_key_asks_the_database_again_only_after_five_seconds(
    keys: Keys, key: str, counted: CountedDatabase, clock: Clock
) -> None:
    for _ in range(3):
        await keys.caller(bearer(key), None, REQUEST)
        clock.pass_by(1.6)
    assert counted.reads == 1
    clock.pass_by(0.2)
    await keys.caller(bearer(key), None, REQUEST)
    assert counted.reads == 2


async def test_a_revocation_takes_effect_within_five_seconds(
    keys: Keys, clock: Clock, client: Client
) -> None:
    made = await issued(client)
    await keys.caller(bearer(made["key"]), None, REQUEST)
    await client.delete(f"/v1/api-keys/{made['id']}")
    clock.pass_by(5)
    with pytest.raises(Unauthenticated):
        await keys.caller(bearer(made["key"]), None, REQUEST)


async def test_an_expiry_takes_effect_at_once(keys: Keys, clock: Clock, client: Client) -> None:
    expires_at = clock.now + timedelta(seconds=600)
    made = await issued(client, expires_at=expires_at.isoformat())
    clock.now = expires_at - timedelta(seconds=1)
    await keys.caller(bearer(made["key"]), None, REQUEST)
    clock.now = expires_at
    with pytest.raises(Unauthenticated):
        await keys.caller(bearer(made["key"]), None, REQUEST)


async def test_a_refusal_is_remembered_and_then_asked_again(
    keys: Keys, key: str, counted: CountedDatabase, clock: Clock
) -> None:
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await keys.caller(bearer(other_key := other(key)), None, REQUEST)
        with pytest.raises(Unauthenticated):
            await keys.caller(bearer(other_key), None, REQUEST)
    assert counted.reads == 3
    clock.pass_by(5)
    with pytest.raises(Unauthenticated):
        await keys.caller(bearer(other_key), None, REQUEST)
    assert counted.reads == 4


async def test_a_clock_set_back_does_not_prolong_what_is_remembered(
    keys: Keys, key: str, counted: CountedDatabase, clock: Clock
) -> None:
    await keys.caller(bearer(key), None, REQUEST)
    clock.pass_by(-3600)
    await keys.caller(bearer(key), None, REQUEST)
    assert counted.reads == 2


async def test_many_who_wait_for_one_key_ask_once_and_one_that_leaves_takes_nothing_along(
    keys: Keys, key: str, counted: CountedDatabase
) -> None:
    waiting = [asyncio.create_task(keys.caller(bearer(key), None, str(n))) for n in range(8)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert [getattr(a, "request_id", None) for a in answers[1:]] == [str(n) for n in range(1, 8)]
    assert counted.reads == 1


async def test_only_so_many_are_remembered_and_refusals_drive_out_no_good_key(
    key: str, counted: CountedDatabase, settings: Settings
) -> None:
    small = Keys(counted, settings, most=4)
    await small.caller(bearer(key), None, REQUEST)
    for _ in range(9):
        with pytest.raises(Unauthenticated):
            await small.caller(bearer(other(key)), None, REQUEST)
    asked = counted.reads
    await small.caller(bearer(key), None, REQUEST)
    assert counted.reads == asked
    assert len(small._verified._refused.kept) == 4


async def test_what_is_no_key_takes_no_place_among_refusals(
    keys: Keys, key: str, counted: CountedDatabase
) -> None:
    for number in range(9):
        text = key[:-9] + f"{number:09}".translate(str.maketrans("0123456789", "abcdefghij"))
        with pytest.raises(Unauthenticated):
            await keys.caller(bearer(text), None, REQUEST)
    assert counted.reads == len(keys._verified._refused.kept) == 0


async def test_what_is_remembered_holds_no_key(keys: Keys, key: str) -> None:
    await keys.caller(bearer(key), None, REQUEST)
    assert list(keys._verified._known.kept._held) == [access.digest(key)]
    assert key.rpartition("_")[2] not in repr(keys._verified._known.kept._held)


async def test_a_database_that_is_away_is_no_refusal_and_is_not_remembered(
    key: str, settings: Settings, clock: Clock
) -> None:
    away = CountedDatabase("postgresql://waypost_app@127.0.0.1:1/none", settings, clock)
    nowhere = Keys(away, settings)
    for asked in (1, 2):
        with pytest.raises(Unavailable):
            await nowhere.caller(bearer(key), None, REQUEST)
        assert away.reads == asked
    await away.close()


@pytest.mark.parametrize("person", ["a" * 201, "two\nlines", "a\x00b", "\x85", "tab\there"])
async def test_a_person_that_cannot_be_printed_is_malformed(
    keys: Keys, key: str, person: str
) -> None:
    with pytest.raises(Malformed):
        await keys.caller(bearer(key), person, REQUEST)


@pytest.mark.parametrize("person", ["", "  ", None])
async def test_nobody_named_is_nobody(keys: Keys, key: str, person: str | None) -> None:
    assert (await keys.caller(bearer(key), person, REQUEST)).person is None
