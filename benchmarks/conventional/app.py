"""The application: one route."""

import os
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from benchmarks.conventional import mapped, shown
from service.domain.journeys.tables import journeys
from service.settings import Settings, driver_url

engine = create_async_engine(
    driver_url(os.environ["WAYPOST_OWNER_DATABASE_URL"]),
    pool_size=Settings().pool_size,
    max_overflow=0,
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()

_STEPS = selectinload(mapped.Journey.stages).selectinload(mapped.Stage.steps)
_EDGES = selectinload(mapped.Journey.transitions)
WHOLE = (
    _STEPS.selectinload(mapped.Step.emotions),
    _STEPS.selectinload(mapped.Step.touchpoints).selectinload(mapped.StepTouchpoint.touchpoint),
    _EDGES.selectinload(mapped.Transition.source),
    _EDGES.selectinload(mapped.Transition.target),
    selectinload(mapped.Journey.personas),
    selectinload(mapped.Journey.followed_by),
    selectinload(mapped.Journey.names),
)


async def session() -> AsyncIterator[AsyncSession]:
    """A session for the request."""
    async with sessions() as opened:
        yield opened


@app.get("/one/{workspace_id}/{journey_id}", response_model=shown.Journey)
async def one(
    workspace_id: UUID, journey_id: UUID, opened: Annotated[AsyncSession, Depends(session)]
) -> mapped.Journey:
    """A whole map."""
    is_it = (journeys.c.workspace_id == workspace_id, journeys.c.id == journey_id)
    found = await opened.scalar(select(mapped.Journey).where(*is_it).options(*WHOLE))
    if found is None:
        raise HTTPException(404)
    return found
