"""The forms of a map's picture, drawn from what was read: no database from here on."""

from typing import NamedTuple

import msgspec

from service.domain.insights.colours import Theme
from service.domain.insights.maps import markdown, page, svg
from service.domain.insights.maps.content import Content, content
from service.domain.insights.maps.lanes import Beside
from service.domain.insights.maps.words import words
from service.domain.languages import Language


class Wish(NamedTuple):
    """In which language a map is drawn, and in which colours."""

    language: Language = Language.EN
    theme: Theme = "auto"


class Drawn(NamedTuple):
    """A picture, and the one style that a page may have."""

    text: str
    style: str = ""


def as_page(document: bytes, beside: Beside, wish: Wish) -> Drawn:
    """A page of HTML."""
    return Drawn(*page.page(_content(document, beside, wish), wish.language, wish.theme))


def as_svg(document: bytes, beside: Beside, wish: Wish) -> Drawn:
    """An SVG document."""
    return Drawn(*svg.svg(_content(document, beside, wish), wish.theme))


def as_markdown(document: bytes, beside: Beside, wish: Wish) -> Drawn:
    """A document in Markdown; it has no colours."""
    return Drawn(markdown.markdown(_content(document, beside, wish)))


FORMS = {"html": as_page, "svg": as_svg, "markdown": as_markdown}
"""What draws each form."""


def _content(document: bytes, beside: Beside, wish: Wish) -> Content:
    return content(msgspec.json.decode(document), beside, words(wish.language))
