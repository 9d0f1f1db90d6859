"""What can be said of anybody, and under what other names profiles and people have it.

Pure.
"""

from collections.abc import Mapping

DEMOGRAPHICS: Mapping[str, tuple[str, ...]] = {
    "age": ("age_range",),
    "household_income": ("income", "annual_income"),
    "marital_status": (),
    "location": (),
    "gender": (),
}
NAMES = frozenset(name for one, others in DEMOGRAPHICS.items() for name in (one, *others))
