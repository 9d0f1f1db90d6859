"""Reads journey maps out of Mermaid `journey` diagrams, plain or fenced in Markdown.

Accepts what Mermaid 11 accepts (packages/mermaid/src/diagrams/user-journey), and knowingly
differs in these points:

- several diagrams may follow each other; each begins with `journey` alone on its line;
- `journey` is found in any case;
- a block or directive that is never closed is a problem, where Mermaid drops the rest in silence;
- a score outside 1..5 or between half points, which Mermaid would draw, leaves the step unrated.

A semicolon separates nothing in this grammar: Mermaid refuses it, and so does this reader.
Every pattern is possessive where it could back off: time grows with the length of the text.
"""

import json
import re
from collections.abc import Iterator

import msgspec

from .mermaid import (
    ENTITY,
    WHITESPACE,
    Block,
    blocks,
    decode,
    unstorable,
    without_comment_lines,
    without_directives,
)

MAPS_AT_MOST = 200
STAGES_AT_MOST = 100
STEPS_AT_MOST = 500
PROBLEMS_AT_MOST = 1000
UNTITLED = "Untitled journey"

_SPACE = f"[{WHITESPACE}]"
_FLAGS = re.IGNORECASE | re.ASCII
_TRIVIA = re.compile(
    rf"(?:{_SPACE}++|#(?!\w++;)[^\n]*+|%(?!\{{)[^\n]*+|[^}}]%%[^\n]*+)*+", _FLAGS
)
_HEADER = re.compile("journey", _FLAGS)
_STATEMENT = re.compile(
    rf"""
      (?P<header>journey\b)
    | title{_SPACE}(?P<title>(?:[^\#\n;]++|{ENTITY})++)
    | acctitle{_SPACE}*+:{_SPACE}*+(?P<acc_title>[^\n]*+)
    | accdescr{_SPACE}*+:{_SPACE}*+(?P<acc_description>[^\n]*+)
    | accdescr{_SPACE}*+(?P<acc_block>\{{)
    | section{_SPACE}(?P<section>(?:[^\#:\n;]++|{ENTITY})++)
    | (?P<action>(?:[^\#:\n;]++|{ENTITY})++):(?!%%)(?P<task>(?:[^\#\n;]++|{ENTITY})++)
    """.replace("\n", "").replace("    ", ""),
    _FLAGS,
)
_ALONE = re.compile(r"[ \t]*+(?:[#%\n]|\Z)")
_NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?", _FLAGS)
_RULE = re.compile(r"---[ \t]*+\n")
_NEXT_RULE = re.compile(r"^[ \t]*+---[ \t]*+$", re.MULTILINE)
_LONE_HEADER = re.compile(r"^[ \t]*+journey[ \t]*+$", re.MULTILINE | re.IGNORECASE)
_FRONT_TITLE = re.compile(r"^title[ \t]*+:(?P<title>(?:[ \t][^\n]*+)?)$", re.MULTILINE)


class LineProblem(msgspec.Struct, frozen=True):
    """What could not be read; `fatal` when the line is outside the grammar, so nothing counts."""

    line: int
    detail: str
    fatal: bool


class ReadStep(msgspec.Struct, frozen=True):
    """A task; `score` is Mermaid's, 1 to 5 in half points, or None when the step is unrated."""

    action: str
    score: float | None
    actors: list[str]
    line: int

    @property
    def emotion(self) -> float | None:
        """The score as an emotion, -2 to +2: score - 3."""
        return None if self.score is None else self.score - 3


class ReadStage(msgspec.Struct, frozen=True):
    """One section; tasks before the first section form a stage named as the title."""

    name: str
    steps: list[ReadStep]


class ReadMap(msgspec.Struct, frozen=True):
    """One diagram. `title` falls back on the front matter, accTitle and UNTITLED, in this order."""

    title: str
    acc_title: str | None
    acc_description: str | None
    stages: list[ReadStage]
    line: int


class Reading(msgspec.Struct, frozen=True):
    """All maps of a document in order, and its problems by line."""

    maps: list[ReadMap]
    problems: list[LineProblem]

    @property
    def fatal(self) -> bool:
        """Whether a line is outside the grammar; the maps are then not to be stored."""
        return any(problem.fatal for problem in self.problems)
