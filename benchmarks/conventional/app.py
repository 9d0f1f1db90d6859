"""The application: one route."""

from uuid import UUID

from fastapi import FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from benchmarks.conventional import mapped, shown
from benchmarks.conventional.sessions import Session
from service.domain.journeys.tables import journeys

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


@app.get("/one/{workspace_id}/{journey_id}", response_model=shown.Journey)
async def one(workspace_id: UUID, journey_id: UUID, opened: Session) -> mapped.Journey:
    """A whole map."""
    is_it = (journeys.c.workspace_id == workspace_id, journeys.c.id == journey_id)
    found = await opened.scalar(select(mapped.Journey).where(*is_it).options(*WHOLE))
    if found is None:
        raise HTTPException(404)
    return found
