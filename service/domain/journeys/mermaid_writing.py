"""Writes a journey map as a Mermaid `journey` diagram.

Characters that Mermaid's lexer or renderer would take for its own are written as decimal entity
codes (`#58;` for a colon). Mermaid puts them aside before its lexer runs and shows the characters
in the picture; `mermaid_reading.read` gives back the identical text. Control characters, which no
picture shows, are left out.
"""

import re
from collections.abc import Sequence

import msgspec

from service.domain.characters import fit

from .mermaid import SPACE, encode

# White space that a reader would trim; what opens comments and directives; what ends a statement
# or a line; the first characters of the marks that Mermaid itself puts in place of entity codes.
_ANYWHERE = rf"\A{SPACE}|{SPACE}\Z|\A%|%(?=%)|(?<=%)%|[#;\r\n\ufb02\u00b6]"
# A task begins its line, so nothing there may look like another statement or a Markdown fence.
_STATEMENT = rf"\A(?=journey\b|(?:title|section){SPACE}|acctitle|accdescr|```|~~~)."
_FLAGS = re.IGNORECASE | re.ASCII
UNREADABLE = "\ufffd"
"""What stands for a text of control characters alone."""

# Titles and descriptions pass through an HTML sanitizer; a code behind a colon that no space
# follows would be taken for a colour by a rule of Mermaid about the word `style`.
_IN_PROSE = re.compile(rf"{_ANYWHERE}|[<>&]|:(?! \S)", _FLAGS)
# In other names `<br>` would be a line break, and a colon ends the name.
_IN_NAME = re.compile(rf"{_ANYWHERE}|[:<]", _FLAGS)
_IN_ACTION = re.compile(rf"{_STATEMENT}|{_ANYWHERE}|[:<]", _FLAGS)
_IN_ACTOR = re.compile(rf"{_ANYWHERE}|[:<,]", _FLAGS)


class WriteStep(msgspec.Struct, frozen=True):
    """One task; `emotion` is -2 to +2 in half points, None when the step is unrated."""

    action: str
    emotion: float | None = None
    actors: Sequence[str] = ()


class WriteStage(msgspec.Struct, frozen=True):
    """One section with its tasks in order."""

    name: str
    steps: Sequence[WriteStep] = ()


class WriteMap(msgspec.Struct, frozen=True):
    """What a diagram can carry of a map. Texts hold no NUL and no lone surrogate, as in storage;
    all but the description are not empty."""

    title: str
    description: str | None = None
    stages: Sequence[WriteStage] = ()


class Written(msgspec.Struct, frozen=True):
    """The diagram, and the names of what it could not carry, as the caller found them."""

    text: str
    not_carried: list[str]


def write(journey: WriteMap, not_carried: Sequence[str] = ()) -> Written:
    """The map as a diagram; what was not carried is also said in a comment on its last line.

    An emotion e is written as the score e + 3; an unrated step has an empty score, which Mermaid
    draws as 0. The description becomes `accDescr`.
    """
    lines = ["journey", f"    title {_escaped(_IN_PROSE, journey.title)}"]
    if description := fit(journey.description or ""):
        lines.append(f"    accDescr: {_escaped(_IN_PROSE, description)}")
    for stage in journey.stages:
        lines.append(f"    section {_escaped(_IN_NAME, stage.name)}")
        lines.extend(f"        {_task(step)}" for step in stage.steps)
    if not_carried:
        names = ", ".join(_escaped(_IN_NAME, name) for name in not_carried)
        lines.append(f"%% Not carried: {names}")
    return Written("\n".join(lines) + "\n", list(not_carried))


def _task(step: WriteStep) -> str:
    score = "" if step.emotion is None else f"{step.emotion + 3:g}"
    actors = ", ".join(_escaped(_IN_ACTOR, actor) for actor in step.actors)
    # Mermaid refuses a bare colon, and editors drop the space that would satisfy it.
    rest = f": {actors}" if actors else "" if score else ":"
    return f"{_escaped(_IN_ACTION, step.action)}: {score}{rest}"


def _escaped(pattern: re.Pattern[str], text: str) -> str:
    # The grammar has no name without a character.
    return pattern.sub(lambda found: encode(found[0]), fit(text) or UNREADABLE)
