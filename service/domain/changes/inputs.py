"""What is asked of the changes."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from service.domain.changes.kinds import RESOURCES
from service.domain.inputs import Input
from service.domain.words import told

NOW = "now"
"""The place behind all that has changed until now."""

_ONE = f"({'|'.join(RESOURCES)})"
_PATTERN = f"^{_ONE}(,{_ONE})*$"


def _known(kinds: str) -> str:
    unknown = [kind for kind in kinds.split(",") if kind not in RESOURCES]
    if unknown:
        message = f"must be kinds out of {', '.join(RESOURCES)}, with commas between"
        raise PydanticCustomError("unknown_kind", message)
    return kinds


_Kinds = Annotated[
    str, Field(max_length=500, json_schema_extra={"pattern": _PATTERN}), AfterValidator(_known)
]


class ChangesQuery(Input):
    """Which changes, from where on."""

    shown_only = frozenset()
    limit: Annotated[int, Field(ge=1, le=200), told("Changes a page; of a stream, in all.", 50)] = (
        50
    )
    after: Annotated[
        Annotated[str, Field(max_length=100)] | None,
        told(
            "The `next` of the page before; `now` for what changes from now on. Without it,"
            " everything from the beginning.",
            "now",
        ),
    ] = None
    kind: Annotated[
        _Kinds | None,
        told("Kinds, with commas between; else all that the key may read.", "journey,step"),
    ] = None
    _numbered: bool = PrivateAttr(False)
    _about: Mapping[str, Any] = PrivateAttr({})

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds that are asked for; None when all are."""
        return None if self.kind is None else frozenset(self.kind.split(","))

    def numbered(self, limit: int, after: str | None) -> Self:
        """A part of the question, to be answered with a place for each change."""
        asked = self.model_copy(update={"limit": limit, "after": after})
        asked._numbered = True
        return asked

    def about(self, **what: Any) -> Self:
        """The same question of less: of a map and its parts (`map_id`), of a person and where they
        were put (`contact_id`), of what happened (`verbs`, as the outbox has them).
        """
        asked = self.model_copy()
        asked._about = what
        return asked

    def walking(self, limit: int, after: str | None, *, first: bool) -> Self:
        """The same question for one part of a walk."""
        del first
        return self.model_copy(update={"limit": limit, "after": after})

    @property
    def longest(self) -> int | None:
        """The most changes that a walk shall visit; None when there is no end to them."""
        return self.limit if "limit" in self.model_fields_set else None

    @property
    def stride(self) -> int:
        """Changes that a walk reads at once."""
        return 200
