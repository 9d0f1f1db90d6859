"""Contacts in memory: who is merged into whom, and what each is shown as.

A merge is an edge of a tree: the loser keeps what it has and points at its winner. What the root
shows is computed from the traits of all below it and the rules of the edges, so that cutting an
edge, in whatever order, leaves both sides as if it had never been.
"""

from collections.abc import Iterable, Iterator, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from service.domain.contacts.traits import Mark, Rules, Traits, put, together

CREATED, UPDATED, MERGED, ARCHIVED = "created", "updated", "merged", "archived"


class Merge(Struct):
    """An edge: why and when two contacts became one."""

    id: UUID
    rules: Rules
    at: datetime
    by: str = "api"


class Person(Struct):
    """One contact: its own traits, and whom it was merged into."""

    id: UUID
    traits: Traits = field(default_factory=lambda: Traits({}, {}))
    merged_into: UUID | None = None
    merge: Merge | None = None
    account_id: UUID | None = None
    account_mark: Mark | None = None
    test: bool = False
    source_updated_at: datetime | None = None
    archived_at: datetime | None = None
    restricted: bool = False
    """Whether what is held of it is only kept."""
    hidden: Set[str] = frozenset()
    """Names of its own traits that are not shown, neither as its own nor as its root's."""
    known: bool = False
    """Whether anything but anonymous ids names it."""
    version: int = 0
    is_new: bool = False
    is_written: bool = False
    verbs: list[str] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    """What the world is told of it, and the members that changed."""

    @property
    def visible(self) -> Traits:
        """Its own traits but those hidden, which are as if it had never had any."""
        if not self.hidden:
            return self.traits
        values, marks = ({**held} for held in self.traits)
        for name in self.hidden:
            values.pop(name, None)
            marks.pop(name, None)
        return Traits(values, marks)


