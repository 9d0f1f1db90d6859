"""What people did, in order: what all that is computed of events begins with."""

from service.domain.histories.columnar import histories
from service.domain.histories.reads import Asked, Range, each, latest, of_paths

__all__ = ["Asked", "Range", "each", "histories", "latest", "of_paths"]
