"""Words that stay what they are until a work that writes them has ended.

Whoever renames a word rewrites what is there. A write that it does not see, and that does not see
it, would leave the old word for good; so those who write words and those who change what they
stand for wait for each other. They do so before they lock any row, else in a circle.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from service.domain import references
from service.domain.journeys.slugs import KINDS, columns_of
from service.domain.resources import Resource
from service.domain.work import Work

_VOCABULARY = "vocabulary"


class UsesWords(Resource):
    """A resource whose members, or those of its parts, are words of the vocabulary."""

    async def ahead(self, work: Work, members: Mapping[str, Any]) -> None:
        """Hold the vocabulary where a word is sent."""
        await super().ahead(work, members)
        if holds_words(members):
            await self._hold(work)

    async def _hold(self, work: Work) -> None:
        """Hold it for words that are not sent, and written all the same."""
        await hold(work)


async def alone(work: Work) -> None:
    """Let one work of the workspace at a time change what words stand for, and none use them."""
    await references.one_at_a_time(work, _VOCABULARY)


async def hold(work: Work) -> None:
    """Let no word change what it stands for until the work ends."""
    await references.beside_others(work, _VOCABULARY)


def holds_words(sent: Any) -> bool:
    """Whether there is a word anywhere in what was sent."""
    if isinstance(sent, Mapping):
        names = _names()
        return any((n in names and v) or holds_words(v) for n, v in sent.items())
    return isinstance(sent, list) and any(holds_words(one) for one in sent)


@cache
def _names() -> frozenset[str]:
    """The columns that hold words, in the tables of all slices."""
    return frozenset(column.name for kind in KINDS for column in columns_of(kind))
