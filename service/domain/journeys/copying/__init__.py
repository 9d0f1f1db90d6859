"""Copying: variants of a map, its to-be twin, or just another map like it."""

from service.domain.journeys.copying.copies import copy
from service.domain.journeys.copying.inputs import CopyOrder

__all__ = ["CopyOrder", "copy"]
