"""Questions answered of the counts that `counts` keeps: of which of them a range is made, and what
is read of the events beside them. Nothing is written here."""

from service.domain.histories.counting.extents import Extent, extent
from service.domain.histories.counting.reads import tallies

__all__ = ["Extent", "extent", "tallies"]
