"""What people did, as columns."""

from service.domain.histories.columnar.reads import histories

__all__ = ["histories"]