class Family:
    """People, by id, and their merges."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = {one.id: one for one in people}
        self.below: dict[UUID, list[UUID]] = {}
        self._has_restricted = any(one.restricted for one in self.people.values())
        self.merges: list[tuple[Merge, UUID, UUID]] = []
        """Those made here: the merge, winner and loser."""
        self.moved: set[UUID] = set()
        """Those who are shown as another than before."""
        for one in self.people.values():
            if one.merged_into is not None:
                self.below.setdefault(one.merged_into, []).append(one.id)

    def __getitem__(self, contact_id: UUID) -> Person:
        return self.people[contact_id]

    def add(self, person: Person) -> Person:
        """Somebody new."""
        person.is_new = person.is_written = True
        person.verbs.append(CREATED)
        self.people[person.id] = person
        return person

    def root(self, person: Person) -> Person:
        """Whom somebody is shown as."""
        while person.merged_into is not None:
            person = self.people[person.merged_into]
        return person

    def tree(self, root: Person) -> Iterator[Person]:
        """Somebody and all below, each after whom it was merged into."""
        found = [root]
        for one in found:
            yield one
            found += (self.people[which] for which in self.below.get(one.id, ()))

    def is_known(self, root: Person) -> bool:
        """Whether anybody in the tree is named by more than anonymous ids."""
        return any(one.known for one in self.tree(root))

    def is_restricted(self, person: Person) -> bool:
        """Whether anybody shown as the same is: they are one person."""
        if not self._has_restricted:
            return False
        return any(one.restricted for one in self.tree(self.root(person)))

    def shown(self, root: Person) -> Traits:
        """The traits of all in the tree, as the rules of its merges say, the earliest first."""
        if root.id not in self.below:
            return root.visible
        seen: dict[UUID, Traits] = {}
        for one in reversed(list(self.tree(root))):
            traits = one.visible
            for merge, which in sorted(self._merged_into(one), key=_when):
                traits = together(traits, seen.pop(which), merge.rules)
            seen[one.id] = traits
        return seen[root.id]

    def _merged_into(self, winner: Person) -> list[tuple[Merge, UUID]]:
        edges = ((self.people[which].merge, which) for which in self.below.get(winner.id, ()))
        return [(merge, which) for merge, which in edges if merge is not None]

    # -- what may happen to people -----------------------------------------------------------

    def tell(self, person: Person, *members: str, verb: str = UPDATED) -> None:
        """The world is told of whoever shows what changed, and of more than a change itself."""
        root = self.root(person)
        _tell(root, members, verb if person is root else UPDATED)
        if person is not root:
            person.is_written = True
            person.members.update(members)
            if verb != UPDATED:
                person.verbs.append(verb)

    def put(
        self, person: Person, sent: dict[str, Any], mark: Mark, *, as_shown: bool = False
    ) -> bool:
        """Set traits of one; whether any changed. What is removed `as_shown` of a root is shown no
        more, even where it is another's who was merged into it.
        """
        shown = self.shown(person).values if as_shown and None in sent.values() else None
        changed, marked_anew = put(person.traits, sent, mark, shown)
        if changed:
            person.hidden -= changed
            self.tell(person, "traits")
        elif marked_anew:
            # The mark of one may decide what the root shows.
            person.is_written = self.root(person).is_written = True
        return bool(changed)

    def forget(self, person: Person, names: Set[str], mark: Mark) -> None:
        """Remove these traits of its own, however new they are; told by their names."""
        gone = names & person.traits.values.keys()
        for name in gone:
            del person.traits.values[name]
            instant, _ = person.traits.marks.get(name, mark)
            person.traits.marks[name] = max(instant, mark[0]), mark[1]
        person.hidden -= gone
        self._tell_traits(person, gone)

    def hide(self, person: Person, names: Set[str]) -> None:
        """Show none of its own traits of these names, and all others; told by their names."""
        hidden = names & person.traits.values.keys()
        turned = hidden ^ person.hidden
        person.hidden = hidden
        self._tell_traits(person, turned)

    def _tell_traits(self, person: Person, names: Set[str]) -> None:
        if names:
            self.tell(person, "traits", *(f"traits.{name}" for name in sorted(names)))

    def merge(self, winner: Person, loser: Person, merge: Merge) -> None:
        """Show the loser, who is a root, and all below as the winner."""
        loser.merged_into, loser.merge = winner.id, merge
        self.below.setdefault(winner.id, []).append(loser.id)
        self.merges.append((merge, winner.id, loser.id))
        for one in self.tree(loser):
            one.is_written = True
            self.moved.add(one.id)
        self.tell(loser, "merged_into_id", verb=MERGED)

    def part(self, loser: Person) -> None:
        """Undo a merge: the loser, and who is below, is shown as itself again."""
        winner = self.people[loser.merged_into or loser.id]
        self.below[winner.id].remove(loser.id)
        if not self.below[winner.id]:
            del self.below[winner.id]
        self.tell(winner, "traits", "identifiers")
        loser.merged_into = loser.merge = None
        for one in self.tree(loser):
            one.is_written = True
            self.moved.add(one.id)
        self.tell(loser, "merged_into_id")

    def written(self) -> Iterator[dict[str, Any]]:
        """The rows of all that changed, as the tables keep them."""
        seen: dict[UUID, tuple[Person, Traits]] = {}
        for one in [one for one in self.people.values() if one.is_written]:
            root = self.root(one)
            if root.id not in seen:
                seen[root.id] = root, self.shown(root)
        for one in self.people.values():
            if one.is_written:
                root = self.root(one)
                yield _row(one, root, seen[root.id][1], has_others=one.id in self.below)


def _tell(one: Person, members: tuple[str, ...], verb: str) -> None:
    one.is_written = True
    one.members.update(members)
    if verb not in one.verbs and not (verb == UPDATED and one.verbs):
        one.verbs.append(verb)


def _when(edge: tuple[Merge, UUID]) -> tuple[datetime, UUID]:
    return edge[0].at, edge[0].id


def _row(one: Person, root: Person, shown: Traits, *, has_others: bool) -> dict[str, Any]:
    is_root = one is root
    return {
        "id": one.id,
        "root_id": root.id,
        "merged_into_id": one.merged_into,
        "account_id": one.account_id,
        "account_mark": one.account_mark,
        "traits": shown.values if is_root else one.visible.values,
        "own_traits": one.traits.values if one.hidden or (is_root and has_others) else None,
        "hidden_traits": sorted(one.hidden) or None,
        "trait_marks": one.traits.marks,
        "test": one.test,
        "source_updated_at": one.source_updated_at,
        "archived_at": one.archived_at,
        "is_new": one.is_new,
        "is_told": bool(one.verbs),
    }
