"""Events judged by conditions, and whose they are."""

from service.domain.insights.judged.reads import Lasting, Range, durations, each

__all__ = ["Lasting", "Range", "durations", "each"]
