"""Answers that are kept while what they show is as it was: documents about one map.

An answer is kept by whose it is, the scopes of the caller, the document, the operation and the
variables, together with the versions of the map and of the workspace's catalogue that were read
before it was made. On every request these are asked for again, for all requests that wait at that
moment by one statement, and an answer of other versions is made anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from service import telemetry
from service.database import Database
from service.domain import audiences, evidence, journeys
from service.domain.memory import Bounded
from service.domain.resources import Resource
from service.domain.work import OPERATORS, Caller

ENTRY = 512
"""Bytes that an answer takes besides, with its name."""
ONCE = 256
"""Bytes that the name takes of what was asked for once."""
ABOUT: Resource = journeys.JOURNEYS
"""What the one root field is about whose answers are kept."""
WITHIN = frozenset(
    {
        *(journeys.STAGES, journeys.TOUCHPOINTS, evidence.CONTENT),
        *(audiences.PERSONAS, audiences.PROFILES, audiences.PROFILE_ATTRIBUTES),
    }
)
"""What else an answer that is kept may show: whatever changes it raises the map's version, or the
catalogue's. Nothing of it is told by the clock, nor in a language."""

_KEPT, _MADE_ANEW = (telemetry.HOT_DOCUMENTS.labels(one) for one in ("kept", "made_anew"))
Versions = tuple[int, ...]


class Name(NamedTuple):
    """By what an answer is kept: whose it is, and a hash of all else that it depends on."""

    workspace_id: UUID
    asked: bytes


class Kept(NamedTuple):
    """An answer about a map."""

    journey_id: UUID
    versions: Versions
    answer: msgspec.Raw


class HotDocuments:
    """The answers that one process keeps, so many bytes of them.

    What is asked for the first time leaves its name alone, apart, so that what is asked only once
    drives out no answer, and costs no question for versions.
    """

    def __init__(self, database: Database, most: int) -> None:
        self.keeps = most > 0
        """Whether anything is kept at all."""
        self._checks = _Checks(database)
        self._kept = _Answers(most)
        self._once: Bounded[Name, UUID] = Bounded(most // 16, lambda *_: ONCE)

    @staticmethod
    def name(caller: Caller, text: str, which: str | None, variables: Mapping[str, Any]) -> Name:
        """By what the answer to an operation of a document is kept."""
        # As Python writes it: in JSON, what is no number would be null.
        told = repr((sorted(caller.scopes), text, which, variables))
        return Name(caller.workspace_id, sha256(told.encode()).digest())

    async def found(self, name: Name) -> tuple[msgspec.Raw | None, Versions | None]:
        """The answer, if it is still what it was; else the versions that there are now, where it
        has been asked for before."""
        kept = self._kept.found(name)
        journey_id = kept.journey_id if kept else self._once.found(name)
        if journey_id is None:
            return None, None
        versions = await self._checks.versions(name.workspace_id, journey_id)
        answer = kept.answer if kept and kept.versions == versions else None
        (_MADE_ANEW if answer is None else _KEPT).inc()
        return answer, versions

    def keep(
        self, name: Name, journey_id: UUID, versions: Versions | None, answer: msgspec.Raw
    ) -> None:
        """Keep an answer that was made after these versions were read; without them, its name."""
        if versions is None:
            self._once.keep(name, journey_id)
        elif len(answer) <= self._kept.largest:
            self._kept.keep(name, Kept(journey_id, versions, answer))


class _Answers:
    """Answers of workspaces, of none more than half of what is kept: who asks for very many drives
    out their own, and then those of whoever has asked least lately."""

    def __init__(self, most: int) -> None:
        self._most, self._half = most, most // 2
        self.largest = most // 16
        self._weight = 0
        self._of: OrderedDict[UUID, Bounded[bytes, Kept]] = OrderedDict()

    def found(self, name: Name) -> Kept | None:
        of = self._of.get(name.workspace_id)
        if of is None:
            return None
        self._of.move_to_end(name.workspace_id)
        return of.found(name.asked)

    def keep(self, name: Name, kept: Kept) -> None:
        of = self._of.setdefault(name.workspace_id, Bounded(self._half, _size))
        self._of.move_to_end(name.workspace_id)
        self._weight -= of.weight
        of.keep(name.asked, kept)
        self._weight += of.weight
        while self._weight > self._most:
            self._forget()

    def _forget(self) -> None:
        whose, of = next(iter(self._of.items()))
        self._weight -= of.weight
        of.forget()
        self._weight += of.weight
        if not of:
            del self._of[whose]


def _size(_: bytes, kept: Kept) -> int:
    return ENTRY + len(kept.answer)


class _Checks:
    """Asks for versions: one statement at a time, for all who have come to wait since the last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[tuple[UUID, UUID], asyncio.Future[Versions | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def versions(self, workspace_id: UUID, journey_id: UUID) -> Versions | None:
        """Those of the map and of the catalogue; None where there is no such map, or nobody can
        tell. No older than the call: a statement that runs already is not joined."""
        which = (workspace_id, journey_id)
        future = self._waiting.get(which)
        if future is None:
            future = self._waiting[which] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        # One of those who wait may be cancelled; the others still want the answer.
        return await asyncio.shield(future)

    async def _ask(self) -> None:
        waiting: dict[tuple[UUID, UUID], asyncio.Future[Versions | None]] = {}
        try:
            # One behind another: each answers all who have come while the one before it ran.
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                found = await self._read([*waiting])
                for future, versions in zip(waiting.values(), found, strict=True):
                    future.set_result(versions)
        finally:
            self._asking = None
            for future in (*waiting.values(), *self._waiting.values()):
                if not future.done():
                    future.cancel()

    async def _read(self, asked: list[tuple[UUID, UUID]]) -> list[Versions | None]:
        try:
            async with self._database.beyond(_NOBODY) as work:
                return await journeys.versions(work, asked)
        except Exception:
            # The answer is made anew, and may be fine: then this line alone tells what is wrong.
            telemetry.logger().warning("versions_not_told", exc_info=True)
            return [None] * len(asked)


_NOBODY = Caller(OPERATORS, None, frozenset())
