"""Reviews as resources: making them, signing them off, completing them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, insert, select

from service.domain import references
from service.domain.errors import DomainError, Invalid, Kind, Problem, StaleVersion
from service.domain.ids import new_id
from service.domain.journeys import UsesWords, journeys
from service.domain.known import Expected
from service.domain.plans.review import reads, shape
from service.domain.plans.review.cadence import due_after
from service.domain.plans.review.inputs import (
    NewReview,
    NewSignOff,
    ReviewAnswers,
    ReviewCompletion,
)
from service.domain.plans.tables import review_sign_offs
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Work


class ReviewCompleted(DomainError):
    """What is completed is signed by nobody any more, completed once, and not changed."""

    kind, code = Kind.CONFLICT, "review_completed"


class AlreadySigned(DomainError):
    """A department signs once."""

    kind, code = Kind.CONFLICT, "already_signed"


class AlreadyScheduled(DomainError):
    """A map is looked at by one cadence; each completed review makes the next."""

    kind, code = Kind.CONFLICT, "already_scheduled"


class Reviews(UsesWords):
    """Looks at a map by the departments it concerns.

    A review is completed by whoever completes it, by the last department that signs, or by whoever
    asks none but those who have signed; from then on it stays as it is. With a cadence, the next
    one is made in the same transaction: it asks the same departments, and is due a whole number of
    cadences after this one was, on the first such day to come.
    """

    async def ahead(self, work: Work, members: Mapping[str, Any]) -> None:
        """The departments are words, those that are sent and those that the map has."""
        await super().ahead(work, members)
        if members.get("departments", ()) is None:
            await self._hold(work)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """What has been signed stays about the map that it was about; a completed review stays.

        Raises `ReviewCompleted`, and `Invalid` for another map.
        """
        members = dict(members)
        if members.get("cadence") is not None:
            await work.rows(reads.MAP_LOCKED, journey_id=None, review_id=resource_id)
        sent = members.keys() - {"external_ids"}
        found = await self._held(work, resource_id, expected) if sent else {}
        moved = {name for name in sent if _plain(members[name]) != found[name]}
        if "journey_id" in moved:
            raise Invalid([Problem("/journey_id", "fixed", "stays as it was made")])
        if sent and found["completed_at"] is not None:
            if moved:
                raise ReviewCompleted("This review is completed.")
            members = {name: value for name, value in members.items() if name not in sent}
            sent = set()
        members.pop("journey_id", None)
        if "departments" in sent:
            asked = await self._asked(work, UUID(found["journey_id"]), members["departments"])
            members["departments"] = asked
            if await self._agreed(work, resource_id, asked):
                members["completed_at"] = work.now
        made = await super().apply(work, resource_id, members, expected, touch=touch)
        if "completed_at" in members:
            await self._follow(work, msgspec.json.decode(made.json))
        return made

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses a map that is not there; asks those on the map, and for a day to come."""
        values = await super().stored(work, resource_id, members)
        refs = [("/journey_id", values.get("journey_id"))]
        if problems := await references.unknown(work, journeys, refs):
            raise Invalid(problems)
        if values.get("cadence") is not None:
            await self._only_series(work, resource_id, values)
        if "journey_id" in values:
            given = values["departments"]
            values["departments"] = await self._asked(work, values["journey_id"], given)
        if values.get("due_on", ()) is None:
            now = await self._today(work)
            known: Mapping[str, Any] = values
            if "cadence" not in values:
                known = await self.current(work, resource_id, ["cadence"])
            cadence = known["cadence"]
            values["due_on"] = now if cadence is None else due_after(now, cadence, now)
        return values

    async def _only_series(self, work: Work, review_id: UUID, values: Mapping[str, Any]) -> None:
        """Raises `AlreadyScheduled` where another open review of the map has a cadence.

        Of works that begin a series at once, the second waits for the first at the map's row, as
        all that writes under a map does: a review that is changed has locked it before its own.
        """
        if "journey_id" in values:
            which = values["journey_id"]
            await work.rows(reads.MAP_LOCKED, journey_id=which, review_id=review_id)
        else:
            known = await self.current(work, review_id, ["journey_id"])
            which = UUID(known["journey_id"])
        if await work.rows(reads.SCHEDULED, journey_id=which, review_id=review_id):
            raise AlreadyScheduled("An open review of this map has a cadence already.")

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """Nobody has completed it yet."""
        return await super().insert(work, resource_id, {"completed_at": None, **values})

    async def sign_off(
        self, work: Work, review_id: UUID, data: NewSignOff, expected: Expected = None
    ) -> Document:
        """A department agrees; the last one of those asked completes the review.

        Raises `NotFound`, `StaleVersion`, `ReviewCompleted`, `AlreadySigned`, or `Invalid` for a
        department that was not asked, and where nobody is named who signs.
        """
        work.needs(self.writes)
        await self.ahead(work, {"department": data.department})
        found = await self._open(work, review_id, expected)
        signed = [row["department"] for row in await work.rows(reads.SIGNED, review_id=review_id)]
        department = await work.value(reads.MEANT, department=data.department)
        problems = work.caller.nameless()
        if department not in found["departments"]:
            detail = "this department is not asked in this review"
            problems.append(Problem("/department", "not_asked", detail))
        if problems:
            raise Invalid(problems)
        if department in signed:
            raise AlreadySigned("This department has signed.")
        await work.rows(
            _SIGN,
            review_id=review_id,
            position=len(signed),
            department=department,
            person=work.caller.person,
            note=data.note,
            now=work.now,
        )
        left = _left(found["departments"], {*signed, department})
        told = {"members": ["sign_offs"], "department": department}
        if left:
            return await self.change(work, review_id, {}, None, told)
        return await self._completed(work, review_id, found, {}, told)

    async def complete(
        self, work: Work, review_id: UUID, data: ReviewCompletion, expected: Expected = None
    ) -> Document:
        """End a review with its answers, whoever has yet to sign.

        Raises `NotFound`, `StaleVersion` or `ReviewCompleted`.
        """
        work.needs(self.writes)
        await self._hold(work)  # the next one is asked with the words of this one
        found = await self._open(work, review_id, expected)
        given = data.answers.model_dump(exclude_unset=True)
        answers = {**found["answers"], **given}
        told = {"members": ["answers", "completed_at"] if given else ["completed_at"]}
        return await self._completed(work, review_id, found, {"answers": answers}, told)

    async def _held(self, work: Work, review_id: UUID, expected: Expected) -> Mapping[str, Any]:
        """A review as it is, locked."""
        names = ("journey_id", "cadence", "due_on", "completed_at", "departments", "answers")
        found = await self.current(work, review_id, [*names, "version"])
        if expected is not None and found["version"] not in expected:
            raise StaleVersion
        return found

    async def _open(self, work: Work, review_id: UUID, expected: Expected) -> Mapping[str, Any]:
        """A review that is not completed, locked."""
        found = await self._held(work, review_id, expected)
        if found["completed_at"] is not None:
            raise ReviewCompleted("This review is completed.")
        return found

    async def _asked(
        self, work: Work, journey_id: UUID, given: Sequence[str] | None
    ) -> Sequence[str]:
        """Those who are asked, each once: who is given, else those on the map."""
        if given is not None:
            return list(dict.fromkeys(given))
        rows = await work.rows(reads.ON_MAP, journey_id=journey_id)
        return [row["department"] for row in rows]

    async def _agreed(self, work: Work, review_id: UUID, asked: Sequence[str]) -> bool:
        """Whether there are sign-offs, and nobody of those asked is missing among them."""
        signed = {row["department"] for row in await work.rows(reads.SIGNED, review_id=review_id)}
        if not signed:
            return False
        return not _left(await work.value(reads.ALL_MEANT, departments=list(asked)), signed)

    async def _completed(
        self,
        work: Work,
        review_id: UUID,
        found: Mapping[str, Any],
        values: Mapping[str, Any],
        told: Mapping[str, Any],
    ) -> Document:
        """The review as it is when it is completed now; with a cadence, the next one is made."""
        done = {**values, "completed_at": work.now}
        made = await self.change(work, review_id, done, None, told)
        await self._follow(work, found)
        return made

    async def _follow(self, work: Work, found: Mapping[str, Any]) -> None:
        """With a cadence, a completed review has a next one."""
        if found["cadence"] is not None:
            due_on = date.fromisoformat(found["due_on"])
            following = {
                "journey_id": UUID(found["journey_id"]),
                "cadence": found["cadence"],
                "due_on": due_after(due_on, found["cadence"], await self._today(work)),
                "departments": found["departments"],
                "answers": ReviewAnswers().model_dump(),
            }
            await self.insert(work, new_id(), following)

    async def _today(self, work: Work) -> date:
        found: date = await work.value(reads.TODAY)
        return found


def _left(asked: Sequence[str], signed: Collection[str]) -> list[str]:
    return [department for department in asked if department not in signed]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | date) else value


_SIGN = Statement(
    insert(review_sign_offs).from_select(
        ["workspace_id", "review_id", "position", "department", "person", "note", "signed_at"],
        select(
            WORKSPACE,
            reads.REVIEW,
            bindparam("position", type_=review_sign_offs.c.position.type),
            reads.GIVEN,
            bindparam("person", type_=Text),
            bindparam("note", type_=Text),
            bindparam("now", type_=instant),
        ),
    )
)

REVIEWS = Reviews("review", shape.REVIEW, shape.REVIEWS, NewReview)
