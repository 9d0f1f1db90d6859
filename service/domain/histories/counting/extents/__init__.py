"""Between which times a workspace's events lie."""

from service.domain.histories.counting.extents.reads import Extent, extent

__all__ = ["Extent", "extent"]
