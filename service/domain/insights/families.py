"""Maps that are one for whoever counts: a map, its variants and its to-be twins.

Pure.
"""

from collections.abc import Iterable, Mapping, Sequence

TIES = ("variant_of", "as_is_id")
"""The members of a map that tie it to another."""


def families(ties: Iterable[Sequence[str]]) -> Mapping[str, str]:
    """The family of each map that is tied to another: the id of the oldest map there.

    `ties` are pairs of ids, in any order. A map that is not in them is a family of its own.
    """
    above: dict[str, str] = {}
    for one, other in ties:
        first, last = sorted((_top(above, one), _top(above, other)))
        above[last] = first
    return {which: _top(above, which) for which in list(above)}


def _top(above: dict[str, str], which: str) -> str:
    """The top of the line that a map stands in; the line is shortened on the way."""
    line = []
    while (up := above.setdefault(which, which)) != which:
        line.append(which)
        which = up
    above.update(dict.fromkeys(line, which))
    return which
