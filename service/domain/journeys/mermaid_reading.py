"""Reads journey maps out of Mermaid `journey` diagrams, plain or fenced in Markdown.

Accepts what Mermaid 11 accepts (packages/mermaid/src/diagrams/user-journey), and knowingly
differs in these points:

- several diagrams may follow each other; each begins with `journey` alone on its line;
- `journey` is found in any case;
- an accTitle or accDescr at the very end may be empty;
- a block or directive that is never closed is a problem, where Mermaid drops the rest in silence;
- a score outside 1..5 or between half points, which Mermaid would draw, leaves the step unrated.

A semicolon separates nothing in this grammar: Mermaid refuses it, and so does this reader.
"""

import re

import msgspec

from .bounds import MOST_STAGES, MOST_STEPS
from .mermaid import (
    SPACE,
    STATEMENT,
    TRIVIA,
    WHITESPACE,
    Block,
    FrontMatter,
    blocks,
    decode,
    front_matter,
    unstorable_lines,
    without_comment_lines,
    without_directives,
)

MAPS_AT_MOST = 200
FATAL_PROBLEMS_AT_MOST = 1000
UNTITLED = "Untitled journey"

_HEADER = re.compile("journey", re.IGNORECASE | re.ASCII)
_ALONE = re.compile(r"[ \t]*+(?:[#%\n]|\Z)")
_INDENT = re.compile(rf"\n{SPACE}++")
_NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?", re.IGNORECASE | re.ASCII)


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


def read(text: str) -> Reading:
    """Every journey diagram of a Mermaid document, or of the `mermaid` fences of a Markdown one.

    Other kinds of diagrams in fences are skipped. Lines count from 1 over the whole document.
    Fatal: a line outside the grammar, a NUL or lone surrogate, more maps, stages or steps than
    the bounds above, no diagram at all. Not fatal: a score that leaves its step unrated, text
    after the actors, a title of the front matter that is no plain text.
    """
    reader = _Reader()
    for block in blocks(text):
        reader.read(block)
    for line in unstorable_lines(text):
        reader.refuse(line, "A NUL or a lone surrogate cannot be stored.")
    if not reader.drafts and not any(problem.fatal for problem in reader.problems):
        reader.refuse(1, "The document holds no Mermaid journey diagram.")
    reader.problems.sort(key=lambda problem: problem.line)
    return Reading([draft.finished() for draft in reader.drafts], reader.problems)


class _Draft:
    """A map while its lines are read: its title may come last."""

    def __init__(self, line: int, front_title: str | None) -> None:
        self.line = line
        self.front_title = front_title
        self.title: str | None = None
        self.acc_title: str | None = None
        self.acc_description: str | None = None
        self.stages: list[tuple[str | None, list[ReadStep]]] = []
        self.steps = 0

    def finished(self) -> ReadMap:
        title = self.title or self.front_title or self.acc_title or UNTITLED
        stages = [ReadStage(name or title, steps) for name, steps in self.stages]
        return ReadMap(title, self.acc_title, self.acc_description, stages, self.line)


