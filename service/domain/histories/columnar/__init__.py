"""What people did, as columns."""

from service.domain.histories.columnar.decoding import Values
from service.domain.histories.columnar.reads import histories
from service.domain.histories.columnar.saying import words_of
from service.domain.histories.columnar.valued import values

__all__ = ["Values", "histories", "values", "words_of"]
