"""Values that histories left unsaid."""

from service.domain.histories.columnar.saying.reads import words_of

__all__ = ["words_of"]
