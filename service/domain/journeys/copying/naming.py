"""Which variants a matrix names, and what copies are called.

Pure.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from service.domain.errors import Problem, pointer
from service.domain.keys import repeated
from service.domain.languages import Language

LONGEST = 500
_SAID = {
    "to_be": {
        Language.EN: "to be",
        Language.DE: "Soll",
        Language.ES: "futuro",
        Language.ZH_HANS: "目标",
        Language.ZH_HANT: "目標",
    },
    "copy": {
        Language.EN: "copy",
        Language.DE: "Kopie",
        Language.ES: "copia",
        Language.ZH_HANS: "副本",
        Language.ZH_HANT: "副本",
    },
}


def problems(
    axes: Mapping[str, str], matrix: Mapping[str, Sequence[str]], most: int, *, varies: bool
) -> list[Problem]:
    """What is wrong with axes and a matrix: variants alone have them and each has some, each axis
    once, each value once, and not too many combinations.
    """
    found = []
    if varies and not axes and not matrix:
        found.append(Problem("/axes", "required", "a variant differs in something"))
    if not varies:
        detail = "only a variant has axes"
        given = {"axes": axes, "matrix": matrix}
        found += [Problem(f"/{n}", "not_a_variant", detail) for n, sent in given.items() if sent]
    for axis, values in matrix.items():
        at = pointer("matrix", axis)
        if axis in axes:
            found.append(Problem(at, "repeated", "this axis has a value in axes"))
        detail = "this value stands above"
        found += [Problem(f"{at}/{n}", "repeated", detail) for n in repeated(list(values))]
    number = prod(len(values) for values in matrix.values())
    if number > most:
        detail = f"{number} combinations; at most {most} variants are made at once"
        found.append(Problem("/matrix", "too_many", detail))
    return found


def combinations(matrix: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Every combination of a matrix' values, the last axis changing first; one without axes."""
    return [dict(zip(matrix, values, strict=True)) for values in product(*matrix.values())]


def begun(of_map: str, axes: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """A title to begin a variant's with, and the axes to name behind it with the variant's own.

    A variant's title loses the values that it was made with; all its axes are named anew instead.
    """
    start, bracket, tail = of_map.rpartition(" (")
    values = {part for value in axes.values() for part in value.split(", ")}
    is_made = bool(bracket) and tail.endswith(")") and values.issuperset(tail[:-1].split(", "))
    return (start, axes) if is_made else (of_map, {})


def title(
    of_map: str, given: str | None, kind: str, axes: Mapping[str, str], language: Language
) -> str:
    """What one copy is called: as was `given`, else as the map and in brackets what it is."""
    if given is not None:
        return given
    if kind in _SAID:
        return titled(of_map, _SAID[kind][language])
    return titled(of_map, *axes.values())


def titled(start: str, *values: str) -> str:
    """A title with values in brackets behind it, cut where it would be too long."""
    if not values:
        return start
    tail = ", ".join(values)[: LONGEST // 2]
    return f"{start[: LONGEST - len(tail) - 3]} ({tail})"
