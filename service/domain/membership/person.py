"""One contact as filters ask it: what is stored, and what it did and agreed to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from service.domain.filters import (
    Answer,
    ContactLeaf,
    Filter,
    Test,
    dump,
    evaluate,
    lookup_in,
    tests,
)

_encode = msgspec.json.Encoder(order="sorted").encode


class Person(NamedTuple):
    """A contact as it is shown; `left_out` says why figures leave it out.

    `answers` are those of `did`, `at` and `consent`, by `written`.
    """

    id: UUID
    values: Mapping[str, object]
    answers: Mapping[bytes, Answer]
    left_out: str | None = None

    def answer(self, filter: Filter) -> Answer:
        """Whether a settled filter is true of the contact, false, or unknown."""
        return evaluate(filter, self.lookup, lambda leaf: self.answers[written(leaf)])

    def lookup(self, field: str) -> object:
        """What is stored of a field; None: nothing."""
        return lookup_in(self.values)(field)


def written(filter: Filter) -> bytes:
    """What a filter is known by: as a value it would equal another, 1 being True."""
    return _encode(dump(filter))


def of_history(settled: Iterable[Filter]) -> dict[bytes, ContactLeaf]:
    """The leaves that only a contact's history answers, each once."""
    return {written(leaf): leaf for leaf in _leaves(settled)}


def _leaves(settled: Iterable[Filter]) -> Iterator[ContactLeaf]:
    for filter in settled:
        for _, leaf in tests(filter, ""):
            if not isinstance(leaf, Test):
                yield leaf  # type: ignore[misc]
