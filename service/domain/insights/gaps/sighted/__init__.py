"""Since when gaps are there, as the worker saw them."""

from service.domain.insights.gaps.sighted.reads import first_seen

__all__ = ["first_seen"]
