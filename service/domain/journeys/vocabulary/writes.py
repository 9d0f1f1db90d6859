"""The vocabulary as a resource: declaring words, renaming and merging them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, Uuid, bindparam, select

from service.domain import reading
from service.domain.errors import (
    AlreadyExists,
    DomainError,
    Invalid,
    Kind,
    NotFound,
    Problem,
    StaleVersion,
)
from service.domain.ids import new_id
from service.domain.inputs import Input, Topic
from service.domain.journeys.slugs import vocabulary
from service.domain.journeys.vocabulary import shape
from service.domain.journeys.vocabulary.holding import alone
from service.domain.journeys.vocabulary.inputs import Merge, NewVocabularyEntry
from service.domain.journeys.vocabulary.rewriting import hand_over, rewrite
from service.domain.kinds import words
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work
from service.domain.writing import Written

TOPICS = frozenset(words(Topic))
"""Topics that the contract itself names."""
_COLUMNS = [vocabulary.c[n] for n in ("id", "version", "kind", "slug", "label", "alias_of")]
_MINE = vocabulary.c.workspace_id == WORKSPACE
_ID = bindparam("id", type_=Uuid())
_BY_ID = Statement(select(*_COLUMNS).where(_MINE, vocabulary.c.id == _ID))
_BY_SLUG = Statement(
    select(*_COLUMNS).where(
        _MINE,
        vocabulary.c.kind == bindparam("kind", type_=Text),
        vocabulary.c.slug == bindparam("slug", type_=Text),
    )
)
_ALIASES = Statement(select(*_COLUMNS).where(_MINE, vocabulary.c.alias_of == _ID))


class OnlyUsed(DomainError):
    """A word that nobody declared is there as long as it is used."""

    kind, code = Kind.CONFLICT, "only_used"


@dataclass(frozen=True)
class _Word:
    """A word as it is stored, or as it is used; then its version is 0."""

    id: UUID
    version: int
    kind: str
    slug: str
    label: str
    alias_of: UUID | None

    @property
    def declared(self) -> bool:
        return self.version > 0


class VocabularyEntries(Resource):
    """Channels, devices, departments, actors and topics, one at a time in a workspace."""

    @cached_property
    def written(self) -> Written:
        """Without what is counted."""
        return Written(self.kind, shape.WRITTEN)

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """Declare a word. An alias takes its uses to what it stands for."""
        work.needs(self.writes)
        await alone(work)
        resource_id = resource_id or new_id()
        given = data.model_dump()
        word = _Word(resource_id, 0, given["kind"], given["slug"], "", None)
        if await _word(work, word.kind, word.slug) is not None:
            raise _taken()
        target = await self._target(work, word, given["alias_of"], "/alias_of")
        alias_of = None if target is None else target.id
        label = given["label"] or word.slug
        data = data.model_copy(update={"label": label, "alias_of": alias_of})
        made = await super().create(work, data, resource_id)
        if target is None:
            return made
        await rewrite(work, word.kind, [word.slug], target.slug)
        return await self._now(work, resource_id)

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """Answers with the counts."""
        await super().insert(work, resource_id, values)
        return await self._now(work, resource_id)

    async def change(
        self,
        work: Work,
        resource_id: UUID,
        values: Mapping[str, Any],
        expected: Expected,
        told: Mapping[str, Any] | None = None,
        *,
        tells_whole: bool = False,
    ) -> Document:
        """Answers with the counts."""
        await super().change(work, resource_id, values, expected, told, tells_whole=tells_whole)
        return await self._now(work, resource_id)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Change a word. A new slug is put in the place of the old one, which becomes an alias."""
        del touch
        if not members:
            return await self.unchanged(work, resource_id, expected)
        return await self._write(work, resource_id, members, expected, "/alias_of")

    async def merge(
        self, work: Work, resource_id: UUID, data: Merge, expected: Expected = None
    ) -> Document:
        """Make a word an alias of another, which is answered; it takes over all uses.

        Raises `NotFound`, `StaleVersion`, `Invalid` for a word of another kind or itself.
        """
        work.needs(self.writes)
        await self._write(work, resource_id, {"alias_of": data.into}, expected, "/into")
        (row,) = await work.rows(_BY_ID, id=resource_id)
        return await self._now(work, row["alias_of"])

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """What was declared of a word; where it is used it stays. Its aliases use it."""
        work.needs(self.writes)
        await alone(work)
        if not (await self._found(work, resource_id)).declared:
            raise OnlyUsed("This word is only used: rename it or merge it into another.")
        await super().remove(work, resource_id, expected, detach=detach)

    # -- steps of the above ------------------------------------------------------------------

    async def _write(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        at: str,
    ) -> Document:
        await alone(work)
        word = await self._found(work, resource_id)
        if expected is not None and word.version not in expected:
            raise StaleVersion
        values = {**members}
        slug = values.get("slug", word.slug)
        _check(word, values)
        if slug != word.slug:
            await self._make_room(work, word, slug)
        target = None
        if "alias_of" in values:
            target = await self._target(work, word, values["alias_of"], at)
            values["alias_of"] = target and target.id
        if values.get("label", "") is None or (slug != word.label == word.slug):
            values["label"] = values.get("label") or slug
        aliases = [row["slug"] for row in await work.rows(_ALIASES, id=word.id)]
        if not word.declared:
            await self._declare(work, word)
        if target is not None:
            await hand_over(work, word.id, target.id)
        await super().apply(work, resource_id, values, None, touch=True)
        if target is None and word.alias_of is not None and "alias_of" not in values:
            target = await self._found(work, word.alias_of)
        if slug != word.slug:
            await self._keep(work, word, target)
        if target is not None or slug != word.slug:
            into = slug if target is None else target.slug
            meant = {word.slug, slug, *aliases} - {into}
            await rewrite(work, word.kind, sorted(meant), into)
        return await self._now(work, resource_id)

    async def _found(self, work: Work, resource_id: UUID) -> _Word:
        """A word, declared or only used. Raises `NotFound`."""
        for row in await work.rows(_BY_ID, id=resource_id):
            return _Word(**row)
        found = await reading.documents(work, self.shape, [resource_id])
        if resource_id not in found:
            raise NotFound(self.kind, resource_id)
        shown = msgspec.json.decode(found[resource_id].json)
        return _Word(resource_id, 0, shown["kind"], shown["slug"], shown["label"], None)

    async def _target(
        self, work: Work, word: _Word, target_id: UUID | None, at: str
    ) -> _Word | None:
        """What a word shall stand for: never an alias. Raises `Invalid`."""
        if target_id is None:
            return None
        try:
            target = await self._found(work, target_id)
        except NotFound as error:
            detail = "there is no such word"
            raise Invalid([Problem(at, "unknown_reference", detail)]) from error
        if target.alias_of is not None and target.id != word.id:
            target = await self._found(work, target.alias_of)
        if target.id == word.id:
            raise Invalid([Problem(at, "circular", "a word cannot be an alias of itself")])
        if target.kind != word.kind:
            raise Invalid([Problem(at, "other_kind", f"is no {word.kind} but a {target.kind}")])
        if word.kind == "topic" and word.slug in TOPICS:
            raise Invalid([Problem(at, "fixed", "this topic is one that the contract names")])
        if not target.declared:
            await self._declare(work, target)
        return target

    async def _make_room(self, work: Work, word: _Word, slug: str) -> None:
        """Let a word have a slug: one that is an alias of it gives way. Raises `AlreadyExists`."""
        holder = await _word(work, word.kind, slug)
        if holder is None:
            return
        if holder.alias_of != word.id:
            raise _taken()
        await super().remove(work, holder.id)

    async def _declare(self, work: Work, word: _Word) -> None:
        """Store a word under the id that it is shown with."""
        nothing = dict.fromkeys(("owner", "present", "alias_of"))
        values = {"kind": word.kind, "slug": word.slug, "label": word.label, **nothing}
        await super().insert(work, word.id, values)

    async def _keep(self, work: Work, word: _Word, target: _Word | None) -> None:
        """Keep the slug that a word had as an alias of what stands in its place."""
        alias_of = word.id if target is None else target.id
        kept = replace(word, id=new_id(), label=word.slug)
        nothing = dict.fromkeys(("owner", "present"))
        values = {"kind": kept.kind, "slug": kept.slug, "label": kept.label, **nothing}
        await super().insert(work, kept.id, {**values, "alias_of": alias_of})

    async def _now(self, work: Work, resource_id: UUID) -> Document:
        return (await reading.documents(work, self.shape, [resource_id]))[resource_id]


def _check(word: _Word, values: Mapping[str, Any]) -> None:
    problems = []
    if values.get("kind", word.kind) != word.kind:
        problems.append(Problem("/kind", "fixed", "a word stays of its kind"))
    if word.kind == "topic" and word.slug in TOPICS and values.get("slug", word.slug) != word.slug:
        problems.append(Problem("/slug", "fixed", "this topic is one that the contract names"))
    if problems:
        raise Invalid(problems)


def _taken() -> AlreadyExists:
    detail = "there is such a word already: merge the two"
    return AlreadyExists(detail, [Problem("/slug", "already_exists", detail)])


async def _word(work: Work, kind: str, slug: str) -> _Word | None:
    rows: Sequence[Mapping[str, Any]] = await work.rows(_BY_SLUG, kind=kind, slug=slug)
    return _Word(**rows[0]) if rows else None


VOCABULARY = VocabularyEntries("vocabulary_entry", shape.ENTRY, shape.ENTRIES, NewVocabularyEntry)
