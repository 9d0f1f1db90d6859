"""The queries of lists, as OpenAPI tells them."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, create_model

from service.api.negotiating import LISTED
from service.api.rest.about import id_like
from service.domain.inputs import Input, Slug
from service.domain.paging import Listing, ListQuery
from service.domain.words import told

Q = TypeVar("Q", bound=Input)


class LinkQuery(Input):
    """What a signed link says besides its path; `service.api.route` reads it."""

    shown_only = frozenset()
    workspace: Annotated[
        str | None, told("Of a signed link: whose map it opens.", id_like("workspace"))
    ] = None
    expires: Annotated[
        str | None, told("Of a signed link: until when, in seconds since 1970.", "1798761600")
    ] = None
    signature: Annotated[
        str | None,
        told("Of a signed link: what proves these and `format`.", "q83vEjRWeJCrze8SNFZ4kKvN7xI"),
    ] = None


def choosing(query_model: type[Q], offered: Iterable[str], text: str) -> type[Q]:
    """The query with `format`, one of those offered: what `service.api.negotiating` reads."""
    formats: Any = Literal[tuple(offered)] | None
    said = told(text, "ndjson")
    made: type[Q] = create_model(
        query_model.__name__, __base__=query_model, format=(Annotated[formats, said], None)
    )
    return made


def sortable(query_model: type[ListQuery], listing: Listing) -> type[ListQuery]:
    """The query of a list: says what it can be sorted by and had as, and has no `q` where that is
    no use."""
    made = sorted_by(query_model, listing)
    return choosing(made, LISTED, "`ndjson`: all rows, or as many as `limit` says. Else by Accept.")


def sorted_by(query_model: type[ListQuery], listing: Listing) -> type[ListQuery]:
    """The same of a list that is had by the page alone."""
    if "search" not in listing.table.c:
        query_model = _unsearched(query_model)
    options: list[Any] = [sort for name in listing.sorts for sort in (name, f"-{name}")]
    info = ListQuery.model_fields["sort"]
    sort = Field(
        None,
        description=info.description,
        examples=[listing.default_sort],
        json_schema_extra={"enum": options},
    )
    fields: dict[str, Any] = {"sort": (Slug | None, sort)}
    if listing.vocabulary.fields:
        there = {"field": next(iter(listing.vocabulary.fields)), "op": "exists", "value": True}
        example = Field(
            None,
            description=ListQuery.model_fields["filter"].description,
            examples=[json.dumps(there)],
        )
        fields["filter"] = (query_model.model_fields["filter"].rebuild_annotation(), example)
    made: type[ListQuery] = create_model(query_model.__name__, __base__=query_model, **fields)
    return made


def _unsearched(query_model: type[ListQuery]) -> type[ListQuery]:
    members = {"q": None, "__annotations__": {"q": ClassVar[None]}, "__module__": __name__}
    return type(query_model.__name__, (query_model,), members)
