"""From a filter back to JSON, always in the same form for the same filter."""

from datetime import date, datetime
from uuid import UUID

from service.domain.filters.language import (
    MAX_NAME,
    All,
    Any,
    At,
    Consent,
    Did,
    Filter,
    Not,
    Op,
    Scalar,
    Test,
)


def dump(filter: Filter) -> object:  # noqa: PLR0911 (one line per form)
    """The canonical JSON value of a filter: parsing it gives an equal filter."""
    match filter:
        case All(parts):
            return {"all": [dump(part) for part in parts]}
        case Any(parts):
            return {"any": [dump(part) for part in parts]}
        case Not(part):
            return {"not": dump(part)}
        case Test(field, op, value):
            return {"field": field, "op": op.value, "value": _written(value)}
        case Did():
            return _did(filter)
        case At(journey_id, stage, status, step):
            at = {"journey_id": str(journey_id), "stage": stage, "step": step}
            at["status"] = status and status.value
            return {"at": {member: value for member, value in at.items() if value is not None}}
        case Consent(purpose):
            return {"consent": purpose}


def _did(did: Did) -> object:
    times = {"at_least": did.at_least}
    if did.at_most is not None:
        times["at_most"] = did.at_most
    written: dict[str, object] = {"did": _selection(did.selection), "times": times}
    if did.within_days is not None:
        written["within_days"] = did.within_days
    return written


def _selection(selection: Filter) -> object:
    match selection:
        case Test("event", Op.EQ, str() as name) if 0 < len(name) <= MAX_NAME:
            return name
        case _:
            return dump(selection)


def _written(value: Scalar | tuple[Scalar, ...]) -> object:
    match value:
        case tuple():
            return [_written(one) for one in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value
