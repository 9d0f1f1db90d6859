"""The usual way: FastAPI reads pydantic models, SQLAlchemy inserts them, the rest is ignored."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import md5
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.ingest import messages
from service.domain.events.tables import event_keys, events
from service.settings import Settings, driver_url

engine = create_async_engine(
    driver_url(os.environ["WAYPOST_OWNER_DATABASE_URL"]),
    pool_size=Settings().pool_size,
    max_overflow=0,
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Message(BaseModel):
    """One message."""

    type: str
    messageId: str  # noqa: N815 (the protocol's names)
    userId: str  # noqa: N815
    event: str
    timestamp: datetime
    properties: dict[str, Any]
    context: dict[str, Any]


class Batch(BaseModel):
    """A body."""

    batch: list[Message]
    workspace: UUID


async def session() -> AsyncIterator[AsyncSession]:
    """A session for the request."""
    async with sessions() as opened:
        yield opened


@app.get("/")
async def root() -> None:
    """To see that it answers."""


@app.post("/batch")
async def take(body: Batch, opened: Annotated[AsyncSession, Depends(session)]) -> dict[str, int]:
    """Store the messages that have not come before."""
    keys = [{"workspace_id": body.workspace, "key": _hashed(one.messageId)} for one in body.batch]
    fresh = insert(event_keys).on_conflict_do_nothing().returning(event_keys.c.key)
    new = set((await opened.scalars(fresh, keys)).all())
    rows = [
        _row(body.workspace, one)
        for one, key in zip(body.batch, keys, strict=True)
        if key["key"] in new
    ]
    if rows:
        await opened.execute(insert(events), rows)
    await opened.commit()
    return {"accepted": len(rows)}


def _hashed(name: str) -> UUID:
    return UUID(bytes=md5(name.encode(), usedforsecurity=False).digest())


def _row(workspace: UUID, one: Message) -> dict[str, Any]:
    number = int(one.userId.rpartition("-")[2])
    return {
        "workspace_id": workspace,
        "arrival": 0,
        "who": messages.who(workspace, number),
        "timestamp": one.timestamp,
        "received_at": datetime.now(UTC),
        "type": one.type,
        "event": one.event,
        "message_id": one.messageId,
        "user_id": one.userId,
        "device": one.properties.get("device"),
        "properties": one.properties,
        "context": one.context,
    }
