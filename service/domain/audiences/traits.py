"""What the catalogue of attributes asks of the traits of contacts."""

from collections.abc import Mapping

from service.domain.audiences.attributes import BUILT_IN, Attribute, is_figure, off_type, stored
from service.domain.audiences.bounds import MAX_KEY, Bounds, member
from service.domain.errors import Problem

MAX_TRAITS = 500
"""Names of traits; exports of CRMs have hundreds."""


def check_traits(
    traits: Mapping[str, object], own: Mapping[str, Attribute], pointer: str
) -> list[Problem]:
    """Everything wrong with a contact's traits, nulls apart, as `check` finds it of a profile's.

    Names are of any script, and where the attribute is a range, what is known of one person may be
    a single figure.
    """
    kept = stored(traits)
    found: list[Problem] = []
    if not _are_plain(kept):
        bounds = Bounds(pointer, MAX_TRAITS)
        bounds.walk(kept, pointer, depth=0)
        if found := bounds.found():
            return found
    for key, value in kept.items():
        attribute = BUILT_IN.get(key) or own.get(key)
        if attribute is None or is_figure(attribute, value):
            continue
        # Most fit, and a pointer takes longer to make than a value to look at.
        if any(off_type(attribute, value, "")):
            found += off_type(attribute, value, member(pointer, key))
    return found


_FEW_CHARACTERS = 8_000
"""As UTF-8 in JSON far below the bytes that may be stored."""


def _are_plain(traits: Mapping[str, object]) -> bool:
    """Whether they are so few and simple that no bound is near: most are, and need no walk."""
    if len(traits) > MAX_TRAITS:
        return False
    size = 0
    for name, value in traits.items():
        if not (0 < len(name) <= MAX_KEY and name.isprintable()):
            return False
        size += len(name)
        if isinstance(value, str):
            size += len(value)
            if not value.isprintable():
                return False
        elif not (isinstance(value, bool | int | float) and abs(value) < 2**53):
            return False
    return size < _FEW_CHARACTERS


def is_sensitive(key: str, own: Mapping[str, Attribute]) -> bool:
    """Whether an attribute may be known of a person only where they said so."""
    attribute = BUILT_IN.get(key) or own.get(key)
    return attribute is not None and attribute.sensitive
