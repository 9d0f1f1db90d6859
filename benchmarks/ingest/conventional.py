"""The usual way: FastAPI reads pydantic models, SQLAlchemy inserts them, the rest is ignored."""

from datetime import UTC, datetime
from hashlib import md5
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert

from benchmarks.conventional.sessions import Session
from benchmarks.ingest import messages
from service.domain.events.tables import event_keys, events

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


@app.get("/")
async def root() -> None:
    """To see that it answers."""


@app.post("/batch")
async def take(body: Batch, opened: Session) -> dict[str, int]:
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
