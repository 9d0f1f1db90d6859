"""What a finding feels like, from −2 to +2: as it was sent, by its rating, or by its words.

Words are scored by VADER (Hutto and Gilbert 2014: a lexicon of English and rules for negation and
emphasis), sentence by sentence, and the mean over the sentences is mapped from −1…+1 onto −2…+2.
English alone is scored: what says so, or what says nothing and reads so beyond doubt.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

LEAST, GREATEST = -2.0, 2.0
LONGEST = 10_000
"""Characters of a text that is scored: what is longer would hold up everybody else."""
PLAINLY = 0.2
"""The share of words that must be English beyond doubt, where no language is told."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BETWEEN = re.compile(r"(?<=[.!?…\n])\s+")
# Common in English, and in no other language that is written with plain letters.
_ENGLISH = frozenset(
    {
        *("the", "and", "that", "this", "these", "those", "with", "they", "them", "their", "there"),
        *("you", "your", "yours", "our", "ours", "its", "it's", "it", "i'm", "i've", "i'd", "of"),
        *("which", "what", "when", "where", "who", "whose", "why", "because", "would", "could"),
        *("should", "can't", "couldn't", "don't", "didn't", "doesn't", "isn't", "wasn't", "won't"),
        *("wouldn't", "were", "been", "being", "from", "about", "after", "before", "into", "than"),
        *("through", "every", "everything", "nothing", "something", "never", "always", "without"),
        *("only", "just", "then", "had", "has", "have", "having", "does", "did", "very", "too"),
        *("much", "many", "more", "most", "some", "any", "other", "another", "nobody", "everybody"),
    }
)


class Judged(NamedTuple):
    """A sentiment, what it rests on, and why there is none."""

    sentiment: float | None
    basis: str | None
    reason: str | None


def judged(
    sent: float | None,
    rating: tuple[float, Sequence[float]] | None,
    text: str | None,
    language: str | None,
) -> Judged:
    """The sentiment of a finding: the one sent, else by its rating, else by its words.

    `rating` is a value with the two ends of its scale. The basis is `sent`, `rating` or `scored`;
    the reason of none is `no_text`, `not_english`, `language_unknown`, `too_long` or
    `no_known_words`.
    """
    if sent is not None:
        return Judged(sent, "sent", None)
    if rating is not None:
        return Judged(mapped(rating[0], *rating[1]), "rating", None)
    if (reason := _unscored(text, language)) is not None or text is None:
        return Judged(None, None, reason)
    score = _scored(text)
    if score is None:
        return Judged(None, None, "no_known_words")
    return Judged(score, "scored", None)


def mapped(value: float, first: float, last: float) -> float:
    """A rating on the line from −2, the first end of its scale, to +2, the last."""
    place = LEAST + (GREATEST - LEAST) * (value - first) / (last - first)
    return min(max(place, LEAST), GREATEST) + 0.0


def _unscored(text: str | None, language: str | None) -> str | None:
    """Why a text is not scored; None when it may be."""
    if text is None or not text.strip():
        return "no_text"
    if language is None and not _is_plainly_english(text):
        return "language_unknown"
    if language is not None and language.lower().partition("-")[0] not in ("en", "eng"):
        return "not_english"
    return "too_long" if len(text) > LONGEST else None


def _is_plainly_english(text: str) -> bool:
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text[:LONGEST])]
    if not text.isascii() and not all(word.isascii() for word in words):
        return False
    return bool(words) and sum(word in _ENGLISH for word in words) >= PLAINLY * len(words)


def _scored(text: str) -> float | None:
    """The mean over the sentences that say anything; None when no word is known."""
    found = [_vader().polarity_scores(one) for one in _BETWEEN.split(text) if one.strip()]
    if not any(one["neg"] or one["pos"] for one in found):
        return None
    return GREATEST * sum(float(one["compound"]) for one in found) / len(found) + 0.0


@cache
def _vader() -> Any:
    """The analyzer, loaded when the first text is to be scored; safe in several threads."""
    from vader import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
