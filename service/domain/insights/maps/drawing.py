"""The forms of a map's picture, drawn from what was read: no statement from here on."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from service.domain.insights.colours import Theme
from service.domain.insights.maps import markdown, page, svg
from service.domain.insights.maps.content import Content, content
from service.domain.insights.maps.crossings import GapMark
from service.domain.insights.maps.lanes import Beside
from service.domain.insights.maps.words import words
from service.domain.journeys import DRAFT, TAKEN_AWAY
from service.domain.languages import Language
from service.domain.reading import Document


class MapOf(NamedTuple):
    """A map's document, what its picture adds as JSON text, its gaps, and which state it is: the
    number of a revision, or `draft`.
    """

    document: Document
    beside: str
    gaps: Sequence[GapMark] = ()
    revision: int | str = DRAFT


class Wish(NamedTuple):
    """In which language a map is drawn, and in which colours."""

    language: Language = Language.EN
    theme: Theme = "auto"


class Drawn(NamedTuple):
    """A form of a map, and the one style that it may have."""

    text: str
    style: str = ""


def drawn(form: str, found: MapOf, wish: Wish) -> Drawn:
    """A map in a form of `MapFormat`."""
    if form == "json":
        whole = found.document.json.rstrip().removesuffix("}")
        more = f'"gaps": {_json(found.gaps)}, "revision": {_json(found.revision)}'
        added = f"{found.beside.rstrip().removesuffix('}')}, {more}}}"
        return Drawn(f'{whole}, "picture": {added}}}')
    if form in TAKEN_AWAY:
        return Drawn(TAKEN_AWAY[form](found.document).text)
    beside = msgspec.json.decode(found.beside, type=Beside)
    beside.gaps = list(found.gaps)
    journey = msgspec.json.decode(found.document.json)
    return _PICTURES[form](content(journey, beside, words(wish.language), found.revision), wish)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_PICTURES: Mapping[str, Callable[[Content, Wish], Drawn]] = {
    "html": lambda shown, wish: Drawn(*page.page(shown, wish.language, wish.theme)),
    "svg": lambda shown, wish: Drawn(*svg.svg(shown, wish.theme)),
    "markdown": lambda shown, _: Drawn(markdown.markdown(shown)),
}
