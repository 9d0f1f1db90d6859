"""Events judged by conditions, and whose they are."""

from service.domain.insights.judged.reads import Range, each

__all__ = ["Range", "each"]
