"""What the text of a Mermaid document is made of.

Follows the lexer and the preprocessing of Mermaid 11: JavaScript's idea of white space, the
statements of a journey, entity codes (`#59;`, `#quot;`), front matter, directives
(`%%{init: …}%%`), comment lines, fences in Markdown. Every pattern is possessive where it could
back off, so time grows with the length of the text alone.
"""

import json
import re
import textwrap
from collections.abc import Iterator
from html.entities import html5

import msgspec

WHITESPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
SPACE = f"[{WHITESPACE}]"
_ENTITY = r"\#\w++;"
_TEXT = rf"(?:[^\#\n;]++|{_ENTITY})++"
_NAME = rf"(?:[^\#:\n;]++|{_ENTITY})++"
_GRAMMAR = re.IGNORECASE | re.ASCII | re.VERBOSE
# What Mermaid skips before a token. `x%% …` is a comment too: its lexer allows one character.
TRIVIA = re.compile(
    rf"(?:{SPACE}++ | \#(?!\w++;)[^\n]*+ | %(?!\{{)[^\n]*+ | [^}}]%%[^\n]*+)*+", _GRAMMAR
)
STATEMENT = re.compile(
    rf"""
      (?P<header> journey\b)
    | title{SPACE} (?P<title> {_TEXT})
    | acctitle{SPACE}*+:{SPACE}*+ (?P<acc_title> [^\n]*+)
    | accdescr{SPACE}*+:{SPACE}*+ (?P<acc_description> [^\n]*+)
    | accdescr{SPACE}*+ (?P<acc_block> \{{)
    | section{SPACE} (?P<section> {_NAME})
    | (?P<action> {_NAME}) :(?!%%) (?P<task> {_TEXT})
    """,
    _GRAMMAR,
)

_LARGEST_CODE_POINT = 0x10FFFF
_CODE = re.compile(r"#(\w++);", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_COMMENT_LINE = re.compile(rf"^(?:(?!\n){SPACE})*+%%[^\n]*", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*(?P<run>`{3,}+(?=[^`]*\Z)|~{3,}+)(?P<info>.*)", re.DOTALL)
_RULE = re.compile(r"---[ \t]*+\n")
_NEXT_RULE = re.compile(r"^[ \t]*+---[ \t]*+$", re.MULTILINE)
_LONE_HEADER = re.compile(r"^[ \t]*+journey[ \t]*+$", re.MULTILINE | re.IGNORECASE)
_TITLE = re.compile(r"^title[ \t]*+:(?P<value>(?:[ \t][^\n]*+)?)$", re.MULTILINE)
_COMMENT = r"(?:[ \t]++#[^\n]*+|[ \t]*+)"
_DOUBLE_QUOTED = re.compile(rf'("(?:[^"\\]++|\\.)*+"){_COMMENT}')
_SINGLE_QUOTED = re.compile(rf"'((?:[^']++|'')*+)'{_COMMENT}")
_NOT_PLAIN = tuple("\"'|>&*!%@`[{")
_MERMAID_INFO = re.compile(r"\s*\{?mermaid\b", re.IGNORECASE | re.ASCII)


class Block(msgspec.Struct, frozen=True):
    """A run of whole lines; `line` is the number of its first one, counted from 1."""

    line: int
    text: str


def unstorable(text: str) -> bool:
    """Whether the text holds a NUL or a lone surrogate, which no database text can keep."""
    return _UNSTORABLE.search(text) is not None


def unstorable_lines(text: str) -> list[int]:
    """The numbers of the lines that hold such a character, counted from 1."""
    if not unstorable(text):
        return []
    lines = _line_feeds(text).split("\n")
    return [number for number, line in enumerate(lines, start=1) if unstorable(line)]


def decode(text: str) -> str:
    """The text with Mermaid's entity codes resolved; codes that name no character stay as written.

    `#59;` is a decimal code point, `#quot;` a name of HTML 5.
    """
    return _CODE.sub(lambda found: _character(found[1]) or found[0], text)


