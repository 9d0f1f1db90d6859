"""The worker looks seldom where nothing comes, and at once again where something did."""

import asyncio

from service import folding
from service.database import Database
from service.domain import access, histories
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.main import create_app
from service.settings import Settings
from tests.make import Client


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def sent(client: Client, number: int) -> None:
    message = {"type": "track", "event": "Seen", "userId": "u", "messageId": str(number)}
    answer = await client.post("/v1/batch", json={"batch": [message]})
    assert answer.json()["accepted"] == 1


async def is_behind(database: Database, workspace: Caller) -> bool:
    async with database.read(workspace) as work:
        return await histories.behind(work)


def test_who_rests_is_looked_at_half_as_often_each_time_but_never_less_than_seldom() -> None:
    clock, one = Clock(), new_id()
    turns = folding.Turns(clock)
    pauses = []
    for _ in range(6):
        begun = clock.now
        while not turns.due([one]):
            clock.now += 1
        pauses.append(clock.now - begun)
        turns.seen(one, came=False)
    assert pauses == [0, 2, 4, 8, folding.SELDOM, folding.SELDOM]
    clock.now += folding.SELDOM
    assert turns.due([one]) == [one]
    turns.seen(one, came=True)
    assert turns.due([one]) == [one]


def test_a_workspace_that_comes_anew_has_its_turn_at_once() -> None:
    turns, one, other = folding.Turns(Clock()), new_id(), new_id()
    assert turns.due([one]) == [one]
    turns.seen(one, came=False)
    assert turns.due([one, other]) == [other]


async def test_a_round_passes_by_those_whose_turn_it_is_not(apart: Settings) -> None:
    app = create_app(apart)
    async with app.router.lifespan_context(app):
        database: Database = app.state.database
        operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
        async with database.write(operator) as work:
            made = await access.WORKSPACES.create(work, access.NewWorkspace(name="Resting"))
        async with Client.entering(app, made.json) as client:
            await passed_by(client, Caller(made.id, None, frozenset(access.GRANTED)), database)


async def passed_by(client: Client, workspace: Caller, database: Database) -> None:
    clock, stop = Clock(), asyncio.Event()
    turns = folding.Turns(clock)
    await sent(client, 1)
    await folding.round_of(database, stop, turns)
    assert not await is_behind(database, workspace)
    await folding.round_of(database, stop, turns)
    await sent(client, 2)
    await folding.round_of(database, stop, turns)
    assert await is_behind(database, workspace)
    clock.now += folding.EVERY
    await folding.round_of(database, stop, turns)
    assert not await is_behind(database, workspace)
