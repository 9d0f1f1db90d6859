"""Literals of filters: JSON values held against the types that a test admits.

A reader answers with the literal in the form that both interpreters use, or with the problem
of the value. Codes: `wrong_type`, `empty`, `too_long`, `text_not_storable`,
`number_not_finite`, `number_too_large`, `out_of_range`, `not_an_instant`, `not_a_date`,
`not_a_uuid`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import isfinite
from uuid import UUID

import msgspec

from service.domain.errors import Problem
from service.domain.filters.language import MAX_TEXT, Scalar, Type

LARGEST_INTEGER = 2**63 - 1

_SPOKEN = {
    Type.TEXT: "a text",
    Type.NUMBER: "a number",
    Type.BOOLEAN: "true or false",
    Type.INSTANT: "an instant like 2026-05-01T12:00:00Z",
    Type.DATE: "a date like 2026-05-01",
    Type.UUID: "a UUID",
}


def read(
    raw: object, types: Sequence[Type], pointer: str, longest: int = MAX_TEXT
) -> Scalar | Problem:
    """The literal of the first of `types` that its JSON type fits."""
    if isinstance(raw, bool):
        if Type.BOOLEAN in types:
            return raw
    elif isinstance(raw, int | float):
        if Type.NUMBER in types:
            return _number(raw, pointer)
    elif isinstance(raw, str):
        for type_ in types:
            if type_ not in (Type.NUMBER, Type.BOOLEAN):
                return _written(raw, type_, pointer, longest)
    spoken = " or ".join(_SPOKEN[type_] for type_ in types)
    return Problem(pointer, "wrong_type", f"Must be {spoken}.")


def text(raw: object, pointer: str, longest: int) -> str | Problem:
    """A text that Postgres can store: no NUL, no lone surrogate, at most `longest` long."""
    if not isinstance(raw, str):
        return Problem(pointer, "wrong_type", "Must be a text.")
    if len(raw) > longest:
        return Problem(pointer, "too_long", f"Must be at most {longest} characters long.")
    if "\0" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        return Problem(
            pointer, "text_not_storable", "Must hold neither a NUL nor half a surrogate pair."
        )
    return raw


def name(raw: object, pointer: str, longest: int) -> str | Problem:
    """A text that names something, so not an empty one."""
    if raw == "":
        return Problem(pointer, "empty", "Must not be empty.")
    return text(raw, pointer, longest)


def integer(raw: object, low: int, high: int, pointer: str) -> int | Problem:
    """A whole number from `low` to `high`."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        return Problem(pointer, "wrong_type", "Must be a whole number.")
    if not low <= raw <= high:
        return Problem(pointer, "out_of_range", f"Must be from {low} to {high}.")
    return raw


def uuid(raw: object, pointer: str) -> UUID | Problem:
    """An id in its usual text form."""
    try:
        return msgspec.convert(raw, UUID)
    except msgspec.ValidationError:
        return Problem(pointer, "not_a_uuid", f"Must be {_SPOKEN[Type.UUID]}.")


def _written(raw: str, type_: Type, pointer: str, longest: int) -> Scalar | Problem:
    if type_ is Type.INSTANT:
        return _instant(raw, pointer)
    if type_ is Type.DATE:
        return _date(raw, pointer)
    if type_ is Type.UUID:
        return uuid(raw, pointer)
    return text(raw, pointer, longest)


def _number(raw: int | float, pointer: str) -> Scalar | Problem:
    if isinstance(raw, float) and not isfinite(raw):
        return Problem(pointer, "number_not_finite", "Must be a finite number.")
    if isinstance(raw, int) and abs(raw) > LARGEST_INTEGER:
        return Problem(
            pointer, "number_too_large", f"A whole number must be within ±{LARGEST_INTEGER}."
        )
    # One form for one number, so that 1.0 and 1 are one literal; beyond 2**53 a double's digits
    # are no longer those it was written with.
    return int(raw) if abs(raw) <= 2**53 and raw == int(raw) else raw


def _instant(raw: str, pointer: str) -> datetime | Problem:
    try:
        instant = msgspec.convert(raw, datetime)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        pass
    return Problem(
        pointer, "not_an_instant", f"Must be {_SPOKEN[Type.INSTANT]}, with its offset from UTC."
    )


def _date(raw: str, pointer: str) -> date | Problem:
    try:
        return msgspec.convert(raw, date)
    except msgspec.ValidationError:
        return Problem(pointer, "not_a_date", f"Must be {_SPOKEN[Type.DATE]}.")
