"""How long people took, and whose events are judged."""

from service.domain.insights.judged.reads import Lasting, durations

__all__ = ["Lasting", "durations"]
