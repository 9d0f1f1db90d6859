"""Content that nobody touches."""

from service.domain.measures.kpis.contents.reads import published
from service.domain.measures.kpis.contents.unused import TOUCHED, Item, Library, of_library, told_of

__all__ = ["TOUCHED", "Item", "Library", "of_library", "published", "told_of"]
