"""What the catalogue of attributes asks of the traits of contacts."""

from collections.abc import Mapping

from service.domain.audiences.attributes import BUILT_IN, Attribute, is_figure, off_type, stored
from service.domain.audiences.bounds import Bounds, member
from service.domain.errors import Problem


def check_traits(
    traits: Mapping[str, object], own: Mapping[str, Attribute], pointer: str
) -> list[Problem]:
    """Everything wrong with a contact's traits, nulls apart, as `check` finds it of a profile's.

    Names are of any script, and where the attribute is a range, what is known of one person may be
    a single figure.
    """
    kept = stored(traits)
    bounds = Bounds(pointer)
    bounds.walk(kept, pointer, depth=0)
    found = bounds.found()
    if found:
        return found
    for key, value in kept.items():
        attribute = BUILT_IN.get(key) or own.get(key)
        if attribute is not None and not is_figure(attribute, value):
            found += off_type(attribute, value, member(pointer, key))
    return found


def is_sensitive(key: str, own: Mapping[str, Attribute]) -> bool:
    """Whether an attribute may be known of a person only where they said so."""
    attribute = BUILT_IN.get(key) or own.get(key)
    return attribute is not None and attribute.sensitive
