"""A session for each request, as one would have it."""

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from service.settings import Settings, driver_url

engine = create_async_engine(
    driver_url(os.environ["WAYPOST_OWNER_DATABASE_URL"]),
    pool_size=Settings().pool_size,
    max_overflow=0,
)
_sessions = async_sessionmaker(engine, expire_on_commit=False)


async def _session() -> AsyncIterator[AsyncSession]:
    async with _sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(_session)]
"""The parameter of a route that holds its session."""
