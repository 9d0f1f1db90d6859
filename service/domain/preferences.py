"""What a workspace may set for what is computed, with the values that hold until it does."""

from collections.abc import Mapping

from msgspec import Struct, field


class HandoffWeights(Struct, frozen=True, gc=False, omit_defaults=False):
    """How much each signal of a handoff counts; 0 leaves it out. `crossing` is above 0."""

    crossing: float = 0.2
    emotion_drop: float = 0.25
    emotion_low: float = 0.15
    excess_drop_off: float = 0.3
    excess_delay: float = 0.1


class GapLimits(Struct, frozen=True, gc=False):
    """Beyond what something is a gap. Times in seconds, unless the name says days."""

    handoff_weights: HandoffWeights = field(default_factory=HandoffWeights)
    least_count: int = 30
    evidence_stale_days: int = 180
    silence_seconds: int = 1_209_600
    waited_seconds: int = 300
    form_fields: int = 10


DEFAULTS = GapLimits()
SESSION_TIMEOUT = 1_800
"""Seconds: a longer pause ends a session."""
PAGE_VIEWS = ("page", "screen")
"""The events of the tracking protocol that are views of a page."""
ESTIMATES: Mapping[str, float] = {
    "complaint_rate": 1 / 26,
    "unhappy_share": 0.13,
    "unhappy_told": 15.0,
    "happy_share": 0.72,
    "happy_told": 6.0,
}
"""What nobody counts: the share of the unhappy who complain, the shares of the unhappy and of the
happy who tell others, and how many each of them tells."""
EVENT_ROLES: Mapping[str, object] = {
    "order": "Order Completed",
    "checkout_started": "Checkout Started",
    "lead": "Lead Generated",
    "sale": "Order Completed",
    "support_contact": {
        "field": "event",
        "op": "in",
        "value": ["Support Contacted", "Live Chat Conversation Started"],
    },
    "complaint": "Complaint Made",
    "review": "Product Reviewed",
    "referral": {
        "field": "event",
        "op": "in",
        "value": ["Product Shared", "Cart Shared", "Invite Sent"],
    },
    "impression": "Promotion Viewed",
    "click": "Promotion Clicked",
    "onboarding_done": "Onboarding Completed",
    "first_value": "First Value Reached",
    "survey": "Survey Answered",
}
"""Which events play which role, as selections in the language of filters."""
