"""The scalars: values that Postgres has written as JSON and that go out as they are."""

from decimal import Decimal, InvalidOperation
from typing import Any, NewType

from graphql import GraphQLError
from strawberry import scalar
from strawberry.types.scalar import ScalarDefinition

Uuid = NewType("Uuid", str)
Instant = NewType("Instant", str)
Day = NewType("Day", str)
Number = NewType("Number", Decimal)
Json = NewType("Json", object)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("must be a text")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise GraphQLError("must be a number, or a text that holds one")
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise GraphQLError("must be a number, or a text that holds one") from error
    if not found.is_finite():
        raise GraphQLError("must be a finite number")
    return found


def _same(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Uuid: scalar(
        name="UUID",
        description="An id as REST shows it.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=_same,
        parse_value=_text,
    ),
    Instant: scalar(
        name="DateTime",
        description="An instant with its offset, as in 2026-05-01T09:30:00+00:00.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_same,
        parse_value=_text,
    ),
    Day: scalar(
        name="Date",
        description="A day, as in 2026-05-01.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_same,
        parse_value=_text,
    ),
    Number: scalar(
        name="Decimal",
        description="An exact number. It is answered as a number; sent, it may also be a text.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=_same,
        parse_value=_number,
    ),
    Json: scalar(
        name="JSON",
        description="Any JSON value; the names in it are those of REST.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_same,
        parse_value=_same,
    ),
}
