"""Worries that several maps share, and texts that say the same without bearing a theme yet.

Two texts are alike when the sets of their words overlap: Jaccard's index, common words ÷ all words,
of 0.5 or more. Texts are normalised (NFKC, case folded); words of up to two letters and the
commonest of English are left out, and Chinese, Japanese and Korean, which set no spaces that would
help, are taken by pairs of characters. Of a text that keeps fewer than two words nothing says what
it is about: it is like none but those that are equal, case and punctuation aside. Each text joins
the group whose first text is most like it, or begins one of its own; so every text is compared with
the first of each group alone.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from service.domain.answers import told
from service.domain.insights.emotion_curve import CurveExclusion, Id
from service.domain.insights.families import TIES
from service.domain.reasons import Explained

ALIKE = 0.5
FEWEST_WORDS = 2
MOST_TEXTS = 2000
MOST_VISITS = 1_000_000
"""How often a text may meet a word of a group: a tenth of a second, whatever the texts hold."""
MOST_SUGGESTIONS, MOST_MENTIONS = 50, 20

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_COMMON = frozenset(
    {
        *("the", "and", "for", "with", "that", "this", "are", "was", "were", "has", "have", "had"),
        *("you", "your", "our", "they"),
    }
)
_NO_SENTIMENT = "no_sentiment"


_JOURNEY = "0198c7f0-0000-7000-8000-000000000040"


class ThemeJourney(Struct, frozen=True, gc=False):
    """A map in which a theme was found."""

    journey_id: Annotated[Id, told("Which map.", _JOURNEY)]
    title: Annotated[str, told("What the map is called.", "Finding a financial adviser")]
    findings: Annotated[int, told("How many findings about it bear the theme.", 3)]
    family_id: Annotated[
        Id, told("The oldest of the maps that count as one with it; its own id: none.", _JOURNEY)
    ] = ""


class SharedTheme(Explained, frozen=True, gc=False):
    """A worry that findings about several maps bear: perhaps a product that is missing."""

    theme: Annotated[str, told("As it is spelt most often.", "waiting")]
    findings: Annotated[int, told("How many findings about maps bear it.", 7)]
    journeys: Annotated[list[ThemeJourney], told("The maps, those with most findings first.")]
    newest_on: Annotated[
        str | None, told("The last day one was observed; null: none tells.", "2026-05-04")
    ]
    sentiment: Annotated[
        float | None, told("The mean sentiment by weight; null where none has one.", -1.2)
    ]
    sentiments: Annotated[int, told("Over how many findings that mean is.", 6)]
    families: Annotated[
        int, told("How many maps share it: one with its variants and twins counts once.", 2)
    ] = 0
    reason: Annotated[str | UnsetType, told("Why there is no mean.", _NO_SENTIMENT)] = UNSET


class Mention(Struct, frozen=True, gc=False):
    """A text of a map, or of a finding about it, that might be an instance of a theme."""

    kind: Annotated[str, told("`question`, `pain`, `objection` or `finding`.", "pain")]
    text: Annotated[str, told("The words, at most 500 characters.", "I wait too long")]
    journey_id: Annotated[Id, told("In which map.", _JOURNEY)]
    journey: Annotated[str, told("The map's title.", "Finding a financial adviser")]
    stage_id: Annotated[
        Id | None, told("In which stage.", None, "0198c7f0-0000-7000-8000-000000000050")
    ] = None
    step_id: Annotated[
        Id | None, told("In which step.", "0198c7f0-0000-7000-8000-000000000060")
    ] = None
    key: Annotated[str | None, told("Of the question, pain or objection.", "waiting")] = None
    evidence_id: Annotated[
        Id | None, told("The finding, if it is one.", None, "0198c7f0-0000-7000-8000-000000000088")
    ] = None


class ThemeSuggestion(Struct, frozen=True, gc=False):
    """Equal or similar texts of several maps, whose findings bear no shared theme yet."""

    text: Annotated[str, told("The text that the others are like.", "I wait too long")]
    similarity: Annotated[
        float, told("How like it the least similar is: Jaccard's index of the words.", 0.75)
    ]
    journeys: Annotated[int, told("In how many maps.", 3)]
    families: Annotated[
        int, told("How many those are: one with its variants and twins counts once.", 2)
    ]
    count: Annotated[int, told("How many texts.", 3)]
    mentions: Annotated[list[Mention], told("The texts, at most 20.")]


class ThemesDefinition(Struct, frozen=True, gc=False):
    """By what themes are shared and texts alike."""

    least_journeys: Annotated[
        int, told("The families of maps that a theme or suggestion must span.", 2)
    ] = 2
    similarity: Annotated[
        float, told("The least index of Jaccard, common words ÷ all, of texts alike.", 0.5)
    ] = ALIKE
    most_texts: Annotated[
        int, told("How many texts are compared, the last changed first.", 2000)
    ] = MOST_TEXTS
    tied_by: Annotated[
        list[str],
        told("Members by which maps are of one family: they count once.", [*TIES]),
    ] = field(default_factory=lambda: [*TIES])
    copied_findings: Annotated[
        bool, told("Whether findings that were copied along with a map count for the copy.", False)
    ] = False


class Themes(Struct, frozen=True, gc=False):
    """Worries shared across maps, and what might be more of them."""

    definition: Annotated[ThemesDefinition, told("By what they were found.")]
    items: Annotated[
        list[SharedTheme], told("Those in most families first, then with most findings.")
    ]
    total: Annotated[int, told("How many themes are shared; `limit` shows some.", 3)]
    suggestions: Annotated[list[ThemeSuggestion], told("At most 50, those in most families first.")]
    excluded: Annotated[
        list[CurveExclusion],
        told(
            "Texts that were not compared, and findings about people who are not analysed, and why."
        ),
    ]


_EACH_ALONE: Mapping[str, str] = {}


class _Group:
    """Texts that are like the first of them."""

    def __init__(self, first: Mention, words: frozenset[str]) -> None:
        self.mentions = [first]
        self.words = words
        self.similarity = 1.0

    @property
    def journeys(self) -> set[str]:
        return {str(one.journey_id) for one in self.mentions}


def counted(themes: Iterable[SharedTheme], family_of: Mapping[str, str]) -> list[SharedTheme]:
    """Themes with the families of their maps, those in most first, else in their order."""
    found = []
    for theme in themes:
        maps = [
            replace(one, family_id=family_of.get(str(one.journey_id), str(one.journey_id)))
            for one in theme.journeys
        ]
        number = len({str(one.family_id) for one in maps})
        found.append(replace(theme, journeys=maps, families=number))
    return sorted(found, key=lambda theme: -theme.families)


def suggested(
    mentions: Sequence[Mention],
    shared: Iterable[str],
    least_journeys: int = 2,
    family_of: Mapping[str, str] = _EACH_ALONE,
) -> tuple[list[ThemeSuggestion], list[CurveExclusion]]:
    """Groups of texts that are alike and span the families of maps; what could not be compared is
    counted.

    A text that is the name of a shared theme needs no suggestion.
    """
    named = {words_of(theme) for theme in shared}
    groups, left = _grouped(mentions)
    every = [_suggestion(group, family_of) for group in groups if group.words not in named]
    found = [one for one in every if one.families >= least_journeys]
    found.sort(key=lambda one: (-one.families, -one.count, one.text))
    excluded = [CurveExclusion("too_many_comparisons", left)] if left else []
    return found[:MOST_SUGGESTIONS], excluded


def _suggestion(group: _Group, family_of: Mapping[str, str]) -> ThemeSuggestion:
    return ThemeSuggestion(
        group.mentions[0].text,
        round(group.similarity, 4),
        len(group.journeys),
        len({family_of.get(one, one) for one in group.journeys}),
        len(group.mentions),
        group.mentions[:MOST_MENTIONS],
    )


def _grouped(mentions: Sequence[Mention]) -> tuple[list[_Group], int]:
    """The groups, and how many texts were left when too many comparisons had been made."""
    groups: list[_Group] = []
    holding: dict[str, list[int]] = {}
    visits = 0
    for n, mention in enumerate(mentions):
        words = words_of(mention.text)
        if not words:
            continue
        visits += sum(len(holding.get(word, ())) for word in words)
        if visits > MOST_VISITS:
            return groups, len(mentions) - n
        common = Counter(place for word in words for place in holding.get(word, ()))
        similarity, place = _most_like(words, common, groups)
        if similarity >= ALIKE:
            groups[place].mentions.append(mention)
            groups[place].similarity = min(groups[place].similarity, similarity)
            continue
        for word in words:
            holding.setdefault(word, []).append(len(groups))
        groups.append(_Group(mention, words))
    return groups, 0


def _most_like(
    words: frozenset[str], common: Mapping[int, int], groups: Sequence[_Group]
) -> tuple[float, int]:
    """The greatest similarity to a group's first text, and the first such group."""
    alike = (
        (n / (len(words) + len(groups[place].words) - n), -place) for place, n in common.items()
    )
    similarity, place = max(alike, default=(0.0, 0))
    return similarity, -place


def words_of(text: str) -> frozenset[str]:
    """The words by which texts are compared; where too few are left, the whole text as one that
    no other text holds."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: set[str] = set()
    for run in _UNSPACED.findall(folded):
        found.update(run[n : n + 2] for n in range(max(len(run) - 1, 1)))
    plain = _WORD.findall(_UNSPACED.sub(" ", folded))
    found.update(word for word in plain if len(word) > 2 and word not in _COMMON)
    if len(found) >= FEWEST_WORDS:
        return frozenset(found)
    whole = " ".join(_WORD.findall(folded))
    return frozenset({f"={whole}"} if whole else ())


def explained(items: Iterable[SharedTheme]) -> list[SharedTheme]:
    """Themes with the reason of what they have not."""
    return [replace(one, reason=_NO_SENTIMENT) if one.sentiment is None else one for one in items]