def _character(code: str) -> str | None:
    if not code.isdecimal():
        return html5.get(f"{code};")
    # A longer number is no code point, and int() refuses thousands of digits.
    number = int(code) if len(code) <= 9 else _LARGEST_CODE_POINT + 1
    character = chr(number) if number <= _LARGEST_CODE_POINT else None
    return None if character is None or unstorable(character) else character


def encode(character: str) -> str:
    """The entity code of one character, in the form that `decode` and Mermaid both resolve."""
    return f"#{ord(character)};"


def blocks(text: str) -> list[Block]:
    """The parts that may hold diagrams: the fenced `mermaid` blocks, or else the whole text.

    A byte order mark is dropped; line ends become a line feed each.
    """
    text = _line_feeds(text).removeprefix("\ufeff")
    return list(_fenced(text.split("\n"))) or [Block(1, text)]


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fenced(lines: list[str]) -> Iterator[Block]:
    """The contents of the `mermaid` fences; a fence that is never closed runs to the end."""
    opened, fence, wanted = 0, "", False
    for number, line in enumerate([*lines, ""], start=1):
        found = _FENCE.fullmatch(line)
        if not fence and found:
            opened, fence = number, found["run"]
            wanted = _MERMAID_INFO.match(found["info"]) is not None
        elif fence and (number > len(lines) or (found and _closes(found, fence))):
            if wanted:
                yield Block(opened + 1, "\n".join(lines[opened : number - 1]))
            fence = ""


def _closes(found: re.Match[str], fence: str) -> bool:
    return found["run"].startswith(fence) and not found["info"].strip()


def without_comment_lines(code: str) -> str:
    """The code with its comment lines emptied, so that no line changes its number."""
    return _COMMENT_LINE.sub("", code)


def without_directives(code: str) -> tuple[str, int | None]:
    """The code with its directives taken out, their line feeds kept.

    Beside it the offset of a directive that is never closed; the code then ends before it.
    """
    kept: list[str] = []
    position = 0
    while (start := code.find("%%{", position)) >= 0:
        kept.append(code[position:start])
        end = code.find("}%%", start)
        if end < 0:
            return "".join(kept), start
        kept.append("\n" * code.count("\n", start, end))
        position = end + 3
    kept.append(code[position:])
    return "".join(kept), None


class FrontMatter(msgspec.Struct, frozen=True):
    """A YAML block between two `---` lines, up to `end`; only its title is of use here.

    `readable` is false when the title is written in a way that this reader does not know.
    """

    title: str | None
    readable: bool
    end: int


def front_matter(code: str, position: int) -> FrontMatter | None:
    """The front matter that begins at the position, if one does.

    Two `---` lines around a whole diagram are no front matter: nothing may vanish in it.
    """
    opened = _RULE.match(code, position)
    closed = _NEXT_RULE.search(code, opened.end()) if opened else None
    if not opened or not closed:
        return None
    body = textwrap.dedent(code[opened.end() : closed.start()])
    if _LONE_HEADER.search(body):
        return None
    found = _TITLE.search(body)
    title = _scalar(found["value"].strip()) if found else ""
    readable = title is not None and not unstorable(title)
    return FrontMatter(title if readable and title else None, readable, closed.end())


def _scalar(value: str) -> str | None:
    """A YAML scalar of one line; None for every other node."""
    if quoted := _DOUBLE_QUOTED.fullmatch(value):
        try:
            return str(json.loads(quoted[1]))
        except ValueError:
            return None
    if quoted := _SINGLE_QUOTED.fullmatch(value):
        return quoted[1].replace("''", "'")
    if value.startswith(_NOT_PLAIN):
        return None
    plain = "" if value.startswith("#") else re.split(r"[ \t]#", value, maxsplit=1)[0].rstrip()
    return "" if plain in ("~", "null") else plain