class _Reader:
    """Walks statement by statement; a line outside the grammar is noted and passed over."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.problems: list[LineProblem] = []
        self._refused = 0
        self._code = ""
        self._line = self._counted = 0
        self._draft: _Draft | None = None
        self._front: FrontMatter | None = None

    def refuse(self, line: int, detail: str) -> None:
        self._refused += 1
        if self._refused == FATAL_PROBLEMS_AT_MOST:
            detail = "Too many lines cannot be read; the ones after this are not listed."
        if self._refused <= FATAL_PROBLEMS_AT_MOST:
            self.problems.append(LineProblem(line, detail, fatal=True))

    def _note(self, detail: str) -> None:
        self.problems.append(LineProblem(self._line, detail, fatal=False))

    def read(self, block: Block) -> None:
        """Adds the block's maps and problems; a block with another kind of diagram has neither."""
        code, unclosed = without_directives(block.text)
        self._code = without_comment_lines(code)
        self._line, self._counted = block.line, 0
        self._draft = self._front = None
        ours = self._walk()
        if unclosed is not None and (ours or not self._code.strip()):
            line = block.line + block.text.count("\n", 0, unclosed)
            self.refuse(line, "The directive opened here is never closed.")

    def _walk(self) -> bool:
        """Reads all statements, unless the first one opens another kind of diagram."""
        begun = False
        position = self._next(0)
        while position < len(self._code):
            if front := front_matter(self._code, position):
                self._draft, self._front = None, front
                position = self._next(front.end)
                continue
            if not begun and not _HEADER.match(self._code, position):
                return False
            begun = True
            position = self._next(self._statement(position))
        return begun

    def _next(self, position: int) -> int:
        """Where the next statement begins, with the line brought up to it."""
        found = TRIVIA.match(self._code, position)
        position = found.end() if found else position
        self._line += self._code.count("\n", self._counted, position)
        self._counted = position
        return position

    def _statement(self, position: int) -> int:
        """Reads one statement; where it ends."""
        found = STATEMENT.match(self._code, position)
        if found and found["header"]:
            return self._begin(found)
        if not found or not self._draft:
            return self._pass_over(position)
        if found["acc_block"]:
            return self._accessible_block(self._draft, found.end())
        self._take(self._draft, found)
        return found.end()

    def _pass_over(self, position: int) -> int:
        end = self._code.find("\n", position)
        end = len(self._code) if end < 0 else end
        self.refuse(self._line, _reason(self._code[position:end]))
        return end

    def _begin(self, header: re.Match[str]) -> int:
        if self._draft and not _ALONE.match(self._code, header.end()):
            return self._pass_over(header.start())
        if self._front and not self._front.readable:
            self._note("The title in the front matter above is no plain text; it is left out.")
        self._draft = _Draft(self._line, self._front.title if self._front else None)
        self._front = None
        if len(self.drafts) < MAPS_AT_MOST:
            self.drafts.append(self._draft)
        else:
            self.refuse(self._line, f"A document holds at most {MAPS_AT_MOST} diagrams.")
        return header.end()

    def _accessible_block(self, draft: _Draft, start: int) -> int:
        end = self._code.find("}", start)
        if end < 0:
            self.refuse(self._line, "The block opened here is never closed.")
            return len(self._code)
        text = self._code[start:end].strip(WHITESPACE)
        if text:
            draft.acc_description = decode(_INDENT.sub("\n", text))
        return end + 1

    def _take(self, draft: _Draft, found: re.Match[str]) -> None:
        kind = found.lastgroup or ""
        text = decode(found[kind].strip(WHITESPACE))
        match kind:
            case "title":
                draft.title = text
            case "acc_title":
                draft.acc_title = text or None
            case "acc_description":
                draft.acc_description = text or None
            case "section" if len(draft.stages) < MOST_STAGES:
                draft.stages.append((text, []))
            case "section":
                self.refuse(self._line, f"A map holds at most {MOST_STAGES} sections.")
            case _:
                self._task(draft, found)

    def _task(self, draft: _Draft, found: re.Match[str]) -> None:
        if draft.steps >= MOST_STEPS:
            return self.refuse(self._line, f"A map holds at most {MOST_STEPS} tasks.")
        draft.steps += 1
        score, actors, more = [*found["task"].split(":", 2), "", ""][:3]
        if more.strip(WHITESPACE):
            self._note("Text after the actors belongs to nothing; it is left out.")
        named = [decode(name) for each in actors.split(",") if (name := each.strip(WHITESPACE))]
        action = decode(found["action"].strip(WHITESPACE))
        if not draft.stages:
            draft.stages.append((None, []))
        draft.stages[-1][1].append(ReadStep(action, self._score(score), named, self._line))
        return None

    def _score(self, text: str) -> float | None:
        text = text.strip(WHITESPACE)
        score = float(text) if _NUMBER.fullmatch(text) else None
        if score is not None and 1 <= score <= 5 and (2 * score).is_integer():
            return score
        if not text:
            self._note("The task has no score; its step is unrated.")
        elif score is None:
            self._note(f"The score “{_short(text)}” is no number; the step is unrated.")
        else:
            self._note(
                f"The score {_short(text)} is not between 1 and 5 in half points; "
                "the step is unrated."
            )
        return None


def _reason(line: str) -> str:
    if ";" in line:
        return "A semicolon is not part of the grammar; inside a name it is written #59;"
    if line.casefold().startswith("journey"):
        return "A diagram begins with `journey` alone on its line."
    return "This is no statement of a journey diagram; a task is `name: score: actors`."


def _short(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return shown.encode("utf-8", "replace").decode()
