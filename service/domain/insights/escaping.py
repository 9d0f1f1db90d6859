"""Text that stays text, whatever it says: in HTML and XML, and in Markdown."""

import re
from html import escape

from service.domain.insights.lettering import legible

_MEANS = re.compile(r"([\\`*_\[\]<>|~&#$@]|^[-+=](?=\s|$|[-+=])|:(?=//)|(?<=www)\.)", re.I)
"""What Markdown, or what is made of it, would take for more than text: marks, tags, entities,
tables, links that make themselves, and the beginnings of lists."""
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def marked_up(text: str) -> str:
    """The text as HTML or XML character data or attribute value."""
    return escape(legible(text))


def marked_down(text: str) -> str:
    """The text on one line of Markdown (CommonMark and GitHub's)."""
    line = _MEANS.sub(r"\\\1", legible(" ".join(text.split())))
    return _NUMBERED.sub(r"\1\\\2", line)
