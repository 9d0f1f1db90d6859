"""Days and instants as callers write them: texts in ISO 8601, never seconds since some day."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as(example: str) -> BeforeValidator:
    def written(value: object) -> object:
        # pydantic takes numbers, and texts that hold one, for seconds since 1970.
        if isinstance(value, int | float) or (isinstance(value, str) and not _WRITTEN.match(value)):
            raise PydanticCustomError("time_type", f"must be a text as in {example}")
        return value

    return BeforeValidator(written)


def _storable(instant: datetime) -> datetime:
    """The instant in UTC, where the first and last days of the calendar can fall off its ends."""
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("out_of_range", "is outside the years 1 to 9999") from error


def _finite(day: date) -> date:
    # The driver takes the first and the last day of the calendar for minus and plus infinity.
    if day in (date.min, date.max):
        raise PydanticCustomError("out_of_range", "must lie between 0001-01-02 and 9999-12-30")
    return day


Instant = Annotated[AwareDatetime, _written_as("2026-05-01T09:30:00Z"), AfterValidator(_storable)]
Day = Annotated[date, _written_as("2026-05-01"), AfterValidator(_finite)]


def forwards(from_: datetime | None, to: datetime | None) -> None:
    """Raises `PydanticCustomError` for a range that ends where it begins, or before."""
    if from_ is not None and to is not None and from_ >= to:
        raise PydanticCustomError("wrong_bounds", "from must be before to")
