"""Messages that were put aside: shown, mended, put through again, or let go."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, cast
from uuid import UUID

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from service.domain import audiences, contacts, idempotency, paging
from service.domain.answers import told
from service.domain.errors import Invalid, Problem
from service.domain.events.inputs import (
    NewQuarantinedMessage,
    QuarantineList,
    QuarantineReplay,
)
from service.domain.events.message import Refused, Sorted, Taken
from service.domain.events.reads import put_aside_as
from service.domain.events.shape import QUARANTINE as LISTING
from service.domain.events.shape import QUARANTINED
from service.domain.events.sorting import Sorting
from service.domain.events.withholding import left_around, left_of, tells_traits
from service.domain.events.writes import Kept, keep_outcomes, kept_as, named_in
from service.domain.inputs import Input, checked
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import as_json
from service.domain.work import Scope, Work

Outcome = Mapping[str, Any]
"""What came of one message: `outcome`, and why it was put aside again."""


class Again(NamedTuple):
    """A message to be put through again, sorted out as of when it first came."""

    id: UUID
    version: int
    found: Sorted
    public: bool
    is_rest: bool
    is_mended: bool
    message: bytes
    context: bytes | None
    type: str | None


class Came(NamedTuple):
    """What came of putting one through."""

    again: Again
    outcome: Outcome

    @property
    def is_done(self) -> bool:
        """Whether something came of it: what fails as it did before still waits to be mended, and a
        rest until it can be taken.
        """
        is_taken = self.outcome["outcome"] != "quarantined"
        return is_taken or (self.again.is_mended and not self.again.is_rest)

    def kept(self, sensitive: Set[str]) -> Kept:
        """As it is kept, without values of traits that have become sensitive since it came."""
        again = self.again
        message = left_of(again.message, sensitive, again.type)
        around = left_around(again.context or b"", sensitive)
        is_less = message.raw != again.message or bool(around.gone)
        texts = (message.raw, again.context and around.raw) if is_less else (None, None)
        return Kept(again.id, again.version, self.outcome, self.is_done, *texts)


class ReplayedMessages(Struct):
    """What came of messages that were put through again."""

    accepted: Annotated[int, told("Those that are stored now and count.", 98)]
    duplicates: Annotated[int, told("Those that had come before.", 1)]
    quarantined: Annotated[int, told("Those that could not be taken again.", 1)]
    blocked: Annotated[int, told("Those of people who were erased.", 0)]
    partly: Annotated[int, told("Of those accepted, how many not with all they say.", 0)]
    next: Annotated[str | None, told("Where to go on, as `after`; null: there are no more.", None)]


@dataclass(frozen=True, eq=False)
class Quarantine(Resource):
    """The messages of a workspace that could not be taken."""

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """Mend the message; what it was put aside for stays until it is put through again, and what
        came of the text before speaks of it no more.

        Raises `Invalid` for a value of a sensitive trait, and for whoever was erased: neither waits
        here.
        """
        work.needs(self.writes)
        text = data.model_dump(exclude_unset=True).get("message")
        if text is None:
            return await self.unchanged(work, resource_id, expected)
        await contacts.beside_erasures(work)
        if problems := await self._not_to_be_kept(work, text.encode()):
            raise Invalid(problems)
        values = {"message": text.encode(), "text": text, "replayed_at": None, "outcome": None}
        return await self.change(work, resource_id, values, expected, {"members": ["message"]})

    async def _not_to_be_kept(self, work: Work, message: bytes) -> list[Problem]:
        problems = []
        if await contacts.blocked(work, named_in(work.caller.workspace_id, message)):
            problems.append(Problem("/message", "erased", "names somebody who was erased"))
        names = await audiences.sensitive_keys(work) if tells_traits(message) else frozenset()
        left = left_of(message, names)
        if left.raw != message:
            named = ", ".join(left.gone) or "what it names"
            detail = f"tells what is sensitive ({named}): send it as a message once it is granted"
            problems.append(Problem("/message", contacts.NO_GRANT, detail))
        return problems

    async def waiting(self, work: Work, data: QuarantineReplay) -> tuple[list[Again], str | None]:
        """Some of those that nothing has come of, and where to go on. Raises `Malformed`."""
        work.needs(self.writes)
        work.needs(Scope.EVENTS_WRITE)
        asked = data.model_dump(include={"code", "limit", "after"}, exclude_none=True)
        if data.condition is not None:
            asked["filter"] = as_json(data.condition)
        asked |= {"replayed": False, "sort": "created_at"}
        query = cast(QuarantineList, checked(QuarantineList, asked)).selecting({"id": None})
        found = await paging.page(work, self.listing, query)
        ids = [UUID(row["id"]) for row in msgspec.json.decode(found.items)]
        return await self.again(work, ids), found.next

    async def again(self, work: Work, ids: Sequence[UUID]) -> list[Again]:
        """The messages, each sorted out again as one of its batch; those that are gone left out."""
        work.needs(self.writes)
        work.needs(Scope.EVENTS_WRITE)
        found = await put_aside_as(work, ids)
        rows = {row["id"]: row for row in found}
        return [_again(work, rows[which]) for which in ids if which in rows]

    async def replayed(self, work: Work, resource_id: UUID, came: Sequence[Came]) -> Document:
        """Keep what came of putting it through again. Raises `NotFound`."""
        await self.came(work, came)
        return await self.unchanged(work, resource_id, None)

    async def came(
        self, work: Work, came: Sequence[Came], following: str | None = None
    ) -> ReplayedMessages:
        """Keep what came of putting messages through again, but of those that have changed since;
        how many of each there are.
        """
        work.needs(self.writes)
        sensitive = await audiences.sensitive_keys(work)
        kept = [one.kept(sensitive) for one in came]
        await keep_outcomes(work, kept)
        await idempotency.withhold(work, [one.id for one in kept if one.message], sensitive)
        words = [one.outcome["outcome"] for one in came]
        taken = [one.outcome for one in came if one.outcome["outcome"] == "accepted"]
        return ReplayedMessages(
            len(taken),
            words.count("duplicate"),
            words.count("quarantined"),
            words.count("blocked"),
            sum(outcome["code"] is not None for outcome in taken),
            following,
        )


def _again(work: Work, row: Mapping[str, Any]) -> Again:
    here, raw = work.caller.workspace_id, row["message"]
    around: dict[str, Any] = {"sent_at": row["sent_at"], "context": Raw(row["context"] or b"")}
    around |= {"rest": row["rest"], "public": row["public"]}
    oldest = work.caller.oldest_kept(work.now)
    sorting = Sorting(here, row["type"], row["created_at"], oldest, **around)
    found = sorting.sort([Raw(raw)])
    if row["rest"]:
        found.messages[:] = [replace(one, rest_of=row["id"]) for one in found.messages]
    is_mended = kept_as(here, raw) != row["id"]
    kinds = (row["public"], row["rest"], is_mended)
    return Again(row["id"], row["version"], found, *kinds, raw, row["context"], row["type"])


_NOT_STORABLE = "The database cannot hold it."
_NOT_ALL = "Not all of its traits could be taken."


def came_of(again: Again, taken: Taken | None, place: int = 0) -> Came:
    """What came of a message that was sorted out, or taken at a `place` among others."""
    if taken is None:
        return Came(again, _refused(again.found.refused[0]))
    if place in taken.untaken:
        return Came(again, _refused(taken.untaken[place]))
    code, outcome = taken.codes.get(place), taken.outcomes[place]
    said = _NOT_STORABLE if outcome == "quarantined" else contacts.LEFT.get(code or "", _NOT_ALL)
    detail = None if code is None else said
    told = {"outcome": outcome, "code": code, "detail": detail, "pointer": None}
    return Came(again, told)


def _refused(one: Refused) -> Outcome:
    why = {"code": one.code, "detail": one.detail, "pointer": one.pointer}
    return {"outcome": "quarantined", **why}


QUARANTINE = Quarantine(
    "quarantined_message",
    QUARANTINED,
    LISTING,
    NewQuarantinedMessage,
    reads=Scope.CONTACTS_READ,
    writes=Scope.CONTACTS_WRITE,
)
