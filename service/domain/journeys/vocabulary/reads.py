"""What words mean: those that are aliases, found for a whole map at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, func, select

from service.domain.journeys.slugs import vocabulary
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work

Members = dict[str, Any]
_alias, _target = vocabulary.alias("alias"), vocabulary.alias("target")
_is_one = (
    _alias.c.workspace_id == WORKSPACE,
    _alias.c.slug == func.any(bindparam("words", type_=ARRAY(Text))),
    _target.c.workspace_id == _alias.c.workspace_id,
    _target.c.id == _alias.c.alias_of,
)
_told = (_alias.c.kind, _alias.c.slug, _target.c.slug.label("meant"))
_MEANT = Statement(select(*_told).where(*_is_one))
_MEANINGS = Statement(select(func.array_agg(func.row(*_told))).where(*_is_one))
"""The same as one value, for a read."""
_OF_STEPS = ("channel", "device", "department")
_MET = ("channel", "device")


async def meanings(work: Work, words: Collection[str]) -> dict[tuple[str, str], str]:
    """What words that were written once are called now, by kind and word; the others left out."""
    work.needs(Scope.MAPS_READ)
    rows = await work.value(_MEANINGS, words=sorted(words)) if words else ()
    return {(kind, slug): meant for kind, slug, meant in rows or ()}


async def resolve(
    work: Work,
    steps: Iterable[Members] = (),
    transitions: Iterable[Members] = (),
    activities: Iterable[Members] = (),
) -> None:
    """Put what aliases stand for in their place: one statement, none where there are no words.

    Whoever writes the columns does the same; done before, what was sent can be compared with what
    is stored.
    """
    steps = list(steps)
    held = [*_held(steps, transitions, activities)]
    words = {holder[name] for holder, name, _ in held} | {w for s in steps for w in _actors(s)}
    rows = await work.rows(_MEANT, words=sorted(words)) if words else ()
    meant = {(row["kind"], row["slug"]): row["meant"] for row in rows}
    if not meant:
        return
    for holder, name, kind in held:
        holder[name] = meant.get((kind, holder[name]), holder[name])
    for step in steps:
        if any(("actor", word) in meant for word in _actors(step)):
            each = [meant.get(("actor", word), word) for word in step["actors"]]
            step["actors"] = list(dict.fromkeys(each))


def _held(
    steps: Iterable[Members], transitions: Iterable[Members], activities: Iterable[Members]
) -> Iterator[tuple[Members, str, str]]:
    """Whoever holds a word, the member that holds it, and the word's kind."""
    for step in steps:
        yield from ((step, name, name) for name in _OF_STEPS if step.get(name))
        for met in step.get("touchpoints") or ():
            yield from ((met, name, name) for name in _MET if met.get(name))
    yield from ((edge, "received_by", "department") for edge in transitions if edge["received_by"])
    yield from ((one, "department", "department") for one in activities if one["department"])


def _actors(step: Mapping[str, Any]) -> list[str]:
    return step.get("actors") or []
