"""What messages tell of people in passing, in their context: nothing that nobody may keep."""

from collections.abc import Collection, Sequence
from uuid import UUID

from service.domain.contacts import checking
from service.domain.contacts.reads import led_to
from service.domain.work import Scope, Work


async def withheld(work: Work, told: Sequence[tuple[UUID, Collection[str]]]) -> list[set[str]]:
    """Of each identifier and the names of traits told of whom it leads to, the names that are not
    to be kept: sensitive ones without an explicit grant. At most three statements.
    """
    work.needs(Scope.EVENTS_WRITE)
    known = await checking.catalogue(work, [dict.fromkeys(names) for _, names in told])
    if not known.sensitive:
        return [set() for _ in told]
    owners = await led_to(work, [who for who, _ in told])
    granted = await checking.granted(work, known, list(set(owners.values())))
    return [
        set() if owners.get(who) in granted else {*names} & known.sensitive for who, names in told
    ]
