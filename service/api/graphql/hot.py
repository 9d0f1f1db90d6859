"""Answers that are kept while what they show is as it was: documents about one map.

An answer is kept by whose it is, the scopes of the caller, the document, the operation and the
variables, together with the versions of the map and of the workspace's catalogue that were read
before it was made. On every request these are asked for again, for all requests that wait at that
moment by one statement, and an answer of other versions is made anew.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from service import telemetry
from service.database import Database
from service.domain import audiences, evidence, journeys
from service.domain.resources import Resource
from service.domain.work import OPERATORS, Caller

ENTRY = 512
"""Bytes that an answer takes besides."""
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
Name = tuple[UUID, frozenset[str], str, str | None, bytes]
Versions = tuple[int, int]


class Kept(NamedTuple):
    """An answer about a map; None where it was asked for only once."""

    journey_id: UUID
    versions: Versions | None
    answer: msgspec.Raw | None


class HotDocuments:
    """The answers that one process keeps; the longest unused go when they are too large together.

    What is asked for the first time leaves its name alone, so that what is asked only once takes
    no room, and costs no question for versions.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._checks = _Checks(database)
        self._kept: dict[Name, Kept] = {}
        self._left = most
        self._largest = most // 16

    @staticmethod
    def name(caller: Caller, text: str, which: str | None, variables: Mapping[str, Any]) -> Name:
        """By what the answer to an operation of a document is kept."""
        told = msgspec.json.encode(variables)
        return (caller.workspace_id, caller.scopes, text, which, told)

    async def found(self, name: Name) -> tuple[msgspec.Raw | None, Versions | None]:
        """The answer, if it is still what it was; else the versions that there are now, where it
        has been asked for before."""
        kept = self._kept.pop(name, None)
        if kept is None:
            return None, None
        self._kept[name] = kept  # the latest used
        versions = await self._checks.versions(name[0], kept.journey_id)
        answer = kept.answer if versions == kept.versions else None
        (_MADE_ANEW if answer is None else _KEPT).inc()
        return answer, versions

    def keep(
        self, name: Name, journey_id: UUID, versions: Versions | None, answer: msgspec.Raw
    ) -> None:
        """Keep an answer that was made after these versions were read; without them, its name."""
        if versions is None and name in self._kept:
            return  # another asked meanwhile, and knows more
        if versions is None or len(answer) > self._largest:
            made = Kept(journey_id, None, None)
        else:
            made = Kept(journey_id, versions, answer)
        self._drop(name)
        self._kept[name] = made
        self._left -= _size(name, made)
        while self._left < 0:
            self._drop(next(iter(self._kept)))

    def _drop(self, name: Name) -> None:
        if (kept := self._kept.pop(name, None)) is not None:
            self._left += _size(name, kept)


def _size(name: Name, kept: Kept) -> int:
    _, _, text, _, variables = name
    return ENTRY + len(text) + len(variables) + len(kept.answer or b"")


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
        except Exception:  # the answer is then made anew, and that tells what is wrong
            return [None] * len(asked)


_NOBODY = Caller(OPERATORS, None, frozenset())
