"""What callers send to publish a map, to restore it, and to name its states."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.domain.inputs import Input, Line, Prose
from service.domain.journeys.inputs import PartList
from service.domain.journeys.revisions import referring
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import Meaning, told

RevisionKind = Annotated[
    Literal["published", "kept"],
    Meaning(
        "How a revision came to be.",
        {
            "published": "Somebody published the map.",
            "kept": "What the map was before somebody restored an earlier state.",
        },
    ),
]


def _a_state(text: str) -> str:
    if referring.reference(text) is None:
        message = "must be draft, published, the number of a revision, or a day or instant"
        raise PydanticCustomError("revision", message)
    return text


def _a_place(text: str) -> str:
    if referring.place(text) is None:
        message = "must be draft, published, revision:<number>, at:<instant> or journey:<id>"
        raise PydanticCustomError("revision", message)
    return text


def _restorable(given: Any) -> str:
    text = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    known = isinstance(text, str) and len(text) <= 100
    if not known or (referring.reference(text) is None and not referring.is_id(text)):
        message = "must be the number or id of a revision, published, or a day or instant"
        raise PydanticCustomError("revision", message)
    if referring.reference(text) == referring.Reference():
        raise PydanticCustomError("revision", "the draft is what the map is already")
    return str(text)


_Text = Annotated[str, Field(min_length=1, max_length=100)]
StateName = Annotated[_Text, AfterValidator(_a_state)]
"""A state of a map: see `referring.reference`."""
PlaceName = Annotated[_Text, AfterValidator(_a_place)]
"""A state of this map, or another map: see `referring.place`."""


class NewRevision(Input):
    """What is said of a map that is published."""

    label: Annotated[Line | None, told("What people call the revision.", "Autumn relaunch")] = None
    reason: Annotated[
        Prose | None, told("Why it is published.", "The hotline answers within a minute now.")
    ] = None
    effective_from: Annotated[
        Instant | None,
        told(
            "From when events are judged by it. Null: from its publishing; of a map's first"
            " revision, from the beginning of time.",
            "2026-05-01T00:00:00Z",
        ),
    ] = None


class RevisionList(ListQuery):
    """Revisions of a map."""

    kind: Annotated[RevisionKind | None, told("Only those that came to be so.", "published")] = None


class MapPartList(PartList):
    """The parts of a map, in their order."""

    revision: Annotated[
        StateName | None,
        told(
            "Those that the map had: a revision's number, `published` for the last, a day or"
            " instant for the one in force then; or `draft`. Without `sort` and `filter`.",
            "published",
        ),
    ] = None


class Restoring(Input):
    """Which state a map shall have again."""

    shown_only = frozenset()
    revision: Annotated[
        Any,
        Field(
            json_schema_extra={
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": referring.MOST},
                    {"type": "string", "minLength": 1, "maxLength": 100},
                ]
            }
        ),
        AfterValidator(_restorable),
        told("Its number or id, `published` for the last, or a day or instant.", 3),
    ]
