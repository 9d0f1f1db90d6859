"""People and organisations as the tracking protocol tells of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service.domain.contacts import account, checking
from service.domain.contacts.account import Organisation
from service.domain.contacts.checking import Catalogue
from service.domain.contacts.consents import Entry, Terms, is_granted, words_about_sensitive
from service.domain.contacts.family import CREATED, MERGED, Person
from service.domain.contacts.identified import (
    NOT_JOINED,
    SET_BY_SERVER,
    Identified,
    Identities,
)
from service.domain.contacts.linking import Naming, group_identity, join, link, names
from service.domain.contacts.reads import family, led_to, one_at_a_time
from service.domain.contacts.traits import SERVER, Mark, Traits, marked, overfull, put, stays
from service.domain.contacts.upserting import ONLY_KEPT
from service.domain.contacts.writes import store
from service.domain.errors import Problem
from service.domain.identities import identity
from service.domain.work import Scope, Work

LONGEST_GROUP = 200
"""Characters of a group's id: it is an external id of its account."""


async def identified(work: Work, changes: Sequence[Identified]) -> Identities:
    """Take what messages say of people and organisations, in their order.

    Contacts come to be for identifiers that nobody has. `identify` with both ids shows an
    anonymous person as the user, `alias` the previous one as the new one; neither joins two known
    users by a public key, nor an anonymous id that is another's already. Traits go by their time,
    and what a server key set no public key sets otherwise.

    Traits that may not be stored are left out and named. It takes at most thirteen statements,
    whatever the number of messages, and one where everybody is known and nothing else is said.
    From its second statement on it keeps others of the workspace waiting until the work ends.
    """
    work.needs(Scope.EVENTS_WRITE)
    wanted = _identifiers(work, changes)
    if not wanted and all(one.tells_no_more for one in changes):
        return Identities()
    if all(one.tells_no_more and not one.passing for one in changes):
        known = await led_to(work, wanted)
        if known.keys() == set(wanted):
            return Identities()
    await one_at_a_time(work)
    known = await led_to(work, wanted)
    people = await family(work, known.values(), linking=True)
    naming = Naming(work.caller.workspace_id, known, people)
    told = await _taking(work, changes, naming)
    groups = await _organisations(work, told, changes)
    for index, message in enumerate(changes):
        told.take(index, message, groups)
    await account.store(work, groups.values())
    await store(work, people, naming.new)
    verbs = [verb for person in people.people.values() for verb in person.verbs]
    return Identities(
        verbs.count(CREATED),
        sum("updated" in one.verbs for one in people.people.values()),
        verbs.count(MERGED),
        {index: tuple(problems) for index, problems in told.refused.items()},
        told.left,
        told.withheld,
        told.lost,
    )


def _identifiers(work: Work, changes: Sequence[Identified]) -> list[UUID]:
    every = dict.fromkeys(pair for message in changes for pair in names(message))
    return [identity(work.caller.workspace_id, source, value) for source, value in every]


async def _taking(work: Work, changes: Sequence[Identified], naming: Naming) -> "_Told":
    """With what the catalogue and the ledger say of the traits sent."""
    sent = [one.traits for one in changes if one.kind == "identify" and one.traits]
    known = await checking.catalogue(work, sent)
    asks = known.sensitive or any(one.passing for one in changes)
    said = await words_about_sensitive(work, list(naming.family.people) if asks else [])
    return _Told(naming, known, said, work.now)


async def _organisations(
    work: Work, told: "_Told", changes: Sequence[Identified]
) -> dict[str, Organisation]:
    """The organisations that messages name; new ones are made in memory."""
    wanted: dict[str, None] = {}
    for index, one in enumerate(changes):
        if one.kind != "group" or not one.group_id:
            continue
        if len(one.group_id) > LONGEST_GROUP:
            detail = f"must be at most {LONGEST_GROUP} characters long"
            told.refused[index] = [Problem("/groupId", "too_long", detail)]
        else:
            wanted[one.group_id] = None
    found = await account.organisations(work, list(wanted)) if wanted else {}
    for group_id in wanted:
        if group_id not in found:
            which = group_identity(work.caller.workspace_id, group_id)
            found[group_id] = Organisation(
                which, group_id, group_id, Traits({}, {}), is_new=True, is_written=True
            )
    return found


