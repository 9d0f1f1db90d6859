"""What callers gave, as the inputs of the domain: built as REST builds them, from JSON.

So a refused member has the same pointer and code on both faces.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json

from service.api.graphql import ids, mirroring
from service.api.route import parsed
from service.domain.errors import Invalid, Problem
from service.domain.inputs import Input
from service.domain.listing import ListQuery
from service.domain.patches import patch_of

I = TypeVar("I", bound=Input)  # noqa: E741 (the usual name of a type's parameter)
Q = TypeVar("Q", bound=ListQuery)
_RENAMED = {"/limit": "/first"}
"""Members of a list's query that are arguments of another name here."""


def built(model: type[I], members: Mapping[str, Any]) -> I:
    """An input from its members by their REST names. Raises `Invalid`, naming every one."""
    found: I = parsed(_adapter(model), to_json(members, inf_nan_mode="constants"))
    return found


def query(model: type[I], arguments: Mapping[str, Any]) -> I:
    """A list's query from a field's arguments. Raises `Invalid`, naming every one."""
    members = dict(arguments)
    if "first" in members:
        members["limit"] = members.pop("first")
    if members.get("filter") is not None:
        members["filter"] = to_json(members["filter"], inf_nan_mode="constants").decode()
    fields = model.model_fields
    members = {
        fields[n].alias or n: mirroring.member(fields[n].annotation, v) for n, v in members.items()
    }
    try:
        return built(model, {name: value for name, value in members.items() if value is not None})
    except Invalid as error:
        raise error.renamed(lambda at: _RENAMED.get(at, at)) from error


def listed(model: type[Q], arguments: Mapping[str, Any], own: str = "") -> Q:
    """A list's query from a field's arguments, which may ask for its last rows. `own` is the kind
    of what is listed. Raises as `query`, and for global ids of other kinds than are meant.

    Without a number of rows, `before` alone asks for the last of those in front of it.
    """
    if wrong := ids.of_other_kinds(arguments, own):
        raise Invalid(wrong)
    asked = dict(arguments)
    first, last = asked.get("first"), asked.pop("last", None)
    before = asked.pop("before", None) or None
    if first is not None and last is not None:
        detail = "asks for the first rows or for the last ones, not both"
        raise Invalid([Problem(f"/{name}", "one_of", detail) for name in ("first", "last")])
    if last is None:
        backward = before is not None and first is None and asked.get("after") is None
        return query(model, asked).ending(before, last=backward)
    try:
        return query(model, {**asked, "first": last}).ending(before, last=True)
    except Invalid as error:
        raise error.renamed(lambda at: "/last" if at == "/first" else at) from error


def judged(name: str, value: Any) -> None:
    """Hold what was given for the GraphQL input of this name, fit or not, against its model.

    Raises `Invalid`, naming every member as REST does.
    """
    model, partial = mirroring.TAKEN[name]
    members = mirroring.members(model, value) if isinstance(value, Mapping) else value
    built(patch_of(model) if partial else model, members)


@cache
def _adapter(model: type[I]) -> TypeAdapter[I]:
    return TypeAdapter(model)
