"""What a workspace may set for what is computed, with the values that hold until it does."""

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
