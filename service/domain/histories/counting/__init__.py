"""Events counted, from counts that are kept."""

from service.domain.histories.counting.reads import tallies

__all__ = ["tallies"]
