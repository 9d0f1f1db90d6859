"""What people did, as columns."""

from service.domain.histories.columnar.reads import histories
from service.domain.histories.columnar.saying import words_of

__all__ = ["histories", "words_of"]
