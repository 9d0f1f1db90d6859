"""People taken into memory to be changed, and written back: the same for one and for many."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from service.domain import references
from service.domain.contacts import checking, reads
from service.domain.contacts.blocking import blocked
from service.domain.contacts.checking import Catalogue
from service.domain.contacts.family import Family
from service.domain.contacts.linking import Naming
from service.domain.contacts.tables import accounts
from service.domain.contacts.upserting import Wanted
from service.domain.errors import Problem
from service.domain.identities import identity
from service.domain.work import Work

Name = tuple[str, str]


class Room(NamedTuple):
    """Those who are meant, all who are shown as the same, and their names."""

    naming: Naming
    family: Family


async def entered(work: Work, names: Iterable[Name], ids: Iterable[UUID] = ()) -> Room:
    """Those who have these names or ids, kept from others until the work ends: four statements."""
    await reads.one_at_a_time(work)
    workspace_id = work.caller.workspace_id
    asked = {name: identity(workspace_id, *name) for name in dict.fromkeys(names)}
    known = await reads.owners(work, asked.values())
    family = await reads.family(work, [*known.values(), *ids])
    return Room(Naming(workspace_id, known, family, asked), family)


class Judged(NamedTuple):
    """What is wrong with what is wanted, by place; and who may have sensitive traits."""

    problems: list[list[Problem]]
    granted: frozenset[UUID]


async def judged(work: Work, room: Room, wanted: Sequence[Wanted]) -> Judged:
    """Hold traits and accounts against what there is: at most five statements."""
    known = await checking.catalogue(work, [one.traits for one in wanted])
    problems = [known.problems(one.traits, "/traits") for one in wanted]
    _ungranted(known, wanted)
    named = [(f"/{n}", i) for n, one in enumerate(wanted) if isinstance(i := one.account_id, UUID)]
    for problem in await references.unknown(work, accounts, named) if named else ():
        place = int(problem.pointer[1:])
        detail = "there is no such account"
        problems[place].append(Problem("/account_id", "unknown_reference", detail))
    for place, problem in await _erased(work, room, wanted):
        problems[place].append(problem)
    return Judged(problems, await checking.granted(work, known, list(room.family.people)))


async def _erased(work: Work, room: Room, wanted: Sequence[Wanted]) -> list[tuple[int, Problem]]:
    """Identifiers of people who were erased; they come back when the block is lifted."""
    strangers = [
        (place, n, room.naming.identity(*name))
        for place, one in enumerate(wanted)
        for n, name in enumerate(one.names)
        if room.naming.of(*name) is None
    ]
    theirs = await blocked(work, {which for _, _, which in strangers})
    detail = "is of somebody who was erased"
    return [
        (place, Problem(f"/identifiers/{n}", "erased", detail))
        for place, n, which in strangers
        if which in theirs
    ]


def _ungranted(known: Catalogue, wanted: Sequence[Wanted]) -> None:
    for one in wanted:
        one.ungranted = known.ungranted(one.traits, "/traits")
