"""Workspaces into which published logs were loaded."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import access
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from tests.make import Client
from tests.measures.logs import load

Loaded = Callable[[str], Awaitable[Client]]


@pytest.fixture(scope="session")
async def loaded(app: FastAPI, database: Database) -> AsyncIterator[Loaded]:
    """A client of the workspace that holds a published log; loaded at the first need."""
    held: dict[str, Client] = {}
    async with AsyncExitStack() as stack:

        async def of(log: str) -> Client:
            folder = log.partition(" ")[0]
            if folder not in held:
                operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
                async with database.write(operator) as work:
                    data = access.NewWorkspace(name=folder)
                    made = await access.WORKSPACES.create(work, data)
                entered = Client.entering(app, made.json)
                held[folder] = await stack.enter_async_context(entered)
                await load(held[folder], folder)
            return held[folder]

        yield of
