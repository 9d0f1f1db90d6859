"""What gaps are computed from, and its maps one by one: each is decoded, looked at and let go.

However many maps are asked for, one is held beside their text, or two where one of them is
compared with what shall be.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from msgspec import Raw
from msgspec.json import Decoder

from service.domain.insights.gaps.aimed import NOT_ASKED, Aimed
from service.domain.insights.gaps.aims import Links, linked
from service.domain.insights.gaps.handoffs import changes
from service.domain.insights.gaps.map import Finding, Head, Line, Map, Read, settled
from service.domain.insights.gaps.passage import Passage, Tie
from service.domain.insights.gaps.revised import as_it_was
from service.domain.insights.gaps.scene import Range, Scene
from service.domain.insights.revised import Revised

_read = Decoder(Read).decode
_head = Decoder(Head).decode
_findings = Decoder(list[Finding]).decode
_map = Decoder(Map).decode


class Held(NamedTuple):
    """What was read, and what is needed of all maps at once: where each stands in the text, the
    newest to-be map of each that has one, and the profiles that findings are compared with."""

    read: Read
    texts: Mapping[str, Raw]
    to_be: Mapping[str, str]
    profile_ids: frozenset[str]
    was: Mapping[str, Revised]
    """What maps are asked for as they were: of these, what their revision holds."""


class Material(NamedTuple):
    """What one computation takes. `against` is compared with, else each map's own to-be map."""

    journey_ids: Sequence[UUID]
    held: Held
    lineage: Mapping[str, Line]
    against: str | None
    between: Range
    passages: Mapping[UUID, Passage] = MappingProxyType({})
    """What events tell of maps, where they were asked."""
    aimed: Mapping[UUID, Aimed] = MappingProxyType({})
    """How KPIs stand that are attached to maps, where that was asked."""


class Look(NamedTuple):
    """A map to be looked at, its to-be map where there is one, the actions that name gaps, and how
    its KPIs stand."""

    scene: Scene
    twin: Scene | None
    links: Links
    aimed: Aimed = NOT_ASKED


def held(text: str | bytes, was: Mapping[str, Revised]) -> Held:
    """The JSON of a `Read`, as far as all maps are needed at once."""
    read = _read(text)
    heads = [_head(one) for one in read.maps]
    return Held(
        read,
        {head.id: one for head, one in zip(heads, read.maps, strict=True)},
        # The newest last: of several to-be maps the last one stays.
        {one.as_is_id: one.id for one in heads if one.as_is_id and one.perspective == "to_be"},
        frozenset(which for head in heads for which in _compared(head, head.id in was)),
        was,
    )


def _compared(head: Head, as_it_was: bool) -> set[str]:
    """The profiles of a map's personas and findings, where there are both, and other ones.

    Of a map as it was they may be others: its personas were some of those that are read.
    """
    own = {persona.profile_id for persona in head.personas if persona.profile_id}
    if not own:
        return set()
    theirs = {one.profile_id for one in _findings(head.findings) if one.profile_id}
    return own | theirs if theirs - own or (theirs and as_it_was) else set()


def looks(asked: Material) -> Iterator[tuple[UUID, Look]]:
    """Each map there is of those that are asked for."""
    links = linked(asked.held.read.linked)
    for which in asked.journey_ids:
        if (one := str(which)) in asked.held.texts:
            twin = asked.against or asked.held.to_be.get(one)
            other = _scene(asked, _now(asked, twin)) if twin else None
            told = asked.passages.get(which)
            scene = _scene(asked, _shown(asked, one), told)
            yield which, Look(scene, other, links, asked.aimed.get(which, NOT_ASKED))


def ties_of(asked: Material) -> dict[UUID, dict[str, list[Tie]]]:
    """The transitions of each map there is that tells what is, by their `from`."""
    found: dict[UUID, dict[str, list[Tie]]] = {}
    for which in asked.journey_ids:
        if (one := str(which)) not in asked.held.texts:
            continue
        shown = _shown(asked, one)
        if shown.perspective == "to_be":
            continue
        settled(shown)
        found[which] = {}
        steps = {step.id: step for step in shown.steps}
        for ends in dict.fromkeys((tie.from_id, tie.to_id) for tie in shown.transitions):
            straight = not changes(*(steps[end] for end in ends))
            found[which].setdefault(ends[0], []).append(Tie(*ends, straight))
    return found


def _shown(asked: Material, which: str) -> Map:
    now = _now(asked, which)
    return as_it_was(now, asked.held.was[which]) if which in asked.held.was else now


def _now(asked: Material, which: str) -> Map:
    return _map(asked.held.texts[which])


def _scene(asked: Material, one: Map, told: Passage | None = None) -> Scene:
    read = asked.held.read
    return Scene(one, read.limits, read.today, asked.lineage, asked.between, passage=told)
