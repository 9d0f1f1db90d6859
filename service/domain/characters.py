"""Which characters are blank; and which of a text leave the service: those that files and pages
cannot carry are dropped.

A text keeps every character that can be stored. What it is written into may not know them all:
XML forbids control characters and non-characters, programs stop at them or hide what follows, and
marks of direction turn around whatever stands beside the text that they come from.
"""

import re

# XML 1.0 §2.2 without the control characters it merely discourages.
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TURNING = "\u202a-\u202e\u2066-\u2069"
# An isolate that is closed and holds no other such mark reaches no further than its own end.
_TURNS = re.compile(f"([\u2066-\u2068][^{_TURNING}]*\u2069)|[{_TURNING}]")

_ANY_TURN = re.compile(f"[{_TURNING}]")


BLANKS = r"\s\x1c-\x1f\x85\ufeff"
"""What is blank, within the brackets of a pattern: all that any reader of the contract takes for
a blank. ECMA-262 does not take the separators of ASCII and the next line for one, Python does not
the mark of byte order, and Rust neither this nor the separators."""
SAYING = f"[^{BLANKS}]"
"""The pattern of a text that is not blank."""
_SAYS = re.compile(SAYING)


def blank(text: str) -> bool:
    """Whether a text says nothing."""
    return _SAYS.search(text) is None


def fit(text: str) -> str:
    """The text without control characters, tabs and line ends apart, and what XML forbids."""
    return text if text.isprintable() else _UNFIT.sub("", text)


def unturned(text: str) -> str:
    """The text without embeddings, overrides and isolates (UAX 9) that reach beyond it."""
    return text if text.isprintable() else _TURNS.sub(lambda found: found[1] or "", text)


def isolated(text: str) -> str:
    """The text for the midst of another one, whose words it leaves where they are."""
    return text if text.isascii() else f"\u2068{_ANY_TURN.sub('', text)}\u2069"
