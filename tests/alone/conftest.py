"""Each file here has a database of its own: what others store shows in what is read, in every plan,
and in how long it takes to look everywhere."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain.ids import new_id
from service.main import create_app
from service.settings import Settings
from tests.conftest import entering


@pytest.fixture(scope="module")
async def settings(
    settings: Settings, postgres_url: str, make_migrated: Callable[[str], Awaitable[None]]
) -> Settings:
    name = f"alone_{new_id().hex[-12:]}"
    await make_migrated(name)
    return entering(settings, postgres_url, name)


@pytest.fixture(scope="module")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture(scope="module")
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found
