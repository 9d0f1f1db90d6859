"""The usual way: FastAPI reads pydantic models, SQLAlchemy's ORM finds and changes objects."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from benchmarks.conventional.sessions import Session
from service.domain.contacts import contact_identifiers, contact_rows, identity
from service.domain.ids import new_id

app = FastAPI()


class Base(DeclarativeBase):
    """The mapped classes; their columns are those of the tables."""


class Contact(Base):
    __table__ = contact_rows


class Identifier(Base):
    __table__ = contact_identifiers


class Name(BaseModel):
    """An identifier."""

    source: str
    value: str


class Person(BaseModel):
    """One contact of a body."""

    identifiers: list[Name]
    traits: dict[str, Any]


class Batch(BaseModel):
    """A body."""

    items: list[Person]
    workspace: UUID


class Outcome(BaseModel):
    """What came of a contact."""

    id: UUID
    outcome: str


@app.get("/")
async def root() -> None:
    """To see that it answers."""


@app.post("/upsert")
async def upsert(body: Batch, opened: Session) -> list[Outcome]:
    """Make or change the contacts that the identifiers name."""
    named = {
        (name.source, name.value): identity(body.workspace, name.source, name.value)
        for one in body.items
        for name in one.identifiers
    }
    found = await opened.execute(
        select(Identifier.id, Contact)
        .join(
            Contact,
            (Contact.workspace_id == Identifier.workspace_id)
            & (Contact.id == Identifier.contact_id),
        )
        .where(Identifier.workspace_id == body.workspace, Identifier.id.in_(named.values()))
    )
    held: dict[UUID, Any] = dict(map(tuple, found))
    outcomes = [_upserted(opened, body.workspace, one, named, held) for one in body.items]
    await opened.commit()
    return outcomes


def _upserted(
    opened: Session,
    workspace: UUID,
    one: Person,
    named: dict[tuple[str, str], UUID],
    held: dict[UUID, Any],
) -> Outcome:
    now = datetime.now(UTC)
    ids = [named[name.source, name.value] for name in one.identifiers]
    contact = next((held[which] for which in ids if which in held), None)
    is_new = contact is None
    common = {"workspace_id": workspace, "created_at": now}
    if contact is None:
        which = new_id()
        contact = Contact(**common, id=which, root_id=which, updated_at=now, traits=one.traits)
        opened.add(contact)
    elif contact.traits != (merged := contact.traits | one.traits):
        contact.traits = merged
        contact.version += 1
        contact.updated_at = now
    for name, which in zip(one.identifiers, ids, strict=True):
        if which not in held:
            held[which] = contact
            said = {"source": name.source, "value": name.value, "contact_id": contact.id}
            opened.add(Identifier(**common, **said, id=which))
    return Outcome(id=contact.id, outcome="created" if is_new else "updated")
