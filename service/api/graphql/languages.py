"""The language of generated texts, by an argument or the request's Accept-Language."""

from typing import Any

from service.api.graphql.declaring import optional
from service.api.negotiating import language
from service.domain.languages import Language

LANGUAGE = optional(
    "language",
    str,
    "Of generated texts, told as in Accept-Language; by default as that header says.",
)


def spoken(arguments: dict[str, Any]) -> Language | None:
    """Take the language out of a field's arguments; None where there is none."""
    asked = arguments.pop("language", None)
    return None if asked is None else language(asked)
