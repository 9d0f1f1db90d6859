"""The database as its roles see it, without the service around it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.settings import Settings


@pytest.fixture
async def serving(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The role that serves, without the service around it."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()
