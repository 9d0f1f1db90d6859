"""Which conditions on what contacts did can be told by a glance at the last events. Pure."""

from service.domain import filters
from service.domain.filters import All, ContactLeaf, Did, Filter, Not
from service.domain.filters import Any as AnyOf

SEEN = 256
"""Events of a name that are seen at a glance, the last ones."""


def are_glimpsed(filter: Filter) -> bool:
    """Whether what somebody did is asked, in a way that having done more only makes truer."""
    leaves = [leaf for _, leaf in filters.tests(filter, "") if isinstance(leaf, ContactLeaf)]
    return bool(leaves) and all(map(_is_glimpsed, leaves)) and not _denied(filter)


def _is_glimpsed(leaf: ContactLeaf) -> bool:
    return isinstance(leaf, Did) and 0 < leaf.at_least <= SEEN // 8 and leaf.at_most is None


def _denied(filter: Filter) -> bool:
    """Whether it is met by not doing something."""
    match filter:
        case All(parts) | AnyOf(parts):
            return any(map(_denied, parts))
        case Not(part):
            return any(isinstance(leaf, ContactLeaf) for _, leaf in filters.tests(part, ""))
        case _:
            return False
