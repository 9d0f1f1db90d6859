"""Whether the members of a KPI agree, and whether its definition can be computed."""

from collections.abc import Collection, Mapping
from typing import Any

from service.domain.errors import Invalid, Problem
from service.domain.filters import SELECTIONS, Type
from service.domain.measures.asking import fields, selection
from service.domain.measures.own_kpis.quantities import CURRENCY
from service.domain.work import Caller

_SHARE = "share"


def disagreeing(
    caller: Caller, together: Mapping[str, Any], sent: Collection[str]
) -> list[Problem]:
    """What is wrong with the members of a KPI together; of a definition only if it was sent."""
    problems: list[Problem] = []
    definition, built_in = together["definition"], together["built_in"]
    if definition is not None and built_in is not None:
        detail = "a KPI has a definition or is a built-in one, not both"
        at = "/built_in" if "built_in" in sent else "/definition"
        problems.append(Problem(at, "one_of", detail))
    if together["parameters"] is not None and built_in is None:
        detail = "are those of a built-in KPI, and none is named"
        problems.append(Problem("/parameters", "not_applicable", detail))
    if definition is not None and "definition" in sent:
        for name in ("numerator", "denominator"):
            problems += _quantity(caller, definition[name], f"/definition/{name}")
    return problems + _target(together)


def _target(together: Mapping[str, Any]) -> list[Problem]:
    """A share lies between 0 and 1, and so does what it should reach."""
    target, definition = together["target"], together["definition"]
    if target is None or together["built_in"] is not None:
        return []
    mode = together["aggregation"] if definition is None else definition["mode"]
    if mode != _SHARE or 0 <= target["value"] <= 1:
        return []
    return [Problem("/target/value", "out_of_range", "of a share is 0 to 1")]


def _quantity(caller: Caller, quantity: Mapping[str, Any] | None, at: str) -> list[Problem]:
    if quantity is None:
        return []
    problems: list[Problem] = []
    if quantity["events"] is not None:
        problems += _refused(lambda: selection(caller, quantity["events"], f"{at}/events"))
    if (name := quantity["property"]) is not None:
        problems += _number(caller, name, f"{at}/property")
    return problems


def _number(caller: Caller, name: str, at: str) -> list[Problem]:
    """Whether a field may hold numbers, and the caller may ask for it."""
    refused = _refused(lambda: fields(caller, [name, CURRENCY], at))
    problems = [Problem(at, one.code, one.detail) for one in refused if one.pointer == f"{at}/0"]
    if not problems and SELECTIONS.type_of(name) not in (Type.NUMBER, Type.ANY):
        problems.append(Problem(at, "not_a_number", "holds no numbers"))
    return problems


def _refused(asked: Any) -> tuple[Problem, ...]:
    """What is wrong with what is asked, if anything is."""
    try:
        asked()
    except Invalid as error:
        return error.problems
    return ()