class _Told:
    """Messages being taken: what may be stored of them, and what was refused."""

    def __init__(
        self,
        naming: Naming,
        known: Catalogue,
        said: Mapping[UUID, tuple[Entry, Terms]],
        now: datetime,
    ) -> None:
        self.naming = naming
        self.known = known
        self.said = said
        self.now = now
        self.refused: dict[int, list[Problem]] = {}
        self.left: dict[int, str] = {}
        self.withheld: dict[int, frozenset[str]] = {}
        self.lost: dict[int, frozenset[str]] = {}

    def take(self, index: int, message: Identified, groups: dict[str, Organisation]) -> None:
        """One message."""
        person, joined = link(self.naming, message, self.now)
        if not joined:
            self.left[index] = NOT_JOINED
        if person is not None and message.kind == "identify" and message.traits:
            self._describe(index, message, person)
        if message.passing and not self._has_granted(person):
            self.withheld[index] = message.passing
        group = groups.get(message.group_id or "") if message.kind == "group" else None
        if group is not None:
            self._describe_group(index, message, group)
            if person is not None and self._is_only_kept(index, person):
                return
            if person is not None:
                self._join(index, message, person, group)

    def _describe(self, index: int, message: Identified, person: Person) -> None:
        sent = dict(message.traits or {})
        if self._is_only_kept(index, person):
            return
        problems = self.known.problems(sent, "/traits")
        lacking = self.known.ungranted(sent, "/traits")
        if lacking and not self._has_granted(person):
            problems += lacking
        kept = checking.taken(sent, problems)
        if why := overfull(person.traits, kept, public=message.public):
            kept, problems = {}, [*problems, Problem("/traits", "too_large", why)]
        if problems:
            self.refused.setdefault(index, []).extend(problems)
            self.lost[index] = self.known.sensitive_among(sent).difference(kept)
        if kept:
            mark = self._marked(index, message, person.traits, kept)
            self.naming.family.put(person, kept, mark)

    def _has_granted(self, person: Person | None) -> bool:
        """Whether they granted by now that sensitive data of theirs are held: all together who are
        shown as one since the message before.
        """
        if person is None or not self.said:
            return False
        family = self.naming.family
        said = [
            self.said[one.id] for one in family.tree(family.root(person)) if one.id in self.said
        ]
        return bool(said) and is_granted([word for word, _ in said], said[0][1], self.now)

    def _marked(
        self, index: int, message: Identified, held: Traits, sent: Mapping[str, Any]
    ) -> Mark:
        """The mark of what is sent. What stays whatever its value is told, and so tells none."""
        mark = marked(min(message.at, self.now), public=message.public)
        if stays(held, sent, mark):
            self.left[index] = SET_BY_SERVER
        return mark

    def _join(self, index: int, message: Identified, person: Person, group: Organisation) -> None:
        before = person.account_mark
        if message.public and before is not None and before[1] == SERVER:
            self.left[index] = SET_BY_SERVER
        if join(person, group.id, message, self.now):
            self.naming.family.tell(person, "account_id")

    def _is_only_kept(self, index: int, person: Person) -> bool:
        """Whether nothing that is held of somebody may change; then that is told."""
        is_restricted = self.naming.family.is_restricted(person)
        if is_restricted:
            self.refused.setdefault(index, []).append(ONLY_KEPT)
        return is_restricted

    def _describe_group(self, index: int, message: Identified, group: Organisation) -> None:
        sent = dict(message.traits or {})
        problems = checking.unbound(sent, "/traits")
        kept = checking.taken(sent, problems)
        if why := overfull(group.traits, kept, public=message.public):
            kept, problems = {}, [*problems, Problem("/traits", "too_large", why)]
        if problems:
            self.refused.setdefault(index, []).extend(problems)
        mark = self._marked(index, message, group.traits, kept)
        changed, marked_anew = put(group.traits, kept, mark)
        group.is_written |= bool(changed) or marked_anew
        name = group.traits.values.get("name")
        if "name" in changed and isinstance(name, str) and name.strip():
            group.name = name[:500]
