"""What may be stored of a person: bounds, the catalogue's types, and sensitive traits."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple
from uuid import UUID

from service.domain import audiences
from service.domain.contacts.consents import with_explicit_grant
from service.domain.errors import Problem, pointer
from service.domain.work import Scope, Work

NO_GRANT = "consent_required"


class Catalogue(NamedTuple):
    """What the workspace's attributes ask of traits of these names."""

    own: Mapping[str, audiences.Attribute]
    sensitive: frozenset[str]

    def problems(self, traits: Mapping[str, Any], at: str) -> list[Problem]:
        """What is wrong with values: bounds and types."""
        return audiences.check_traits(traits, self.own, at)

    def ungranted(self, traits: Mapping[str, Any], at: str) -> list[Problem]:
        """What only an explicit grant would let in."""
        named = self.sensitive_among(traits)
        detail = "is sensitive, and needs an explicit grant of this person's"
        return [Problem(at + pointer(name), NO_GRANT, detail) for name in traits if name in named]

    def sensitive_among(self, traits: Mapping[str, Any]) -> frozenset[str]:
        """The names of those that are sensitive and tell a value."""
        return frozenset(n for n in self.sensitive & traits.keys() if traits[n] is not None)


def taken(sent: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """The traits that nothing is wrong with; none where that is wrong with all of them together, or
    with whose they are.
    """
    wrong = {problem.pointer for problem in problems}
    if not wrong.isdisjoint(("", "/traits", "/groupId")):
        return {}
    return {
        name: value
        for name, value in sent.items()
        if not any(w == (at := "/traits" + pointer(name)) or w.startswith(at + "/") for w in wrong)
    }


def put_by(
    sent: Mapping[str, Any], problems: Sequence[Problem], lost: Set[str]
) -> dict[str, Any] | None:
    """The traits that were not taken and may be kept to be mended: none of those `lost`.

    None for somebody restricted, of whom nothing more is kept.
    """
    if any(not problem.pointer for problem in problems):
        return None
    gone = taken(sent, problems).keys() | lost
    return {name: value for name, value in sent.items() if name not in gone}


def unbound(traits: Mapping[str, Any], at: str) -> list[Problem]:
    """What is out of bounds in traits that no catalogue speaks of: an organisation's."""
    return audiences.bounded_json(traits, at, audiences.MAX_TRAITS)


async def catalogue(work: Work, traits: Iterable[Mapping[str, Any]]) -> Catalogue:
    """The catalogue, as far as it speaks of these traits."""
    keys = sorted({key for one in traits for key in one})
    own = await audiences.own_attributes(work, keys) if keys else {}
    return Catalogue(own, frozenset(key for key in keys if audiences.is_sensitive(key, own)))


async def sensitive(work: Work, names: Iterable[str]) -> frozenset[str]:
    """Those of these traits that need an explicit grant."""
    work.needs(Scope.EVENTS_WRITE)
    return (await catalogue(work, [dict.fromkeys(names)])).sensitive


async def granted(work: Work, known: Catalogue, contacts: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these contacts may have the sensitive traits that were sent; asks if any were."""
    return await with_explicit_grant(work, contacts) if known.sensitive else frozenset()
