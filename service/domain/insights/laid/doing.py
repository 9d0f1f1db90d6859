"""How often each person, or session, did what events are called: told apart from any map. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Column, Flags, Histories, Ints, Word


class Done(NamedTuple):
    """Pairs of somebody, by number, and the code of a name, each once, with how often it was done.
    `people` are who they are, as histories say it; of sessions nobody."""

    who: Ints
    name: Ints
    times: Ints
    words: Sequence[Word]
    people: bytes = b""

    def by(self, those: Flags) -> "Done":
        """What some of them did."""
        rows = np.flatnonzero(those[self.who])
        return self._replace(who=self.who[rows], name=self.name[rows], times=self.times[rows])

    def counts(self) -> dict[str, tuple[int, int]]:
        """By name how many did it, and how often."""
        people = np.bincount(self.name, minlength=len(self.words))
        times = np.bincount(self.name, weights=self.times, minlength=len(self.words))
        both = zip(people.tolist(), times.astype(np.int64).tolist(), strict=True)
        return dict(zip(map(str, self.words), both, strict=True))


def done(who: NDArray[np.integer[Any]], names: Column, people: bytes = b"") -> Done:
    """Of rows that each have a name."""
    used, code = np.unique(names.codes, return_inverse=True)
    size = max(len(used), 1)
    keys, times = np.unique(who.astype(np.int64) * size + code, return_counts=True)
    words = [names.words[one] for one in used.tolist()]
    return Done(*np.divmod(keys, size), times, words, people)


def done_by_people(found: Histories, inside: Flags) -> Done:
    """Of those of some events that are `inside` a range."""
    rows = np.flatnonzero(inside)
    return done(found.person[rows], found.columns["event"].at(rows), found.people)
