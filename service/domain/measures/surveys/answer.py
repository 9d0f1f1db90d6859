"""Survey answers read from what events tell. Pure.

An answer is an event {survey, score, scale}: `Survey Answered`, or what the workspace's role
`survey` selects. It is stored as it comes, and read leniently: a survey in any case, a score that
is a number or a text that holds one, a scale that is a list of its two ends, a text with both
(`1-5`), or its last end alone; without one, what is usual for the survey. What cannot be read does
not count, and is counted by its reason. This is the one rule, also where KPIs name other fields.

An answer's place on its scale runs from 0 to 1; its emotion is −2 + 4 × place. Of 0.75 or more it
is satisfied, under 0.5 dissatisfied. A scale whose first end is its greater runs downwards.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.domain.history import MISSING, Column, Flags, Ints, Word
from service.domain.measures.numbers import PLAIN, number_of

ANSWERED = "Survey Answered"
FIELDS = ("properties.survey", "properties.score", "properties.scale")
LISTS = ("properties.scale",)
"""Those that may be lists."""
USUAL = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
"""The surveys there are, and the scale of each where an answer tells none."""
SATISFIED, DISSATISFIED = Fraction(3, 4), Fraction(1, 2)
UNKNOWN_SURVEY, NO_SCORE = "unknown_survey", "no_score"
UNREADABLE_SCALE, OUTSIDE_SCALE = "unreadable_scale", "outside_scale"

_LONGEST = 200
_BETWEEN = r"\s*(?:-|–|\.\.|,|:|to)\s*"
_ENDS = re.compile(rf"\s*\[?\s*({PLAIN}){_BETWEEN}({PLAIN})\s*\]?\s*")


Ends: TypeAlias = tuple[Decimal, Decimal]
"""A scale: from its first end, the worst, to its last."""


class Source(NamedTuple):
    """Where answers tell what they say. `survey`: all are answers to this one, whatever they tell;
    `usual`: the scale of those that tell none, else that of the survey."""

    score: str = "properties.score"
    survey: str | None = None
    usual: Ends | None = None


AS_TOLD = Source()


class Said(NamedTuple):
    """An answer as it was read: to which survey, and its score on a scale from first to last."""

    survey: str
    score: Decimal
    first: Decimal
    last: Decimal

    @property
    def place(self) -> Fraction:
        """Where it lies on its scale: 0 to 1."""
        return (Fraction(self.score) - Fraction(self.first)) / (
            Fraction(self.last) - Fraction(self.first)
        )

    @property
    def satisfied(self) -> bool:
        """Whether it lies at 0.75 or more of its scale."""
        return self.place >= SATISFIED

    @property
    def dissatisfied(self) -> bool:
        """Whether it lies under the middle of its scale."""
        return self.place < DISSATISFIED

    @property
    def emotion(self) -> float:
        """The same from −2 to +2."""
        return float(-2 + 4 * self.place)


class Answers(NamedTuple):
    """The answers among events: their rows, what each says (a place in `said`), and how many
    cannot be read, by reason."""

    rows: Ints
    which: Ints
    said: list[Said]
    unread: Mapping[str, int]

    def where(self, judge: Callable[[Said], bool]) -> Ints:
        """The rows of those that `judge` takes."""
        taken = np.array([judge(one) for one in self.said], dtype=np.bool_)
        found: Ints = self.rows[taken[self.which]]
        return found

    def of(self, told: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
        """For each answer, what is `told` of each `said`."""
        return np.asarray(told)[self.which]

    def counts(self) -> Counter[Said]:
        """How many say what."""
        counted = np.bincount(self.which, minlength=len(self.said))
        found = Counter[Said]()
        # 9 and 9.0 are alike.
        for one, number in zip(self.said, counted.tolist(), strict=True):
            found[one] += number
        return +found


def answers(columns: Mapping[str, Column], chosen: Flags, source: Source = AS_TOLD) -> Answers:
    """The answers among the rows that are `chosen`, with the columns of `FIELDS`, or of what the
    `source` names.

    What differs is read once: the loop is over different answers, not over events.
    """
    rows = np.flatnonzero(chosen)
    survey, _, scale = FIELDS
    names = [source.score, scale] if source.survey else [survey, source.score, scale]
    held = [columns[name] for name in names]
    told = np.array([one.codes[rows] for one in held], dtype=np.int64)
    different, which = np.unique(told, axis=1, return_inverse=True)
    read = [_read(source, _words(held, codes)) for codes in different.T.tolist()]
    numbers = np.bincount(which.reshape(-1), minlength=len(read))
    unread = Counter[str]()
    said: list[Said] = []
    place = np.full(len(read), MISSING, dtype=np.int64)
    for n, one in enumerate(read):
        if isinstance(one, str):
            unread[one] += int(numbers[n])
        else:
            place[n] = len(said)
            said.append(one)
    answered = place[which.reshape(-1)] if read else np.zeros(0, dtype=np.int64)
    readable = answered != MISSING
    return Answers(rows[readable], answered[readable], said, unread)


def _read(source: Source, words: list[Word | None]) -> Said | str:
    survey, score, scale = [source.survey, *words] if source.survey else words
    return read_answer(survey, score, scale, source.usual)


def _words(columns: Sequence[Column], codes: Sequence[int]) -> list[Word | None]:
    return [
        None if code == MISSING else one.words[code]
        for one, code in zip(columns, codes, strict=True)
    ]


def to_survey(survey: str, columns: Mapping[str, Column]) -> Flags:
    """Whether rows are of a survey, whatever else they tell."""
    column = columns[FIELDS[0]]
    named = np.array([*(_survey(word) == survey for word in column.words), False])
    found: Flags = named[column.codes]
    return found


def read_answer(
    survey: Word | None, score: Word | None, scale: Word | None, usual: Ends | None = None
) -> Said | str:
    """What an answer says, or why it does not count."""
    name = _survey(survey)
    if name not in USUAL:
        return UNKNOWN_SURVEY
    value = number_of(score)
    if value is None:
        return NO_SCORE
    first, last = map(Decimal, USUAL[name])
    ends = _ends(scale, usual or (first, last))
    if ends is None or ends[0] == ends[1]:
        return UNREADABLE_SCALE
    said = Said(name, value, *ends)
    return said if 0 <= said.place <= 1 else OUTSIDE_SCALE


def _survey(told: Word | None) -> str:
    return told.strip().lower() if isinstance(told, str) else ""


def _ends(scale: Word | None, usual: Ends) -> Ends | None:
    """The ends of a scale, sent as both or as the last alone; None where it is none."""
    if scale is None:
        return usual
    if isinstance(scale, str) and len(scale) <= _LONGEST and (found := _ENDS.fullmatch(scale)):
        first, last = number_of(found[1]), number_of(found[2])
        return None if first is None or last is None else (first, last)
    end = number_of(scale)
    return None if end is None else (usual[0], end)
