"""Survey answers read from what events tell. Pure.

An answer is the event `Survey Answered` {survey, score, scale}. It is stored as it comes, and read
leniently: a survey in any case, a score that is a number or a text that holds one, a scale that is
a list of its two ends, a text with both (`1-5`), or its last end alone; without one, what is usual
for the survey. What cannot be read does not count, and is counted by its reason.

An answer's place on its scale runs from 0 to 1; its emotion is −2 + 4 × place. Of 0.75 or more it
is satisfied, under 0.5 dissatisfied. A scale whose first end is its greater runs downwards.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import MISSING, Column, Flags, Histories, Ints, Word

ANSWERED = "Survey Answered"
FIELDS = ("properties.survey", "properties.score", "properties.scale")
LISTS = ("properties.scale",)
"""Those that may be lists."""
USUAL = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
"""The surveys there are, and the scale of each where an answer tells none."""
SATISFIED, DISSATISFIED = Fraction(3, 4), Fraction(1, 2)
UNKNOWN_SURVEY, NO_SCORE = "unknown_survey", "no_score"
UNREADABLE_SCALE, OUTSIDE_SCALE = "unreadable_scale", "outside_scale"

_NUMBER = r"[+-]?\d{1,15}(?:\.\d{1,15})?"
_ALONE = re.compile(rf"\s*({_NUMBER})\s*")
_BETWEEN = r"\s*(?:-|–|\.\.|,|:|to)\s*"
_ENDS = re.compile(rf"\s*\[?\s*({_NUMBER}){_BETWEEN}({_NUMBER})\s*\]?\s*")


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


def answers(found: Histories, chosen: Flags) -> Answers:
    """The answers among the rows that are `chosen`; `found` has `FIELDS` as columns.

    What differs is read once: the loop is over different answers, not over events.
    """
    rows = np.flatnonzero(chosen)
    columns = [found.columns[name] for name in FIELDS]
    told = np.array([one.codes[rows] for one in columns], dtype=np.int64)
    different, which = np.unique(told, axis=1, return_inverse=True)
    read = [read_answer(*_words(columns, codes)) for codes in different.T.tolist()]
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


def _words(columns: Sequence[Column], codes: Sequence[int]) -> list[Word | None]:
    return [
        None if code == MISSING else one.words[code]
        for one, code in zip(columns, codes, strict=True)
    ]


def read_answer(survey: Word | None, score: Word | None, scale: Word | None) -> Said | str:
    """What an answer says, or why it does not count."""
    name = survey.strip().lower() if isinstance(survey, str) else ""
    if name not in USUAL:
        return UNKNOWN_SURVEY
    value = _number(score)
    if value is None:
        return NO_SCORE
    ends = _scale(name, scale)
    if ends is None or ends[0] == ends[1]:
        return UNREADABLE_SCALE
    said = Said(name, value, *ends)
    return said if 0 <= said.place <= 1 else OUTSIDE_SCALE


def _number(value: Word | None) -> Decimal | None:
    """A number, also where a text holds it; those of more than 15 digits on a side are none."""
    if isinstance(value, bool) or value is None:
        return None
    found = _ALONE.fullmatch(str(value))
    return Decimal(found[1]) if found else None


def _scale(survey: str, scale: Word | None) -> tuple[Decimal, Decimal] | None:
    first, last = map(Decimal, USUAL[survey])
    return (first, last) if scale is None else ends_of(scale, first)


def ends_of(scale: Word, first: Decimal) -> tuple[Decimal, Decimal] | None:
    """The ends of a scale, sent as both or as the last alone; None where it is none."""
    if isinstance(scale, str) and (found := _ENDS.fullmatch(scale)):
        return Decimal(found[1]), Decimal(found[2])
    end = _number(scale)
    return None if end is None else (first, end)
