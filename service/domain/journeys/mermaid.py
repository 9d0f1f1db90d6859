"""What the text of a Mermaid document is made of, before any diagram is read from it.

Written after the lexer and the preprocessing of Mermaid 11: JavaScript's idea of white space,
entity codes (`#59;`, `#quot;`), directives (`%%{init: …}%%`), comment lines, fences in Markdown.
"""

import re
from collections.abc import Iterator
from html.entities import html5

import msgspec

WHITESPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
ENTITY = "#[0-9A-Za-z_]++;"

_LARGEST_CODE_POINT = 0x10FFFF
_ENTITY = re.compile("#([0-9A-Za-z_]++);")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_COMMENT_LINE = re.compile(rf"^(?:(?!\n)[{WHITESPACE}])*+%%[^\n]*", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*(?P<run>`{3,}+(?=[^`]*\Z)|~{3,}+)(?P<info>.*)", re.DOTALL)
_MERMAID_INFO = re.compile(r"\s*\{?mermaid\b", re.IGNORECASE | re.ASCII)


class Block(msgspec.Struct, frozen=True):
    """A run of whole lines; `line` is the number of its first one, counted from 1."""

    line: int
    text: str


def unstorable(text: str) -> bool:
    """Whether the text holds a NUL or a lone surrogate, which no database text can keep."""
    return _UNSTORABLE.search(text) is not None


def decode(text: str) -> str:
    """The text with Mermaid's entity codes resolved; codes that name no character stay as written.

    `#59;` is a decimal code point, `#quot;` a name of HTML 5.
    """
    return _ENTITY.sub(lambda found: _character(found[1]) or found[0], text)


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
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return list(_fenced(text.split("\n"))) or [Block(1, text)]


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
