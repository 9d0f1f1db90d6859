"""Why something is null: a code that stays, and what it means in a sentence. Pure."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import force_setattr

from service.domain.answers import told

TEXTS: Mapping[str, str] = {
    "figure_unknown": "One of the two figures is not known.",
    "first_step": "The first step has none before it.",
    "in_future": "The range has not begun.",
    "more_than_all": "More were counted than there are to count of: such a share has no interval.",
    "no_counts": "None of the posted figures has a numerator and a denominator.",
    "no_department": "No step there has a department.",
    "no_effort": "No effort is set.",
    "no_end": "No end was asked for.",
    "no_event": "No event there counts.",
    "no_impact": "No impact is known.",
    "no_latest": "Of several parts together there is no latest figure.",
    "no_numbers": "None of the events has a number there.",
    "no_range_before": "Only a range with both ends has one of its length before it.",
    "no_sentiment": "None of its findings has a sentiment and a weight above 0.",
    "no_steps": "The stage has no steps.",
    "no_such_trait": "No contact of the profile has such a trait.",
    "no_target": "No target is set.",
    "no_touches": "These touches tell none.",
    "no_value": "The event has no such value.",
    "not_a_part": "The numerators are no counts of a part of the denominators.",
    "not_begun": "The range has not begun, so there is no rate per 30 days.",
    "not_bound": "Nothing binds it to events.",
    "not_in_force": "The map had no revision yet.",
    "not_permitted": "All that happened there is of people who do not count.",
    "nothing_said": "The map tells no goals, questions or decision factors there.",
    "nothing_to_count": "There is nothing to count.",
    "one_sided": "There is nobody to count on one of the two sides.",
    "only_on_maps": "It is told of a map alone: GET /v1/journeys/{id}/kpis.",
    "only_parts": "Only figures of parts were posted, none of the whole.",
    "other_units": "They are of different units.",
    "outside_target": "The target does not hold in all of this range.",
    "several_currencies": "There are several currencies, which are never mixed: see the parts.",
    "several_scales": "There are several scales, which are never mixed: see each.",
    "too_large": "The figure is too large to be written.",
    "too_many_scores": "There are too many different scores.",
    "too_young": "The cohort is not old enough.",
    "within_interval": "The target lies within the interval of the share.",
}
"""What codes mean that are told in several places, or are not explained where they are told."""
_TEXT = "_text"


class Explained(Struct, frozen=True, gc=False, kw_only=True):
    """What says why something of it is null: by a code, and in a sentence that goes with it."""

    reason_text: Annotated[
        str | UnsetType,
        told("What `reason` means, where more is to be said.", TEXTS["nothing_to_count"]),
    ] = UNSET

    def __post_init__(self) -> None:
        """Each text goes with its code, also where the code is replaced."""
        for code, text in _pairs(type(self)):
            said = TEXTS.get(getattr(self, code), UNSET)
            if said is not getattr(self, text):
                force_setattr(self, text, said)


@cache
def _pairs(kind: type[Struct]) -> Sequence[tuple[str, str]]:
    names = kind.__struct_fields__
    return [(one.removesuffix(_TEXT), one) for one in names if one.endswith(f"reason{_TEXT}")]
