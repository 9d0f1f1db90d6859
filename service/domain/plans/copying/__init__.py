"""Copying a map with what was found out about it and what is done about it."""

from service.domain.plans.copying.writes import copy_journey

__all__ = ["copy_journey"]
