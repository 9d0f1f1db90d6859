"""What is asked of the sales funnel beside a map."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from service.domain import filters
from service.domain.inputs import Slug, storable
from service.domain.insights.followed.inputs import Followed
from service.domain.words import told

LIFECYCLE = "lifecycle_stage"
MOST_VALUES, LONGEST_VALUE, LONGEST_STAGE = 200, 200, 100
_LONGEST = 100_000


def _trait(name: str) -> str:
    if filters.PEOPLE.type_of(f"traits.{name}") is None:
        raise PydanticCustomError("unknown_field", "is no name of a trait")
    return name


def _mapping(given: object) -> object:
    """A mapping: as it is, or as JSON in a text."""
    if isinstance(given, str):
        if len(given) > _LONGEST:
            raise PydanticCustomError("string_too_long", f"must have at most {_LONGEST} characters")
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise PydanticCustomError("json_invalid", "must be JSON: an object") from error
    if given is None:
        return None
    if not isinstance(given, Mapping) or not 0 < len(given) <= MOST_VALUES:
        message = f"must be an object of 1 to {MOST_VALUES} values of the trait"
        raise PydanticCustomError("wrong_mapping", message)
    if not all(_fits(value, stage) for value, stage in given.items()):
        message = (
            f"must name for each value, of at most {LONGEST_VALUE} characters, a stage of the"
            f" funnel, of at most {LONGEST_STAGE}"
        )
        raise PydanticCustomError("wrong_mapping", message)
    return {storable(value): storable(stage) for value, stage in given.items()}


def _fits(value: object, stage: object) -> bool:
    return (
        isinstance(value, str)
        and isinstance(stage, str)
        and 0 < len(value) <= LONGEST_VALUE
        and 0 < len(stage) <= LONGEST_STAGE
    )


class SalesFunnelQuery(Followed):
    """Where contacts stand on a map, and where the CRM says they are."""

    trait: Annotated[
        Annotated[Slug, AfterValidator(_trait)],
        told("The trait in which the CRM says where somebody is.", LIFECYCLE),
    ] = LIFECYCLE
    mapping: Annotated[
        Annotated[
            Any,
            Field(
                json_schema_extra={"type": "string", "minLength": 2, "maxLength": _LONGEST},
            ),
            BeforeValidator(_mapping),
        ],
        told(
            "Which value of the trait is which stage of the funnel, as JSON, at most 200 values."
            " Absent: the lifecycle stages as HubSpot exports them, and the stages by their names.",
            '{"Lead": "interest", "Won": "purchase"}',
        ),
    ] = None
